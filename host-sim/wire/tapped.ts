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
  return (TappedTcp<O>).bind(undefined, { Inner, tap, originOf });
}

interface TappedParts<O extends TcpOptions> {
  readonly Inner: new (options: O) => TcpSocket;
  readonly tap: WireTap;
  originOf(options: O): string;
}

class TappedTcp<O extends TcpOptions> implements TcpSocket {
  readonly #inner: TcpSocket;
  readonly #wire: WireConnection;

  constructor({ Inner, tap, originOf }: TappedParts<O>, options: O) {
    const wire = tap.connection(originOf(options));
    this.#wire = wire;
    const onError = (error: unknown): void => {
      options.onError(error);
      // What was left to read has been read inside that call.
      wire.ended();
    };
    try {
      this.#inner = new Inner({ ...options, onError });
    } catch (error) {
      wire.ended();
      throw error;
    }
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
