import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A file of the panel, as it is to be sent. */
export interface PanelFile {
  /** Its media type. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** All of the panel by path: its page at `/`, the others below `/panel/` under names that change with what is in them. */
export type PanelFiles = ReadonlyMap<string, PanelFile>;

/** What is sent of a file: itself, or what gzip makes of it. */
export interface Representation {
  readonly bytes: Uint8Array;
  /** Strong, so not the same for both (RFC 9110, 8.8.1). */
  readonly tag: string;
  readonly encoding?: 'gzip';
}

/** A file in both representations; it is compressed when somebody first asks for that, and once. */
export class CompressibleFile {
  readonly #plain: Representation;
  #gzipped: Promise<Representation> | undefined;

  constructor({ bytes }: PanelFile) {
    this.#plain = { bytes, tag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
  }

  async as(encoding: 'gzip' | 'identity'): Promise<Representation> {
    if (encoding === 'identity') return this.#plain;
    this.#gzipped ??= compress(this.#plain);
    return this.#gzipped;
  }
}

/** The same where gzip makes it no smaller. */
async function compress(plain: Representation): Promise<Representation> {
  const bytes = await promisify(gzip)(plain.bytes, { level: 9 });
  if (bytes.length >= plain.bytes.length) return plain;
  return { bytes, tag: plain.tag.replace(/"$/, '-gzip"'), encoding: 'gzip' };
}
