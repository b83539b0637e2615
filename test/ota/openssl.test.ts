import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Vector } from './vector.js';
import { bytesOf, VECTORS } from './vector-file.js';

/** The commands of the page, as somebody would paste them. */
const BY_HAND = /## By hand\n[\s\S]*?```sh\n([\s\S]*?)```/.exec(readFileSync('docs/ota-package.md', 'utf8'))![1]!;

describe('openssl agrees, by the commands of docs/ota-package.md', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'smartlink-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What the commands say of the first signature in a package; its key is the one that the package names. */
  function byHand(vector: Vector): string[] {
    const file = bytesOf(vector);
    writeFileSync(join(folder, 'servo.slfw'), file);
    writeFileSync(join(folder, 'ota.pem.pub'), `${VECTORS.keys[file[165]!]}\n`);
    const { stdout } = spawnSync('bash', ['-c', BY_HAND], { cwd: folder, encoding: 'utf8' });
    return stdout.trim().split('\n');
  }

  const taken = VECTORS.vectors.filter(({ expected }) => 'taken' in expected);
  it.each(taken)('the signature and the digest hold: $name', (vector) => {
    const [verdict, ofImage, inHeader] = byHand(vector);
    const { sha256 } = (vector.expected as { taken: { sha256: string } }).taken;
    expect([verdict, ofImage, inHeader]).toEqual(['Verified OK', `${sha256}  -`, sha256]);
  });

  const wrong = VECTORS.vectors.filter(
    ({ expected, board }) => 'refused' in expected && expected.refused === 'wrong_signature' && board.required === 1,
  );
  it.each(wrong)('the signature does not hold: $name', (vector) => {
    expect(byHand(vector)).not.toContain('Verified OK');
  });

  it('has something to agree on', () => {
    expect([taken.length, wrong.length].every((count) => count >= 15)).toBe(true);
    expect(execFileSync('openssl', ['version']).toString()).toContain('OpenSSL');
  });
});
