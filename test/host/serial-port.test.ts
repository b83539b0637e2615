import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { NodeTimer } from '../../host-sim/host/node-timer.js';
import { joinSerial, SerialServer } from '../../host-sim/host/serial-port.js';
import { SimSerial } from '../../host-sim/world/sim-serial.js';

describe('the serial line of a board on a desktop', () => {
  const line = new SimSerial();
  let server: SerialServer | undefined;

  afterEach(() => server?.close());

  /** A board that says everything back. */
  function echo(): void {
    const port = new (line.forBoot(new NodeTimer((callback) => callback())))({
      onReadable: (count) => {
        const bytes = new Uint8Array(count);
        port.read(bytes);
        port.write(bytes);
      },
    });
  }

  it('is a TCP port for one client at a time', async () => {
    echo();
    server = await SerialServer.start(line, 0);
    for (const word of ['first', 'second']) {
      const client = connect(server.port, '127.0.0.1');
      client.write(word);
      const [bytes] = (await once(client, 'data')) as [Buffer];
      expect(bytes.toString()).toBe(word);
      const other = connect(server.port, '127.0.0.1');
      await once(other, 'close');
      expect(line.onBytes).toBeDefined();
      client.destroy();
      while (line.onBytes !== undefined) await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it('can be any pair of streams', async () => {
    echo();
    const [keyboard, screen] = [new PassThrough(), new PassThrough()];
    const part = joinSerial(line, keyboard, screen);
    keyboard.write('hello');
    const [bytes] = (await once(screen, 'data')) as [Buffer];
    expect(bytes.toString()).toBe('hello');
    part();
    expect(line.onBytes).toBeUndefined();
  });

  it('drops what a client does not take, and keeps no more than 64 KiB for it', () => {
    const screen = new PassThrough({ highWaterMark: 1 });
    joinSerial(line, new PassThrough(), screen);
    for (let count = 0; count < 1_000; count++) line.onBytes?.(new Uint8Array(1_000));
    expect(screen.writableLength + screen.readableLength).toBeLessThanOrEqual(66_000);
  });
});
