// Many boards in one process for a long time, their connections cut all the while: memory must stay flat after the ramp, every board
// come back, and nothing be left after the stop. `node scripts/soak.mjs --boards 2000 --for 10m`; the exit code tells. It starts a dev
// cloud of its own, unless `--broker mqtt://…` names a broker. `--rate` and `--chaos` are those of `smartlink fleet`.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { judgeMemory } from './flatness.mjs';

const PROGRAM = join(resolve(import.meta.dirname, '..'), 'dist/smartlink.js');
const USER = ['--user', 'soak', '--password', 'soak-password'];
/** Of the measured time this is left out: caches fill, code is compiled. */
const SETTLING_SHARE = 0.2;
const TOLD_EVERY_S = 30;

const { values } = parseArgs({
  options: {
    boards: { type: 'string', default: '2000' },
    for: { type: 'string', default: '10m' },
    rate: { type: 'string', default: '100' },
    chaos: { type: 'string', default: '5' },
    'warm-up': { type: 'string', default: '10s' },
    broker: { type: 'string' },
  },
});

const cloud = values.broker === undefined ? await startCloud() : undefined;
try {
  process.exitCode = await soak();
} finally {
  cloud?.child.kill('SIGTERM');
}

async function soak() {
  const { boards, rate, chaos, 'warm-up': warmUp, broker } = values;
  const target = broker === undefined ? ['--cloud', cloud.api, ...USER] : ['--broker', broker];
  const load = ['--rate', rate, '--chaos', chaos, '--for', values.for, '--warm-up', warmUp];
  const args = ['fleet', '--json', '--workers', '0', '--boards', boards, ...load, ...target];
  const fleet = spawn(process.execPath, ['--expose-gc', PROGRAM, ...args], { stdio: ['inherit', 'pipe', 'inherit'] });
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
      `${atS.toFixed(0).padStart(5)} s  ${phase.padEnd(8)} ${online}/${boards} online  p50 ${(p50Us / 1000).toFixed(2)} ms  ${lost} lost  ${cuts} cut  ${(rssBytes / 1_048_576).toFixed(0)} MiB`,
    );
  }
  const code = await ended;
  return tell(result, samples, code);
}

/** What came of it; the exit code. */
function tell(result, samples, code) {
  if (result === undefined) {
    console.error(`the fleet ended without a result (${code})`);
    return 1;
  }
  const fromS = samples.length === 0 ? 0 : samples[0].atS + (samples.at(-1).atS - samples[0].atS) * SETTLING_SHARE;
  const settled = samples.filter(({ atS }) => atS >= fromS);
  const verdicts = [
    ['RSS', judgeMemory(settled.map(({ atS, rssBytes }) => ({ atS, value: rssBytes })))],
    ['heap', judgeMemory(settled.flatMap(({ atS, heapBytes }) => (heapBytes ? [{ atS, value: heapBytes }] : [])))],
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
  for (const [name, { sentence }] of verdicts) console.log(`${name.padEnd(8)} ${sentence}`);
  const growing = verdicts.filter(([, { isFlat }]) => !isFlat).map(([name]) => `${name} is not flat`);
  const problems = [...result.problems, ...growing];
  console.log(problems.length === 0 ? 'flat, and nothing left' : problems.join('\n'));
  return problems.length === 0 && code === 0 ? 0 : 1;
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
