import { ImprovSerial as ImprovClient } from 'improv-wifi-serial-sdk/dist/serial.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimSerial } from '../../host-sim/world/sim-serial.js';
import { ImprovSerial } from '../../src/provisioning/improv-serial.js';
import { DeskBench } from '../provisioning/desk-bench.js';

/** The standard's own client, as ESP Web Tools has it, on a port that leads to a board. */
const silent = { log: () => {}, error: () => {}, debug: () => {} };

let bench: DeskBench;
let line: SimSerial;
let client: ImprovClient;

function open(isProvisioned = false): void {
  line = new SimSerial();
  bench = new DeskBench(({ time, text }) => ({
    isProvisioned,
    serial: {
      names: ['serial'],
      open: (desk) => new ImprovSerial({ Serial: line.forBoot(time.timer), timer: time.timer, text, desk }),
    },
  }));
  const readable = new ReadableStream<Uint8Array>({
    start: (controller) => {
      line.onBytes = (bytes) => controller.enqueue(bytes);
    },
  });
  const writable = new WritableStream<Uint8Array>({ write: (bytes) => line.send(bytes) });
  client = new ImprovClient({ readable, writable } as never, silent);
}

/** The client has sent its settings. */
async function asked(requests: number): Promise<void> {
  while (bench.requests().length < requests) await bench.turn();
}

beforeEach(() => open());
afterEach(async () => {
  await client.close();
  bench.setup.end();
});

describe('improv-wifi-serial-sdk', () => {
  it('finds the board, and says what it is', async () => {
    expect(await bench.settled(client.initialize())).toEqual({
      firmware: 'SmartLink',
      version: '1.0.0',
      chipFamily: 'ESP32',
      name: 'Servo switch',
      osName: null,
      osVersion: null,
    });
    expect(client.state).toBe(2);
    expect(client.nextUrl).toBeUndefined();
  });

  it('finds it among the lines of its console', async () => {
    const info = client.initialize();
    line.print('{"name":"booted","level":"info"}');
    line.print('{}');
    expect(await bench.settled(info)).toMatchObject({ firmware: 'SmartLink' });
  });

  it('shows the networks that the board hears', async () => {
    await bench.settled(client.initialize());
    expect(await bench.settled(client.scan())).toEqual([
      { name: 'MyWirelessNetwork', rssi: -60, secured: true },
      { name: '咖啡🍵', rssi: -71, secured: false },
    ]);
  });

  it('shows that there are none', async () => {
    bench.networks = [];
    await bench.settled(client.initialize());
    expect(await bench.settled(client.scan())).toEqual([]);
  });

  it('is told of a wrong password, and sets the board up with the right one', async () => {
    await bench.settled(client.initialize());
    const states: (number | undefined)[] = [];
    client.addEventListener('state-changed', () => states.push(client.state));
    const first = client.provision('🏠🏠🏠🏠🏠🏠🏠🏠', 'not "it"!');
    await asked(1);
    bench.failed('wrong_password');
    await expect(bench.settled(first)).rejects.toBe('UNABLE_TO_CONNECT');
    expect(client.error).toBe(3);
    const second = client.provision('🏠🏠🏠🏠🏠🏠🏠🏠', 'x'.repeat(63));
    await asked(2);
    bench.joined();
    await bench.settled(second);
    expect(states).toEqual([3, 2, 3, 4]);
    expect(client.nextUrl).toBe('http://cloud.example:8080');
    expect(client.error).toBe(0);
    expect(bench.requests()[1]).toEqual({ ssid: '🏠🏠🏠🏠🏠🏠🏠🏠', password: 'x'.repeat(63) });
  });

  it('sees that a board is set up already, and where to go', async () => {
    open(true);
    await bench.settled(client.initialize());
    expect(client.state).toBe(4);
    expect(client.nextUrl).toBe('http://cloud.example:8080');
  });

  it('hears that host name, device name and network state are none of its commands, and goes on', async () => {
    await bench.settled(client.initialize());
    await expect(bench.settled(client.getHostname())).rejects.toBe('UNKNOWN_RPC_COMMAND');
    await expect(bench.settled(client.setDeviceName('x'))).rejects.toBe('UNKNOWN_RPC_COMMAND');
    await expect(bench.settled(client.requestNetworkState())).rejects.toBe('UNKNOWN_RPC_COMMAND');
    expect(await bench.settled(client.scan())).toHaveLength(2);
  });

  it('hears that a password is too short for any network', async () => {
    await bench.settled(client.initialize());
    await expect(bench.settled(client.provision('home', 'short'))).rejects.toBe('UNABLE_TO_CONNECT');
    await expect(bench.settled(client.provision('', 'password1'))).rejects.toBe('INVALID_RPC_PACKET');
  });
});
