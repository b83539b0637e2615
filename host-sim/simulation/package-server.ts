import type { VirtualPeer } from '../world/virtual-network.js';

/** How a server of files behaves that is not to be relied on. */
export const MANNERS = [
  'honest',
  'no ranges',
  'other part',
  'other file',
  'mixed',
  'truncated',
  'too long',
  'slow',
  'busy',
  'round about',
  'round and round',
] as const;
export type Manner = (typeof MANNERS)[number];

export interface PackageServerOptions {
  readonly manner: Manner;
  readonly file: Uint8Array;
  /** What some manners serve in place of the file, or of a part of it. */
  readonly other: Uint8Array;
  later(callback: () => void, delayMs: number): void;
}

/** So long one that is busy wants not to be asked, s. */
export const BUSY_S = 120;
/** A slow server sends so much at a time, bytes and ms. */
const DROP_BYTES = 64;
const DROP_MS = 500;

/** Answers a request for a package on a connection, in one manner or another, and ends it. */
export function servePackage(peer: VirtualPeer, request: string, options: PackageServerOptions): void {
  const { manner, file, other, later } = options;
  const rest = /\r\nrange: bytes=(\d+)-\r\n/i.exec(request);
  const path = /^GET (\S+)/.exec(request)?.[1] ?? '/';
  const from = manner === 'no ranges' || rest === null ? 0 : Number(rest[1]);
  const say = (status: string, head: readonly string[], body: Uint8Array): void => {
    const lines = [`HTTP/1.1 ${status}`, 'Connection: close', ...head, '', ''];
    peer.write(Buffer.from(lines.join('\r\n')));
    send(peer, body, manner === 'slow' ? DROP_BYTES : body.length, later);
  };
  const serve = (bytes: Uint8Array, etag: string): void => {
    const length = `Content-Length: ${bytes.length - from}`;
    if (from === 0) say('200 OK', [length, `ETag: ${etag}`], bytes);
    else say('206 Partial Content', [length, `ETag: ${etag}`, range(from, bytes)], bytes.subarray(from));
  };
  switch (manner) {
    case 'busy':
      say('503 Service Unavailable', [`Retry-After: ${BUSY_S}`, 'Content-Length: 0'], Buffer.alloc(0));
      break;
    case 'round about':
      if (path.endsWith('/about')) serve(file, '"file"');
      else say('302 Found', [`Location: ${path}/about`, 'Content-Length: 0'], Buffer.alloc(0));
      break;
    case 'round and round':
      say('302 Found', [`Location: ${path}`, 'Content-Length: 0'], Buffer.alloc(0));
      break;
    case 'other part': {
      const head = [`Content-Length: ${file.length}`, 'ETag: "file"', range(0, file)];
      if (rest === null) serve(file, '"file"');
      else say('206 Partial Content', head, file);
      break;
    }
    case 'other file':
      serve(from === 0 ? file : other, from === 0 ? '"file"' : '"other"');
      break;
    case 'mixed':
      // The header of one and the image of the other, under the same name.
      serve(Buffer.concat([file.subarray(0, HEAD_BYTES), other.subarray(HEAD_BYTES, file.length)]), '"file"');
      break;
    case 'truncated':
      serve(file.subarray(0, from + ((file.length - from) >> 1)), '"file"');
      break;
    case 'too long':
      serve(Buffer.concat([file, other.subarray(0, 100)]), '"file"');
      break;
    default:
      serve(file, '"file"');
  }
}

/** Before the image, with one signature. */
const HEAD_BYTES = 164 + 1 + 65;

function range(from: number, { length }: Uint8Array): string {
  return `Content-Range: bytes ${from}-${length - 1}/${length}`;
}

function send(peer: VirtualPeer, body: Uint8Array, atOnce: number, later: PackageServerOptions['later']): void {
  const drip = (at: number): void => {
    if (!peer.open) return;
    peer.write(body.subarray(at, at + atOnce));
    if (at + atOnce >= body.length) peer.end();
    else later(() => drip(at + atOnce), DROP_MS);
  };
  drip(0);
}
