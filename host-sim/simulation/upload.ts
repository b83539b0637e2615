import { HttpParser } from '../../src/core/http-parser.js';
import { Connection } from '../../src/net/connection.js';
import type { Network } from '../../src/ports/host.js';
import type { Text } from '../../src/ports/text.js';
import type { Timer } from '../../src/ports/timer.js';

const CONNECT_TIMEOUT_MS = 10_000;
const READ_BYTES = 1_024;

export interface UploadOptions {
  readonly network: Network;
  readonly timer: Timer;
  readonly text: Text;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Further header lines, each `Name: value`. */
  readonly headers: readonly string[];
  readonly body: Uint8Array;
}

/** Posts a file, as a script would; status and text of the answer, `undefined` where there was none. */
export function upload(options: UploadOptions): Promise<{ status: number; text: string } | undefined> {
  const { network, timer, text, host, port, path, headers, body } = options;
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}:${port}`,
    'Connection: close',
    'Content-Type: application/octet-stream',
    `Content-Length: ${body.length}`,
    ...headers,
  ];
  const sendBuffer = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const buffer = new Uint8Array(READ_BYTES);
    let status = 0;
    const parser = new HttpParser(text, {
      onHead: (code) => {
        status = code;
      },
      onBody: (bytes, start, end) => pieces.push(Buffer.from(bytes.subarray(start, end))),
      onComplete: () => {
        connection.close();
        resolve({ status, text: Buffer.concat(pieces).toString() });
      },
    });
    const connection = new Connection({
      network,
      timer,
      host,
      port,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      sendBuffer,
      onOpen: () => connection.commit(sendBuffer.length),
      onReadable: () => {
        for (let count = connection.read(buffer); count > 0; count = connection.read(buffer)) {
          parser.take(buffer, count);
        }
      },
      onFailed: () => resolve(undefined),
    });
  });
}
