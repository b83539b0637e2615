import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { readResultFile } from '../../scripts/bench/result-file.js';
import { withoutXs } from '../xs/engines.js';

const RUN = join(import.meta.dirname, '../../scripts/bench/run.mjs');
const folder = mkdtempSync(join(tmpdir(), 'smartlink-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('npm run bench', () => {
  test('names what it can measure, and refuses what it cannot', () => {
    const run = (...args: string[]) => spawnSync('node', [RUN, ...args], { encoding: 'utf8' });
    expect(run('--list').stdout.split('\n')).toContain('xs32');
    const wrong = run('--only', 'nonsense');
    expect([wrong.status, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('--only: there is no nonsense; there are xs,'),
    ]);
  });

  test('says in one sentence that there is no result to write docs from', () => {
    const { status, stderr } = spawnSync('node', [RUN, '--write-docs', 'nope.json'], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^bench: --write-docs: \S*nope\.json cannot be read: .*\n$/);
  });

  test('says what is missing, and makes nothing up', async () => {
    const out = join(folder, 'no-sdk.json');
    const { MODDABLE: _, ...env } = process.env;
    await promisify(execFile)('node', [RUN, '--only', 'xs32,rom', '--out', out], { env });
    const { results } = readResultFile(out);
    expect(new Set(results.map(({ verdict, value, why }) => `${verdict}, ${value}: ${why}`))).toEqual(
      new Set(['not measured here, undefined: $MODDABLE does not name a Moddable SDK']),
    );
  });

  test.skipIf(withoutXs)('measures on XS, and says with what', async () => {
    const out = join(folder, 'xs.json');
    const { stdout } = await promisify(execFile)('node', [RUN, '--quick', '--only', 'xs', '--out', out]);
    const { results, command, machine, versions } = readResultFile(out);
    const title = 'Live slots after 1,000 commands beside those before';
    const leak = { title, value: 0, verdict: 'met', isExact: true };
    expect(results.find(({ name }) => name === 'xs.leak')).toMatchObject(leak);
    expect(stdout).toContain('xs.command');
    expect(command).toBe('npm run bench -- --quick --only xs --out FILE');
    expect(machine.cores).toBeGreaterThan(0);
    expect(versions['node']).toBe(process.versions.node);
  });
});
