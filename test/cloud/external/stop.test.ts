import { connect, createServer, type Server, type Socket } from 'node:net';
import mqtt, { type IConnackPacket } from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { startGuardedMosquitto, withoutDynamicSecurity } from '../../support/dynamic-security.js';
import { withoutMosquitto } from '../../support/mosquitto.js';
import { timed } from '../../support/timed.js';
import { onCleanup, startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { broker, cloudOver } from './stage.js';

const STOP_MS = 3_000;

/** Stands between a cloud and its broker, and can go away as a machine without power does: nothing is answered, nothing is closed. */
class Wire {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  /** Bytes of the cloud that went nowhere. */
  swallowed = 0;

  private constructor(port: number) {
    this.#server = createServer((near) => {
      this.#keep(near);
      near.resume();
      if (this.#isCut) return;
      const far = this.#keep(connect(port, '127.0.0.1'));
      near.on('data', (bytes) => {
        if (this.#isCut) this.swallowed += bytes.length;
        else far.write(bytes);
      });
      far.on('data', (bytes) => !this.#isCut && near.write(bytes));
      near.on('close', () => far.destroy());
      far.on('close', () => !this.#isCut && near.destroy());
    });
  }

  static async to(port: number): Promise<Wire> {
    const wire = new Wire(port);
    await new Promise<void>((resolve) => wire.#server.listen(0, '127.0.0.1', resolve));
    return wire;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** Connections that the cloud has not ended. */
  get open(): number {
    return [...this.#sockets].filter(({ destroyed, localPort }) => !destroyed && this.url.endsWith(`:${localPort}`))
      .length;
  }

  cut(): void {
    this.#isCut = true;
  }

  /** Those that are there end, new ones are taken and not answered. */
  lose(): void {
    this.cut();
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
  }
}

const wires: Wire[] = [];
afterEach(() => {
  for (const wire of wires.splice(0)) wire.close();
});

async function wireTo(port: number): Promise<Wire> {
  const wire = await Wire.to(port);
  wires.push(wire);
  return wire;
}

async function stops(t: TestCloud, wire: Wire): Promise<void> {
  const { tookMs } = await timed(() => t.cloud.close());
  expect(tookMs).toBeLessThan(STOP_MS);
  await expect.poll(() => wire.open).toBe(0);
}

describe.skipIf(withoutMosquitto)('a cloud stops within 3 s and leaves no connection open', () => {
  test('where the broker is there', async () => {
    const wire = await wireTo((await broker()).port);
    await stops(await cloudOver(wire), wire);
  });

  test('where it has vanished without a word, for a cloud in memory too', async () => {
    const { port } = await broker();
    for (const dataDir of [':memory:', temporaryDirectory()]) {
      const wire = await wireTo(port);
      const t = await cloudOver(wire, { dataDir });
      wire.cut();
      await stops(t, wire);
    }
  });

  test('where it is tried for again and takes the connection without an answer', async () => {
    const wire = await wireTo((await broker()).port);
    const t = await cloudOver(wire);
    wire.lose();
    await t.untilLogged('broker_lost');
    await expect.poll(() => wire.open).toBe(1);
    await stops(t, wire);
  });

  test.skipIf(withoutDynamicSecurity)('where it keeps a list of its own, and an activation waits for it', async () => {
    const guarded = await startGuardedMosquitto();
    onCleanup(() => guarded.stop());
    const wire = await wireTo(guarded.port);
    const t = await startCloud({ externalBroker: { urls: [wire.url], ...guarded.admin, dynamicSecurity: true } });
    await expect.poll(() => wire.open).toBe(2);
    // Its list has been looked through by then.
    await t.activate('FIRST');
    wire.cut();
    const request = { productKey: 'SW-SERVO-001', deviceSN: 'A', firmwareVersion: '1.0.0', chipModel: 'ESP32' };
    const activation = t.call('POST', '/devices/activate', request);
    await expect.poll(() => wire.swallowed).toBeGreaterThan(0);
    await stops(t, wire);
    expect((await activation).status).toBe(503);
  });
});

test.skipIf(withoutMosquitto)('a cloud in memory leaves no session at the broker, one with a folder does', async () => {
  const mosquitto = await broker();
  for (const [dataDir, isKept] of [
    [':memory:', false],
    [temporaryDirectory(), true],
  ] as const) {
    const t = await cloudOver(mosquitto, { dataDir });
    const clientId = String((await t.untilLogged('broker_connected')).data?.['clientId']);
    await t.cloud.close();
    const next = mqtt.connect(mosquitto.url, { clientId, clean: false, protocolVersion: 4, reconnectPeriod: 0 });
    const { sessionPresent } = await new Promise<IConnackPacket>((resolve) => next.once('connect', resolve));
    await next.endAsync();
    expect(sessionPresent).toBe(isKept);
  }
});
