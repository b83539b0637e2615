import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { rmSync } from 'node:fs';
import { paint, writeJson } from './console.js';
import { writeNew } from './new-file.js';

/** @throws {CliError} `exists`, `not_written`; nothing is left then */
export function keygen({ out, json }: { readonly out: string; readonly json?: boolean }): void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const point = pointOf(publicKey);
  writeNew(out, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  try {
    writeNew(`${out}.pub`, `${point}\n`, 0o644);
  } catch (error) {
    rmSync(out);
    throw error;
  }
  if (json) {
    writeJson(process.stdout, { event: 'key', file: out, publicFile: `${out}.pub`, publicKey: point });
    return;
  }
  process.stdout.write(
    `\n  Private key  ${out}\n  Public key   ${out}.pub\n               ${paint(process.stdout, 'bold', point)}\n\n` +
      '  Whoever has the private key decides what boards run and whom they trust: keep it where no network reaches it.\n\n',
  );
}

/** Base64 of the point of a public key of P-256, uncompressed (SEC 1, 2.3.3). */
export function pointOf(publicKey: KeyObject): string {
  const { x, y } = publicKey.export({ format: 'jwk' });
  const coordinates = [x!, y!].map((coordinate) => Buffer.from(coordinate, 'base64url'));
  return Buffer.concat([Buffer.of(4), ...coordinates]).toString('base64');
}
