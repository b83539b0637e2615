import { createHash } from 'node:crypto';

/** By this a boot loader tells an image from anything else in a slot. */
const MAGIC = 'smartlink-simulator';
/** The first line is at most so long, its end included, bytes. */
export const MOST_HEAD_BYTES = 256;

/** What a boot loader needs to know of an image, from its first line. */
export interface ImageHead {
  /** Of the first line. */
  readonly headBytes: number;
  /** Of what follows it. */
  readonly bytes: number;
  /** Of what follows it: SHA-256, lower-case hex. */
  readonly sha256: string;
}

/** An image that a simulated boot loader starts: a first line that says how long the rest is and what digest it has. */
export function sealImage(body: Uint8Array): Uint8Array {
  const head = { image: MAGIC, bytes: body.length, sha256: sha256Of(body) };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
}

/** The head of what may be an image; `undefined` where it is none. @param start its first `MOST_HEAD_BYTES`, or all of it */
export function readImageHead(start: Uint8Array): ImageHead | undefined {
  const end = start.subarray(0, MOST_HEAD_BYTES).indexOf(0x0a);
  if (end < 0) return undefined;
  try {
    const { image, bytes, sha256 } = JSON.parse(Buffer.from(start.subarray(0, end)).toString('latin1'));
    if (image !== MAGIC || !Number.isSafeInteger(bytes) || bytes < 0 || typeof sha256 !== 'string') return undefined;
    return { headBytes: end + 1, bytes, sha256 };
  } catch {
    return undefined;
  }
}

/** What is behind the head of an image; `undefined` where it is none, or not whole. Bytes behind its end do not matter. */
export function openImage(image: Uint8Array): Uint8Array | undefined {
  const head = readImageHead(image);
  if (head === undefined || head.headBytes + head.bytes > image.length) return undefined;
  const body = image.subarray(head.headBytes, head.headBytes + head.bytes);
  return sha256Of(body) === head.sha256 ? body : undefined;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
