import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../moddable.mjs';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly ramBytes: number;
  readonly kernel: string;
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    ramBytes: totalmem(),
    kernel: `${process.platform} ${release()}`,
  };
}

/** What was measured, and with what; what is not there is `absent`. */
export function versions(moddable: string | undefined): Record<string, string> {
  const require = createRequire(join(ROOT, 'package.json'));
  const ofPackage = (name: string): string => {
    try {
      return (require(join(ROOT, 'node_modules', name, 'package.json')) as { version: string }).version;
    } catch {
      return 'absent';
    }
  };
  const said = (program: string, args: readonly string[], pattern: RegExp): string => {
    try {
      const output = execFileSync(program, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      return pattern.exec(output)?.[1] ?? 'unknown';
    } catch (error) {
      // Mosquitto's help ends with 3.
      return pattern.exec(String((error as { stdout?: unknown }).stdout ?? ''))?.[1] ?? 'absent';
    }
  };
  const sqlite = (): string => {
    try {
      const Database = require('better-sqlite3') as new (
        file: string,
      ) => { prepare(sql: string): { pluck(): { get(): string } }; close(): void };
      const database = new Database(':memory:');
      const version = database.prepare('SELECT sqlite_version()').pluck().get();
      database.close();
      return version;
    } catch {
      return 'absent';
    }
  };
  const commit = said('git', ['rev-parse', '--short=12', 'HEAD'], /^(\w+)/);
  const isChanged = said('git', ['status', '--porcelain'], /(\S)/) !== 'unknown';
  return {
    smartlink: commit === 'absent' ? ofPackage('.') : `${commit}${isChanged ? ' with changes' : ''}`,
    node: process.versions.node,
    '@agoric/xsnap': ofPackage('@agoric/xsnap'),
    'Moddable SDK': moddable === undefined ? 'absent' : said('cat', [join(moddable, 'tools/VERSION')], /^(\S+)/),
    mosquitto: said('mosquitto', ['-h'], /version (\S+)/),
    SQLite: sqlite(),
    aedes: ofPackage('aedes'),
    'mqtt.js': ofPackage('mqtt'),
    fastify: ofPackage('fastify'),
    autocannon: ofPackage('autocannon'),
    valgrind: said('valgrind', ['--version'], /valgrind-(\S+)/),
  };
}
