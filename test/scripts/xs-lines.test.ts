import { describe, expect, test } from 'vitest';
import { ENVELOPE_BYTES, sealRecord } from '../../src/core/record-envelope.js';
import type { SerialConstructor } from '../../src/ports/serial.js';
import type { ListenerConstructor, TcpEvents } from '../../src/ports/socket.js';
import type { RecordStorage } from '../../src/ports/storage.js';
import { loadAdapter, type Native, TestClock } from './xs-modules.js';

describe('the listener on XS', async () => {
  /** An SDK socket: one that was accepted has no callbacks until another object takes it over. */
  class SdkTcp {
    readonly options: (TcpEvents & { from?: SdkTcp; nodelay?: boolean }) | undefined;
    readonly name: string;
    gone = false;
    closed = 0;
    constructor(options: string | (TcpEvents & { from: SdkTcp; nodelay: boolean })) {
      this.name = typeof options === 'string' ? options : options.from.name;
      this.options = typeof options === 'string' ? undefined : options;
      if (this.options?.from?.gone) throw new Error('invalid from');
    }
    get remoteAddress(): string {
      return `192.168.71.${this.name}`;
    }
    close(): void {
      this.closed++;
    }
  }
  /** Its `read` in vain leaks an object, so that is a failure here. */
  class SdkListener {
    static last: SdkListener;
    readonly #onReadable: (count: number) => void;
    #pending: SdkTcp[] = [];
    closed = 0;
    constructor(options: { port: number; onReadable(count: number): void }) {
      if (options.port === 1) throw new Error('socket bind');
      this.#onReadable = options.onReadable;
      SdkListener.last = this;
    }
    read(): SdkTcp {
      const socket = this.#pending.shift();
      if (socket === undefined) throw new Error('leaked');
      return socket;
    }
    come(...sockets: SdkTcp[]): void {
      this.#pending.push(...sockets);
      this.#onReadable(this.#pending.length);
    }
    close(): void {
      this.closed++;
    }
  }
  const clock = new TestClock();
  const { XsListener } = await loadAdapter<{ XsListener: ListenerConstructor }>('listener.ts', {
    timer: clock.timer,
    'embedded:io/socket/listener': SdkListener,
    'embedded:io/socket/tcp': SdkTcp,
  });

  function listen() {
    clock.reset();
    const log: unknown[] = [];
    const listener = new XsListener({ port: 80, onReadable: (count) => log.push(count) });
    const events = {
      onReadable: (count: number) => log.push(`readable ${count}`),
      onWritable: (count: number) => log.push(`writable ${count}`),
      onError: () => log.push('error'),
    };
    return { listener, sdk: SdkListener.last, log, events, advance: (ms: number) => clock.time.advance(ms) };
  }

  test('shows connections a moment after they were made, and gives each away once, with who it is', () => {
    const { listener, sdk, log, events, advance } = listen();
    sdk.come(new SdkTcp('7'));
    sdk.come(new SdkTcp('8'));
    expect(log).toEqual([]);
    advance(20);
    expect(log).toEqual([2]);
    expect(listener.accept(events)?.remoteAddress).toBe('192.168.71.7');
    expect(listener.accept(events)?.remoteAddress).toBe('192.168.71.8');
    expect(listener.accept(events)).toBeUndefined();
    advance(1_000);
    expect(log).toEqual([2]);
  });

  test('passes over a connection whose peer has gone', () => {
    const { listener, sdk, events, advance } = listen();
    const [gone, there] = [new SdkTcp('7'), new SdkTcp('8')];
    sdk.come(gone, there);
    gone.gone = true;
    advance(20);
    expect(listener.accept(events)?.remoteAddress).toBe('192.168.71.8');
    expect(gone.closed).toBe(1);
  });

  test('an accepted connection speaks as any other, and sends small segments at once', () => {
    const { listener, sdk, log, events, advance } = listen();
    sdk.come(new SdkTcp('7'));
    advance(20);
    const socket = listener.accept(events)!;
    expect(() => socket.write(new Uint8Array(1))).toThrow(RangeError);
    socket.close();
    socket.close();
    expect(log).toEqual([1]);
  });

  test('a ninth connection that waits is reset', () => {
    const { listener, sdk, events, advance } = listen();
    const sockets = Array.from({ length: 9 }, (_, i) => new SdkTcp(`${i}`));
    sdk.come(...sockets);
    advance(20);
    let accepted = 0;
    while (listener.accept(events) !== undefined) accepted++;
    expect([accepted, sockets[8]!.closed]).toEqual([8, 1]);
  });

  test('close twice is fine: what was not accepted is reset, nothing is called any more, and accepting throws', () => {
    const { listener, sdk, log, events, advance } = listen();
    const waiting = new SdkTcp('7');
    sdk.come(waiting);
    listener.close();
    listener.close();
    advance(1_000);
    expect([sdk.closed, waiting.closed, log]).toEqual([1, 1, []]);
    expect(() => listener.accept(events)).toThrow('closed');
  });

  test('a port that is taken throws', () => {
    expect(() => new XsListener({ port: 1, onReadable: () => {} })).toThrow('bind');
  });
});

