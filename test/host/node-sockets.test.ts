import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReceiveBuffer, NodeSockets } from '../../host-sim/host/node-sockets.js';
import type { TcpSocket } from '../../src/ports/socket.js';

describe('a closed socket of a simulated board', () => {
  const stack = new NodeSockets((callback) => callback(), createReceiveBuffer());
  let server: Server;
  let peer: Socket | undefined;

  beforeEach(async () => {
    // The sockets are real; only how long one lingers is not waited for.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    vi.useRealTimers();
    stack.close();
    peer?.destroy();
    server.close();
    await once(server, 'close');
  });

  const connect = (onWritable: (room: number) => void = () => {}): TcpSocket =>
    new stack.TCP({
      address: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      onReadable: () => {},
      onWritable,
      onError: () => {},
    });

  /** How much the peer gets once it reads at last, bytes. */
  async function received(): Promise<number> {
    let bytes = 0;
    peer!.on('data', (chunk) => {
      bytes += chunk.length;
    });
    // Of a reset, systems tell the one who reads late in their own ways.
    peer!.on('error', () => {});
    const closed = once(peer!, 'close');
    peer!.resume();
    await closed;
    return bytes;
  }

  /** Writes until nothing goes any more: the peer reads nothing, and the operating system has no more room. */
  async function stuffed(): Promise<{ socket: TcpSocket; written: number }> {
    const accepted = once(server, 'connection');
    let room = 0;
    let written = 0;
    const socket = connect((left) => {
      room = left;
    });
    [peer] = (await accepted) as [Socket];
    for (let idle = 0; idle < 50; idle++) {
      while (room > 0) {
        written += room;
        room = socket.write(new Uint8Array(room));
        idle = 0;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { socket, written };
  }

  it('is reset after 2 s where its peer never reads', async () => {
    const { socket, written } = await stuffed();
    socket.close();
    vi.advanceTimersByTime(2_000);
    expect(await received()).toBeLessThan(written);
  });

  it('brings all that was written to a peer that reads in time', async () => {
    const { socket, written } = await stuffed();
    socket.close();
    vi.advanceTimersByTime(1_999);
    expect(await received()).toBe(written);
    while (vi.getTimerCount() > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it('leaves no timer behind where it was not connected yet', () => {
    connect().close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
