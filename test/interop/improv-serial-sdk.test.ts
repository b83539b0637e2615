import { ImprovSerial as ImprovClient } from 'improv-wifi-serial-sdk/dist/serial.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImprovSerial } from '../../src/provisioning/improv-serial.js';
import { DeskBench } from '../provisioning/desk-bench.js';
import { FakeSerial } from '../provisioning/fake-serial.js';

/** The standard's own client, as ESP Web Tools has it, on a port that leads to a board. */
const silent = { log: () => {}, error: () => {}, debug: () => {} };

let bench: DeskBench;
let line: FakeSerial;
let client: ImprovClient;

function open(isProvisioned = false): void {
  line = new FakeSerial();
  bench = new DeskBench(({ time, text }) => ({
    isProvisioned,
    serial: {
      names: ['serial'],
      open: (desk) => new ImprovSerial({ Serial: line.Serial, timer: time.timer, text, desk }),
    },
  }));
  const readable = new ReadableStream<Uint8Array>({
    start: (controller) => {
      line.onSent = (bytes) => controller.enqueue(bytes);
    },
  });
  const writable = new WritableStream<Uint8Array>({ write: (bytes) => line.send(bytes) });
  client = new ImprovClient({ readable, writable } as never, silent);
}

/** Lets the board's time pass until the client has its answer. */
async function settled<T>(answer: Promise<T>): Promise<T> {
  let isSettled = false;
  const end = (): void => {
    isSettled = true;
  };
  answer.then(end, end);
  while (!isSettled) {
    await new Promise((resolve) => setImmediate(resolve));
    bench.time.advance(100);
  }
  return answer;
}

/** The client has sent its settings. */
async function asked(requests: number): Promise<void> {
  while (bench.requests.length < requests) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(() => open());
afterEach(async () => {
  await client.close();
  bench.setup.end();
});

describe('improv-wifi-serial-sdk', () => {
  it('finds the board, and says what it is', async () => {
    expect(await settled(client.initialize())).toEqual({
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
    line.onSent(new TextEncoder().encode('{"name":"booted","level":"info"}\r\nIMPROVED\n'));
    expect(await settled(info)).toMatchObject({ firmware: 'SmartLink' });
  });

  it('shows the networks that the board hears', async () => {
    await settled(client.initialize());
    expect(await settled(client.scan())).toEqual([
      { name: 'MyWirelessNetwork', rssi: -60, secured: true },
      { name: '咖啡🍵', rssi: -71, secured: false },
    ]);
  });

  it('shows that there are none', async () => {
    bench.networks = [];
    await settled(client.initialize());
    expect(await settled(client.scan())).toEqual([]);
  });

  it('is told of a wrong password, and sets the board up with the right one', async () => {
    await settled(client.initialize());
    const states: (number | undefined)[] = [];
    client.addEventListener('state-changed', () => states.push(client.state));
    const first = client.provision('🏠🏠🏠🏠🏠🏠🏠🏠', 'not "it"!');
    await asked(1);
    bench.setup.failed('wrong_password');
    await expect(settled(first)).rejects.toBe('UNABLE_TO_CONNECT');
    expect(client.error).toBe(3);
    const second = client.provision('🏠🏠🏠🏠🏠🏠🏠🏠', 'x'.repeat(63));
    await asked(2);
    bench.joined();
    await settled(second);
    expect(states).toEqual([3, 2, 3, 4]);
    expect(client.nextUrl).toBe('http://cloud.example:8080');
    expect(client.error).toBe(0);
    expect(bench.requests[1]).toEqual({ ssid: '🏠🏠🏠🏠🏠🏠🏠🏠', password: 'x'.repeat(63) });
  });

  it('sees that a board is set up already, and where to go', async () => {
    open(true);
    await settled(client.initialize());
    expect(client.state).toBe(4);
    expect(client.nextUrl).toBe('http://cloud.example:8080');
  });

  it('hears that host name, device name and network state are none of its commands, and goes on', async () => {
    await settled(client.initialize());
    await expect(settled(client.getHostname())).rejects.toBe('UNKNOWN_RPC_COMMAND');
    await expect(settled(client.setDeviceName('x'))).rejects.toBe('UNKNOWN_RPC_COMMAND');
    await expect(settled(client.requestNetworkState())).rejects.toBe('UNKNOWN_RPC_COMMAND');
    expect(await settled(client.scan())).toHaveLength(2);
  });

  it('hears that a password is too short for any network', async () => {
    await settled(client.initialize());
    await expect(settled(client.provision('home', 'short'))).rejects.toBe('UNABLE_TO_CONNECT');
    await expect(settled(client.provision('', 'password1'))).rejects.toBe('INVALID_RPC_PACKET');
  });
});