describe('the serial line on XS', async () => {
  const clock = new TestClock();
  const { xsSerial } = await loadAdapter<{ xsSerial(native: Native): SerialConstructor }>('serial.ts', {
    timer: clock.timer,
  });

  function open() {
    clock.reset();
    const cable = { came: [] as number[], went: [] as number[], failure: 0 };
    const log: number[] = [];
    const Serial = xsSerial({
      smartlink_serial_open: () => cable.failure,
      smartlink_serial_read: (into: ArrayBuffer, length: number) => {
        const bytes = cable.came.splice(0, length);
        new Uint8Array(into).set(bytes);
        return bytes.length;
      },
      smartlink_serial_write: (bytes: ArrayBuffer, length: number) =>
        cable.went.push(...new Uint8Array(bytes, 0, length)),
    });
    const make = () => new Serial({ onReadable: (count) => log.push(count) });
    return { make, cable, log, advance: (ms: number) => clock.time.advance(ms) };
  }

  test('tells of bytes soon, and gives them in the pieces that a reader wants', () => {
    const { make, cable, log, advance } = open();
    const serial = make();
    cable.came.push(1, 2, 3, 4, 5);
    advance(40);
    expect(log).toEqual([5]);
    const into = new Uint8Array(3);
    expect([serial.read(into), [...into]]).toEqual([3, [1, 2, 3]]);
    expect([serial.read(into), [...into]]).toEqual([2, [4, 5, 3]]);
    expect(serial.read(into)).toBe(0);
    advance(400);
    expect(log).toEqual([5]);
  });

  test('more than one piece is read to its end in one go', () => {
    const { make, cable, advance } = open();
    const serial = make();
    cable.came.push(...Array.from({ length: 300 }, (_, i) => i & 255));
    advance(40);
    const all: number[] = [];
    const into = new Uint8Array(64);
    for (let count = serial.read(into); count > 0; count = serial.read(into)) all.push(...into.subarray(0, count));
    expect(all).toEqual(Array.from({ length: 300 }, (_, i) => i & 255));
  });

  test('sends all bytes as they are, in order', () => {
    const { make, cable } = open();
    const bytes = Uint8Array.from({ length: 265 }, (_, i) => i & 255);
    make().write(bytes);
    expect(cable.went).toEqual([...bytes]);
  });

  test('close twice is fine, nothing is called after it, and other methods throw', () => {
    const { make, cable, log, advance } = open();
    const serial = make();
    serial.close();
    serial.close();
    cable.came.push(1);
    advance(1_000);
    expect(log).toEqual([]);
    expect(() => serial.read(new Uint8Array(1))).toThrow('closed');
    expect(() => serial.write(new Uint8Array(1))).toThrow('closed');
  });

  test('a driver that cannot be installed throws', () => {
    const { make, cable } = open();
    cable.failure = 257;
    expect(make).toThrow('257');
  });
});

describe('records on XS', async () => {
  const nvs = new Map<string, Uint8Array>();
  const chip: { partition: Uint8Array | undefined; opened: number } = { partition: undefined, opened: 0 };
  const { XsStorage } = await loadAdapter<{ XsStorage: new () => RecordStorage }>('storage.ts', {
    'embedded:storage/key-value': {
      open: () => ({
        read: (key: string) => nvs.get(key)?.slice().buffer,
        write: (key: string, value: Uint8Array) => nvs.set(key, value.slice()),
        delete: (key: string) => nvs.delete(key),
      }),
    },
    'embedded:storage/flash': {
      open: ({ path }: { path: string }) => {
        const { partition } = chip;
        if (partition === undefined || path !== 'factory') throw new Error("can't find partition");
        chip.opened++;
        return {
          read: (length: number, offset: number) => {
            if (offset + length > partition.length) throw new Error('read failed');
            return partition.slice(offset, offset + length).buffer;
          },
          close: () => chip.opened--,
        };
      },
    },
  });

  function sealed(payload: string): Uint8Array {
    const bytes = new Uint8Array(ENVELOPE_BYTES + payload.length);
    new TextEncoder().encodeInto(payload, bytes.subarray(ENVELOPE_BYTES));
    sealRecord(bytes, payload.length);
    return bytes;
  }

  function storageOn(head: Uint8Array | undefined): RecordStorage {
    nvs.clear();
    chip.partition = head && Uint8Array.from({ length: 0x3000 }, (_, at) => head[at] ?? 0xff);
    return new XsStorage();
  }

  test('the factory’s record is read from its partition, before one in NVS', () => {
    const storage = storageOn(sealed('{"serial":"A"}'));
    storage.write('factory', sealed('{"serial":"B"}'));
    expect(storage.read('factory')).toEqual(sealed('{"serial":"A"}'));
    expect(nvs.get('factory')).toEqual(sealed('{"serial":"B"}'));
    expect(chip.opened).toBe(0);
  });

  const damaged = sealed('{"serial":"A"}');
  damaged[ENVELOPE_BYTES] = 0x5b;
  const endless = sealed('');
  endless.set([0xff, 0xff, 0xff, 0x7f], 4);
  test.each([
    ['no such partition', undefined],
    ['an erased partition', new Uint8Array(0)],
    ['a damaged record', damaged],
    ['a length beyond the partition', endless],
  ])('with %s the board has the record that it made itself', (_, head) => {
    const storage = storageOn(head);
    expect(storage.read('factory')).toBeUndefined();
    storage.write('factory', sealed('{}'));
    expect(storage.read('factory')).toEqual(sealed('{}'));
    expect(chip.opened).toBe(0);
  });

  test('other records do not look there', () => {
    const storage = storageOn(sealed('{}'));
    expect(storage.read('network')).toBeUndefined();
    storage.write('network', Uint8Array.of(1));
    expect(storage.read('network')).toEqual(Uint8Array.of(1));
    storage.delete('network');
    expect(storage.read('network')).toBeUndefined();
  });
});
