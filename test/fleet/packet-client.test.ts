import { createServer, type Server, type Socket } from 'node:net';
import mqttPacket from 'mqtt-packet';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PacketClient } from '../../host-sim/fleet/packet-client.js';

const HALF_A_KEEP_ALIVE_MS = 30_000;

/** A broker that admits everybody, and answers pings for as long as it is not frozen. */
class Broker {
  readonly pings = vi.fn();
  isFrozen = false;
  readonly #server: Server = createServer((socket) => this.#serve(socket));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', () => resolve()));
    return `mqtt://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    const answer = (packet: mqttPacket.Packet): unknown => socket.write(mqttPacket.generate(packet));
    parser.on('packet', (packet) => {
      if (packet.cmd === 'connect') answer({ cmd: 'connack', returnCode: 0, sessionPresent: false });
      if (packet.cmd === 'subscribe') answer({ cmd: 'suback', messageId: packet.messageId!, granted: [1] });
      if (packet.cmd === 'disconnect') socket.end();
      if (packet.cmd !== 'pingreq') return;
      this.pings();
      if (this.isFrozen) return;
      answer({ cmd: 'pingresp' });
      answer({ cmd: 'publish', topic: 'posts', payload: 'answered', qos: 0, dup: false, retain: false });
    });
    socket.on('data', (bytes) => parser.parse(bytes));
    socket.on('error', () => {});
  }
}

describe('the connection of who measures a fleet', () => {
  const broker = new Broker();
  const onMessage = vi.fn();
  const onLost = vi.fn();
  let client: PacketClient;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    client = await PacketClient.open({ url: await broker.listen() }, 'posts', { onMessage, onLost });
  });
  afterEach(async () => {
    await client.close();
    await broker.close();
    vi.useRealTimers();
  });

  it('stands for as long as the broker answers its pings, and is lost when one was not answered before the next', async () => {
    for (let asked = 1; asked <= 3; asked += 1) {
      vi.advanceTimersByTime(HALF_A_KEEP_ALIVE_MS);
      await expect.poll(() => onMessage.mock.calls.length).toBe(asked);
    }
    expect(onLost).not.toHaveBeenCalled();
    broker.isFrozen = true;
    vi.advanceTimersByTime(HALF_A_KEEP_ALIVE_MS);
    await expect.poll(() => broker.pings.mock.calls.length).toBe(4);
    vi.advanceTimersByTime(HALF_A_KEEP_ALIVE_MS);
    await expect.poll(() => onLost.mock.calls.length).toBe(1);
  });
});
