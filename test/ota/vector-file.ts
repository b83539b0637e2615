import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeVectors } from './make-vectors.js';
import type { Vector, VectorFile } from './vector.js';

const FILE = join(import.meta.dirname, 'vectors.json');
if (process.env['UPDATE_VECTORS']) writeFileSync(FILE, `${JSON.stringify(makeVectors(), null, 2)}\n`);

/** The vectors as they are published. */
export const VECTORS = JSON.parse(readFileSync(FILE, 'utf8')) as VectorFile;

export function bytesOf(vector: Vector): Buffer {
  return Buffer.from(vector.package, 'hex');
}
