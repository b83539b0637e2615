import type { TcpConstructor, TlsConstructor, TlsOptions } from '../../src/ports/socket.js';

/**
 * TLS without its cryptography: a connection in the clear that shows the client the certificates of the server at that port and
 * is what he makes of them. A server that has none speaks no TLS.
 */
export function fakeTls(
  TCP: TcpConstructor,
  chainOf: (host: string, port: number) => readonly Uint8Array[] | undefined,
): TlsConstructor {
  return class {
    readonly #socket: InstanceType<TcpConstructor>;

    constructor(options: TlsOptions) {
      const { serverName, port, verify, onWritable, onError } = options;
      let isProven = false;
      this.#socket = new TCP({
        ...options,
        onWritable: (count) => {
          const chain = isProven ? [] : chainOf(serverName, port);
          isProven ||= chain !== undefined && verify(chain) !== undefined;
          if (isProven) {
            onWritable(count);
            return;
          }
          this.#socket.close();
          onError();
        },
      });
    }

    read(into: Uint8Array): number {
      return this.#socket.read(into);
    }

    write(bytes: Uint8Array): number {
      return this.#socket.write(bytes);
    }

    close(): void {
      this.#socket.close();
    }
  };
}
