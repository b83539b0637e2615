import type { VirtualNetwork, VirtualPeer } from '../../../host-sim/world/virtual-network.js';

export interface FileRequest {
  readonly line: string;
  /** Header names are lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** First byte that is wanted, 0 without a Range. */
  readonly from: number;
  readonly peer: VirtualPeer;
  /** Counted from 1. */
  readonly count: number;
}

/** Serves one file as RFC 9110 has it, with a strong ETag, Range and If-Range, until a test says otherwise. */
export class FileServer {
  file: Uint8Array;
  etag: string | undefined = '"v1"';
  readonly requests: FileRequest[] = [];
  /** Does what it likes and says true; false: the file is served. */
  answer: (request: FileRequest) => boolean = () => false;
  /** After so many bytes of the body the connection ends; `undefined`: it does not. */
  cutAfter: (request: FileRequest) => number | undefined = () => undefined;
  /** Bytes of the body that go out at once, and the time until the next ones, ms. */
  pace = { bytes: Number.POSITIVE_INFINITY, ms: 0 };
  readonly url: string;
  readonly #network: VirtualNetwork;

  constructor(network: VirtualNetwork, file: Uint8Array, host = 'files', port = 8_080) {
    this.#network = network;
    this.file = file;
    this.url = `http://${host}:${port}/api/v1/ota/files/t0k3n`;
    network.listen(host, port, (peer) => this.accept(peer));
  }

  /** Sends a head, and what comes after it. */
  send(peer: VirtualPeer, status: number, headers: readonly string[], body: Uint8Array | string = ''): void {
    const bytes = Buffer.from(body as Uint8Array);
    peer.write(
      Buffer.concat([Buffer.from(`${[`HTTP/1.1 ${status} Scripted`, ...headers].join('\r\n')}\r\n\r\n`), bytes]),
    );
  }

  /** Sends the file, or what was asked for of it. `headers` replace those of the same name. */
  serve(request: FileRequest, headers: Readonly<Record<string, string | undefined>> = {}): void {
    const { peer, from } = request;
    const { file, etag } = this;
    const isPart = request.headers.has('range') && (request.headers.get('if-range') ?? etag) === etag;
    if (isPart && from >= file.length) {
      this.send(peer, 416, [`Content-Range: bytes */${file.length}`, 'Content-Length: 0']);
      return;
    }
    const start = isPart ? from : 0;
    const all: Record<string, string | undefined> = {
      'Content-Length': String(file.length - start),
      ...(etag !== undefined && { ETag: etag }),
      ...(isPart && { 'Content-Range': `bytes ${start}-${file.length - 1}/${file.length}` }),
      ...headers,
    };
    const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
    const cut = this.cutAfter(request);
    this.send(peer, isPart ? 206 : 200, lines);
    this.#pour(peer, file.subarray(start, cut === undefined ? undefined : start + cut), cut !== undefined);
  }

  #pour(peer: VirtualPeer, bytes: Uint8Array, ends: boolean): void {
    if (!peer.open) return;
    peer.write(bytes.subarray(0, this.pace.bytes));
    if (bytes.length > this.pace.bytes) {
      this.#network.time.timer.set(() => this.#pour(peer, bytes.subarray(this.pace.bytes), ends), this.pace.ms);
    } else if (ends) peer.end();
  }

  /** Answers on a connection that somebody has made. */
  accept(peer: VirtualPeer): void {
    let received = '';
    peer.onData = (bytes) => {
      received += Buffer.from(bytes).toString('latin1');
      if (!received.endsWith('\r\n\r\n')) return;
      const [line = '', ...lines] = received.trimEnd().split('\r\n');
      const headers = new Map(
        lines.map((one) => [one.split(':')[0]!.toLowerCase(), one.slice(one.indexOf(':') + 1).trim()]),
      );
      const from = Number(/^bytes=(\d+)-$/.exec(headers.get('range') ?? '')?.[1] ?? 0);
      const request = { line, headers, from, peer, count: this.requests.length + 1 };
      this.requests.push(request);
      if (!this.answer(request)) this.serve(request);
    };
  }
}
