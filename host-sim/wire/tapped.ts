import type { TcpOptions, TcpSocket } from '../../src/ports/socket.js';
import type { WireConnection, WireTap } from './wire-tap.js';

/** Connections on which a tap listens. `originOf`: where one leads, as a URL. */
export function tapped<O extends TcpOptions>(
  Inner: new (options: O) => TcpSocket,
  tap: WireTap,
  originOf: (options: O) => string,
): new (
  options: O,
) => TcpSocket {
  return class extends TappedTcp {
    constructor(options: O) {
      const wire = tap.connection(originOf(options));
      const onError = (error: unknown): void => {
        options.onError(error);
        // What was left to read has been read inside that call.
        wire.ended();
      };
      try {
        super(new Inner({ ...options, onError }), wire);
      } catch (error) {
        wire.ended();
        throw error;
      }
    }
  };
}

class TappedTcp implements TcpSocket {
  readonly #inner: TcpSocket;
  readonly #wire: WireConnection;

  constructor(inner: TcpSocket, wire: WireConnection) {
    this.#inner = inner;
    this.#wire = wire;
  }

  read(into: Uint8Array): number {
    const count = this.#inner.read(into);
    if (count > 0) this.#wire.received(into.subarray(0, count));
    return count;
  }

  write(bytes: Uint8Array): number {
    const room = this.#inner.write(bytes);
    this.#wire.sent(bytes);
    return room;
  }

  close(): void {
    this.#inner.close();
    this.#wire.ended();
  }
}
