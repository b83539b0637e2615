import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import type { Issued } from './pki.js';

/** A server that shows these certificates, and keeps what was said to it inside. */
export class SecureServer {
  /** What came inside TLS, of all connections. */
  heard = '';
  /** Connections whose handshake came to its end on this side. */
  handshakes = 0;
  readonly #server: Server;

  private constructor(options: TlsOptions, answer: (heard: string) => string | undefined) {
    this.#server = createServer(options, (socket) => {
      this.handshakes++;
      let heard = '';
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        heard += bytes;
        this.heard += bytes;
        const said = answer(heard);
        if (said !== undefined) socket.end(said);
      });
    });
    this.#server.on('tlsClientError', () => {});
  }

  /** `chain`: its own certificate first; `answer`: to all that one connection has said so far. */
  static async listen(
    chain: readonly Issued[],
    options: TlsOptions = {},
    answer: (heard: string) => string | undefined = () => undefined,
  ): Promise<SecureServer> {
    const cert = chain.map(({ pem }) => pem).join('\n');
    const server = new SecureServer({ key: chain[0]!.keyPem, cert, ...options }, answer);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
  }
}

/** A server without TLS that somebody might fall back to. */
export class PlainServer {
  connections = 0;
  heard = '';
  readonly #server;

  private constructor(answer: string | undefined) {
    this.#server = createTcpServer((socket) => {
      this.connections++;
      socket.on('error', () => {});
      socket.on('data', (bytes) => {
        this.heard += bytes.toString('latin1');
        if (answer !== undefined) socket.end(answer);
      });
    });
  }

  /** `answer`: to whatever comes first; absent: it says nothing. */
  static async listen(answer?: string): Promise<PlainServer> {
    const server = new PlainServer(answer);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
  }
}
