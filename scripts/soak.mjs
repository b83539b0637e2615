// Many boards in one process for a long time, their connections cut all the while: memory must stay flat after the ramp, every board
// come back, and nothing be left after the stop. `node scripts/soak.mjs --boards 2000 --for 10m`; the exit code tells. It starts a dev
// cloud of its own, unless `--broker mqtt://…` names a broker. `--rate` and `--chaos` are those of `smartlink fleet`. `--samples FILE`
// writes what was judged.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ALLOCATOR, heapMay, judgeMemory, processMay } from './flatness.mjs';

const PROGRAM = join(resolve(import.meta.dirname, '..'), 'dist/smartlink.js');
const USER = ['--user', 'soak', '--password', 'soak-password'];
/**
 * What is kept, and not what waits to be collected: V8 collects when asked to, leaves no holes, and does not change the size of its young
 * generation, which by itself goes from 2 to 32 MiB and back by how much is allocated.
 */
const V8 = ['--expose-gc', '--compact-on-every-full-gc', '--min-semi-space-size=4', '--max-semi-space-size=4'];
/** Of the measured time this is left out at least: as many boards get lost as come back, code is compiled. */
const SETTLING_SHARE = 0.2;
/** And the time in which every board has taken so many commands: it remembers 16. */
const SETTLING_SETS = 17;
const TOLD_EVERY_S = 30;

const { values } = parseArgs({
  options: {
    boards: { type: 'string', default: '2000' },
    for: { type: 'string', default: '10m' },
    rate: { type: 'string' },
    chaos: { type: 'string', default: '5' },
    'warm-up': { type: 'string', default: '10s' },
    broker: { type: 'string' },
    samples: { type: 'string' },
  },
});
/** Sets a second; of few boards no more than they take. */
const RATE = values.rate ?? String(Math.min(150, 2 * Number(values.boards)));

const cloud = values.broker === undefined ? await startCloud() : undefined;
try {
  process.exitCode = await soak();
} finally {
  cloud?.child.kill('SIGTERM');
}

async function soak() {
  const { boards, chaos, 'warm-up': warmUp, broker } = values;
  const target = broker === undefined ? ['--cloud', cloud.api, ...USER] : ['--broker', broker];
  const load = ['--rate', RATE, '--chaos', chaos, '--for', values.for, '--warm-up', warmUp];
  const args = ['fleet', '--json', '--soak', '--workers', '0', '--boards', boards, ...load, ...target];
  const fleet = spawn(process.execPath, [...V8, PROGRAM, ...args], {
    stdio: ['inherit', 'pipe', 'inherit'],
    env: { ...process.env, ...ALLOCATOR },
  });
  // Its boards are stopped by whoever stops this.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => fleet.kill(signal));
  const ended = new Promise((done) => fleet.once('close', (code) => done(code)));
  const samples = [];
  let result;
  let toldS = Number.NEGATIVE_INFINITY;
  for await (const line of createInterface({ input: fleet.stdout })) {
    const said = JSON.parse(line);
    if (said.event === 'result') result = said;
    if (said.event !== 'progress') continue;
    if (said.phase === 'load') samples.push(said);
    if (said.atS - toldS < TOLD_EVERY_S) continue;
    toldS = said.atS;
    const { phase, atS, online, rssBytes, p50Us, lost, cuts } = said;
    console.log(
      `${atS.toFixed(0).padStart(5)} s  ${phase.padEnd(8)} ${online}/${boards} online  p50 ${(p50Us / 1000).toFixed(2)} ms  ${lost} lost  ${cuts} cut  ${mebibytes(rssBytes)} MiB`,
    );
  }
  const code = await ended;
  return tell(result, samples, code);
}

/** What is judged: the heap right after each collection, RSS a look later, when V8 has given back what it had emptied. */
function keptOf(samples) {
  const fromS =
    samples[0].atS +
    Math.max(SETTLING_SHARE * (samples.at(-1).atS - samples[0].atS), (SETTLING_SETS * values.boards) / RATE);
  const kept = samples.flatMap(({ atS, heapBytes, cuts }, at) => {
    const next = samples[at + 1];
    return heapBytes === undefined || next === undefined ? [] : [{ atS, cuts, heapBytes, rssBytes: next.rssBytes }];
  });
  return kept.filter(({ atS }) => atS >= fromS);
}

/** What came of it; the exit code. */
function tell(result, samples, code) {
  if (result === undefined) {
    console.error(`the fleet ended without a result (${code})`);
    return 1;
  }
  const kept = samples.length === 0 ? [] : keptOf(samples);
  if (values.samples !== undefined) writeFileSync(values.samples, `${JSON.stringify(kept)}\n`);
  const cuts = kept.length === 0 ? 0 : kept.at(-1).cuts - kept[0].cuts;
  const of = (key) => kept.map((sample) => ({ atS: sample.atS, value: sample[key] }));
  const verdicts = [
    ['RSS', judgeMemory(of('rssBytes'), processMay(cuts))],
    ['heap', judgeMemory(of('heapBytes'), heapMay(cuts))],
  ];
  const { load, boards, connections } = result;
  const { backAfterS } = connections;
  const back = backAfterS === null ? '' : `, all back ${backAfterS} s after that`;
  console.log(
    `\nboards   ${boards.online} of ${boards.wanted} online, ${load.resets + load.silences} connections cut${back}`,
  );
  console.log(
    `sets     ${load.sent}: ${load.answered} answered, ${load.lost} lost, ${load.doubled} doubled, ${load.cutOff} cut off`,
  );
  const rss = samples.map(({ rssBytes }) => rssBytes);
  if (rss.length > 0) {
    const told = [rss[0], rss.at(-1), Math.max(...rss)].map(mebibytes);
    console.log(`memory   ${told[0]} MiB after the ramp, ${told[1]} at the end, ${told[2]} at most, garbage included`);
  }
  if (kept.length > 0)
    console.log(`judged   from ${kept[0].atS} to ${kept.at(-1).atS} s, with ${cuts} connections cut`);
  for (const [name, { sentence }] of verdicts) console.log(`${name.padEnd(8)} ${sentence}`);
  const growing = verdicts.filter(([, { isFlat }]) => !isFlat).map(([name]) => `${name} is not flat`);
  const problems = [...result.problems, ...growing];
  console.log(problems.length === 0 ? 'flat, and nothing left' : problems.join('\n'));
  return problems.length === 0 && code === 0 ? 0 : 1;
}

function mebibytes(bytes) {
  return (bytes / 1_048_576).toFixed(0);
}

/** A dev cloud in a process of its own, which keeps nothing. */
async function startCloud() {
  const args = [
    'cloud',
    '--data',
    ':memory:',
    '--api-port',
    '0',
    '--mqtt-port',
    '0',
    '--activation-rate',
    '0',
    '--json',
  ];
  const child = spawn(process.execPath, [PROGRAM, ...args, ...USER], { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const { event, api } = JSON.parse(line);
    if (event === 'ready') return { child, api };
  }
  throw new Error('the cloud did not start');
}
