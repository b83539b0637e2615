import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;

/** Runs `body` in a process whose time is a virtual world's; what it says with `say` comes back. */
async function inVirtualTime(body: string): Promise<unknown[]> {
  const source = `
    import { NodeTime } from ${JSON.stringify(resolve('host-sim/simulation/node-time.ts'))};
    import { SeededRandom } from ${JSON.stringify(resolve('host-sim/simulation/seeded-random.ts'))};
    import { VirtualTime } from ${JSON.stringify(resolve('host-sim/world/virtual-time.ts'))};
    const nodeTime = new NodeTime();
    nodeTime.install();
    const time = new VirtualTime({ epochMs: 1_000_000 });
    nodeTime.enter(time, new SeededRandom(1));
    const said = [];
    const say = (what) => said.push(what);
    ${body}
    process.stdout.write(JSON.stringify(said));
    process.exit(0);`;
  const entry = join(folder, `entry-${Math.random()}.mjs`);
  writeFileSync(entry, source);
  const outfile = `${entry}.out.mjs`;
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' });
  return JSON.parse(execFileSync(process.execPath, [outfile], { encoding: 'utf8', timeout: 60_000 })) as unknown[];
}

beforeAll(() => {
  folder = mkdtempSync(resolve('dist/test-time-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('Node’s time in a virtual world', () => {
  it('passes only when it is let pass, and timers fire at exactly their millisecond', async () => {
    const said = await inVirtualTime(`
      setTimeout(() => say(['a', Date.now(), performance.now()]), 86_400_000);
      const each = setInterval(() => say(['b', new Date().getTime()]), 40_000_000);
      await nodeTime.pass(86_399_999);
      clearInterval(each);
      await nodeTime.pass(1);
      await nodeTime.pass(86_400_000);
      say(process.uptime());`);
    expect(said).toEqual([['b', 41_000_000], ['b', 81_000_000], ['a', 87_400_000, 86_400_000], 172_800]);
  });

  it('goes on only when what an event started is over: ticks, promises, immediates, and what they start', async () => {
    const said = await inVirtualTime(`
      setTimeout(() => {
        process.nextTick(() => say(['tick', Date.now()]));
        (async () => { for (let i = 0; i < 50; i++) await null; say(['awaited', Date.now()]); })();
        setImmediate(() => setImmediate(() => process.nextTick(() => say(['immediate', Date.now()]))));
      }, 5);
      setTimeout(() => say(['next', Date.now()]), 6);
      await nodeTime.pass(10);`);
    expect(said).toEqual([
      ['tick', 1_000_005],
      ['awaited', 1_000_005],
      ['immediate', 1_000_005],
      ['next', 1_000_006],
    ]);
  });

  it('has the same random numbers each time, by whatever name they are asked for', async () => {
    const body = `
      const { randomBytes, randomUUID } = await import('node:crypto');
      say(Math.random()); say(randomUUID()); say(randomBytes(8).toString('hex'));`;
    const first = await inVirtualTime(body);
    expect(await inVirtualTime(body)).toEqual(first);
    expect(new Set(first).size).toBe(3);
  });

  it('refuses what would wait in real time', async () => {
    const said = await inVirtualTime(`
      const { setTimeout: wait } = await import('node:timers/promises');
      for (const real of [() => wait(1), () => AbortSignal.timeout(1)]) {
        try { await real(); } catch (error) { say(error.message); }
      }`);
    expect(said).toEqual(Array(2).fill('this waits in real time, and a virtual world has none'));
  });

  it('says so when a world never comes to rest', async () => {
    const said = await inVirtualTime(`
      setTimeout(() => { const again = () => setImmediate(again); again(); }, 7);
      try { await nodeTime.pass(10); } catch (error) { say(error.message); }`);
    expect(said).toEqual(['the world does not come to rest at 7 ms']);
  });
});
