import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { SimSerial } from '../world/sim-serial.js';

/** A client that does not read its bytes loses those beyond this, as a terminal does that hangs. */
const MOST_UNSENT = 65_536;

/** Joins the serial line of a board to a pair of streams, until one of them ends. Returns what parts them. */
export function joinSerial(line: SimSerial, from: Readable, to: Writable): () => void {
  const onBytes = (bytes: Uint8Array): void => {
    if (to.writable && to.writableLength + bytes.length <= MOST_UNSENT) to.write(bytes);
  };
  const onData = (bytes: Buffer): void => line.send(bytes);
  line.onBytes = onBytes;
  from.on('data', onData);
  return () => {
    from.off('data', onData);
    if (line.onBytes === onBytes) line.onBytes = undefined;
  };
}

/** The serial line of a board as a TCP port on the loopback; whoever connects has the cable until he goes. */
export class SerialServer {
  readonly #server: Server;
  #client: Socket | undefined;

  private constructor(line: SimSerial) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      // There is one cable.
      if (this.#client !== undefined) {
        socket.destroy();
        return;
      }
      this.#client = socket;
      const part = joinSerial(line, socket, socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        part();
        this.#client = undefined;
      });
    });
  }

  /** @throws (as a rejection) when the port is taken; 0: any */
  static start(line: SimSerial, port: number): Promise<SerialServer> {
    const started = new SerialServer(line);
    const server = started.#server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve(started));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#client?.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
