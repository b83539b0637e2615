import childProcess, { type ChildProcess, type SpawnOptions } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { Readable } from 'node:stream';
import { afterAll } from 'vitest';
import { type CloudLogEvent, Logger } from '../../../host-sim/cloud/events.js';
import { Diagnostics } from '../../../src/board/diagnostics.js';
import { JsonRecord } from '../../../src/records/json-record.js';
import { NOTES } from './notes.js';
import { SECRECY_FOLDER } from './suite.js';

/**
 * Runs before each file of tests: from then on it is noted what boards write into their records and clouds answer (there the secrets
 * are), and what boards report, clouds and programs log or print and tests log (there they must not be).
 */
const { write } = JsonRecord.prototype;
JsonRecord.prototype.write = function (this: JsonRecord<object>, value: object) {
  NOTES.learn(value);
  write.call(this, value);
};

const { json } = Response.prototype;
Object.defineProperty(Response.prototype, 'json', {
  value: async function (this: Response) {
    const body: unknown = await json.call(this);
    NOTES.learn(body);
    return body;
  },
});

const { emit } = Diagnostics.prototype;
Diagnostics.prototype.emit = function (this: Diagnostics, level, name, data) {
  if (Object.keys(data).length > 0) NOTES.hear(JSON.stringify(data));
  emit.call(this, level, name, data);
};

for (const level of ['debug', 'info', 'warn', 'error'] as const satisfies readonly CloudLogEvent['level'][]) {
  const log = Logger.prototype[level];
  Logger.prototype[level] = function (this: Logger, name, data = {}) {
    if (Object.keys(data).length > 0) NOTES.hear(JSON.stringify(data));
    log.call(this, name, data);
  };
}

for (const method of ['log', 'info', 'warn', 'error'] as const) {
  const print = console[method];
  console[method] = (...values: unknown[]) => {
    NOTES.hear(values.map(String).join(' '));
    print.apply(console, values);
  };
}

const { spawn } = childProcess;
childProcess.spawn = ((command: string, args: readonly string[], options: SpawnOptions) => {
  const child: ChildProcess = spawn(command, args, options);
  // What it says is the code that it was asked for.
  if (command.endsWith('esbuild')) return child;
  overhear(child.stdout);
  overhear(child.stderr);
  const kept = ['--data', '--out'].flatMap((flag) => (args?.includes(flag) ? [args[args.indexOf(flag) + 1]!] : []));
  child.once('exit', () => {
    for (const path of kept) NOTES.learnPath(path);
  });
  return child;
}) as typeof spawn;
syncBuiltinESMExports();

/** Without making it flow. */
function overhear(stream: Readable | null): void {
  if (stream === null) return;
  let line = '';
  const emitOn = stream.emit;
  stream.emit = function (this: Readable, name: string | symbol, ...values: unknown[]) {
    if (name === 'data') {
      const lines = (line + String(values[0])).split('\n');
      line = lines.pop()!;
      for (const whole of lines) NOTES.hear(whole);
    } else if (name === 'end') NOTES.hear(line);
    return emitOn.call(this, name, ...values);
  } as typeof stream.emit;
}

afterAll(() => NOTES.write(SECRECY_FOLDER, randomUUID()));
