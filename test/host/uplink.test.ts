import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { KnownBrokers } from '../../host-sim/host/known-brokers.js';
import { Uplink } from '../../host-sim/host/uplink.js';
import { type DialedSocket, TCP_WAYS, throughUplink } from '../../host-sim/host/uplink-tcp.js';
import { createRandom } from '../../host-sim/world/random.js';
import { type Conditions, Surroundings } from '../../host-sim/world/surroundings.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { TcpEvents, TcpOptions, TcpSocket } from '../../src/ports/socket.js';

const CONNECT = Buffer.from('\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0', 'latin1');
const BROKER = '10.0.0.9:1883';

/** A connection of this machine, with what was done to it, and its peer in the test's hand. */
class FakeDialed implements DialedSocket {
  static readonly all: FakeDialed[] = [];
  readonly written: Uint8Array[] = [];
  readonly done: string[] = [];
  readonly room = 8_192;
  readonly #events: TcpEvents;
  #unread = Buffer.alloc(0);

  constructor(options: TcpOptions) {
    this.#events = options;
    FakeDialed.all.push(this);
  }

  get heard(): string {
    return Buffer.concat(this.written).toString();
  }

  connect(): void {
    this.#events.onWritable(this.room);
  }

  say(text: string): void {
    this.#unread = Buffer.concat([this.#unread, Buffer.from(text)]);
    this.#events.onReadable(this.#unread.length);
  }

  end(): void {
    this.#events.onError();
  }

  read(into: Uint8Array): number {
    const count = this.#unread.copy(into);
    this.#unread = this.#unread.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): number {
    if (this.done.includes('closed') || this.done.includes('reset')) throw new Error('socket is closed');
    this.written.push(bytes);
    return this.room;
  }

  pause(): void {
    this.done.push('paused');
  }

  resume(): void {
    this.done.push('resumed');
  }

  close(): void {
    this.done.push('closed');
  }

  reset(): void {
    this.done.push('reset');
  }
}

describe('the way of a board’s packets', () => {
  let time: VirtualTime;
  let surroundings: Surroundings;
  let uplink: Uplink;
  let log: string[];

  beforeEach(() => {
    time = new VirtualTime();
    surroundings = new Surroundings();
    uplink = open();
    log = [];
    FakeDialed.all.length = 0;
  });

  function open(brokers = new KnownBrokers()): Uplink {
    return new Uplink({ surroundings, brokers, timer: time.timer, clock: time.clock, random: createRandom(1) });
  }

  function dial(through = uplink, [address, port] = BROKER.split(':')): TcpSocket {
    const TCP = throughUplink(FakeDialed, through, TCP_WAYS);
    const socket: TcpSocket = new TCP({
      address: address!,
      port: Number(port),
      onReadable: (count) => {
        const into = Buffer.alloc(count);
        log.push(`${time.nowMs} ${into.subarray(0, socket.read(into))}`);
      },
      onWritable: () => log.push(`${time.nowMs} writable`),
      onError: () => log.push(`${time.nowMs} lost`),
    });
    return socket;
  }

  const last = (): FakeDialed => FakeDialed.all.at(-1)!;

  it('is no way at all while nothing is in it: no timer, no copy, no delay', () => {
    const socket = dial();
    const [inner] = FakeDialed.all;
    inner!.connect();
    const bytes = Buffer.from('hello');
    socket.write(bytes);
    expect(inner!.written[0]).toBe(bytes);
    inner!.say('good day');
    inner!.end();
    socket.close();
    expect(log).toEqual(['0 writable', '0 good day', '0 lost']);
    expect([inner!.done, time.pending]).toEqual([['closed'], 0]);
  });

  it('takes its time each way, also for the connection itself, and for its end', () => {
    surroundings.set({ latencyMs: 100 });
    const socket = dial();
    last().connect();
    time.advance(199);
    expect(log).toEqual([]);
    time.advance(1);
    socket.write(Buffer.from('hello'));
    time.advance(99);
    expect(last().heard).toBe('');
    time.advance(1);
    expect(last().heard).toBe('hello');
    last().say('good day');
    last().end();
    time.advance(100);
    expect(log).toEqual(['200 writable', '400 good day', '400 lost']);
    expect(time.pending).toBe(0);
  });

  it('brings what was written before a close, and the close after it', () => {
    surroundings.set({ latencyMs: 100 });
    const socket = dial();
    last().connect();
    time.advance(200);
    socket.write(Buffer.from('goodbye'));
    socket.close();
    last().say('too late');
    time.advance(99);
    expect([last().heard, last().done]).toEqual(['', []]);
    time.advance(1);
    expect([last().heard, last().done]).toEqual(['goodbye', ['closed']]);
    expect([log, time.pending]).toEqual([['200 writable'], 0]);
  });

  it('is silent without Wi-Fi: no byte passes, no end either, and all of it comes when the air is back', () => {
    const socket = dial();
    last().connect();
    surroundings.set({ wifi: false });
    socket.write(Buffer.from('hello'));
    last().say('good day');
    last().end();
    time.advance(60_000);
    expect([log, last().heard, last().done, time.pending]).toEqual([['0 writable'], '', ['paused'], 0]);
    surroundings.set({ wifi: true });
    time.advance(1);
    expect(log.slice(1)).toEqual(['60000 good day', '60000 lost']);
    expect(last().done).toEqual(['paused', 'resumed']);
  });

  it('without Wi-Fi the peer hears nothing of a close, and is reset once it can be', () => {
    const socket = dial();
    last().connect();
    surroundings.set({ wifi: false });
    socket.write(Buffer.from('goodbye'));
    socket.close();
    time.advance(60_000);
    expect(last().done).toEqual(['paused']);
    surroundings.set({ wifi: true });
    expect([last().heard, last().done.at(-1)]).toEqual(['', 'reset']);
    time.advance(1_000);
    expect(log).toEqual(['0 writable']);
  });

  it('without Wi-Fi nobody is dialled, until there is some again or the board has given up', () => {
    surroundings.set({ wifi: false });
    const [patient, hasty] = [dial(), dial()];
    time.advance(5_000);
    hasty.close();
    expect([FakeDialed.all, log]).toEqual([[], []]);
    surroundings.set({ wifi: true });
    expect(FakeDialed.all).toHaveLength(1);
    last().connect();
    expect(log).toEqual(['5000 writable']);
    patient.close();
  });

  it('resets connections to brokers and refuses new ones, and leaves the others alone', () => {
    const mqtt = dial();
    const http = dial(uplink, ['10.0.0.9', '8080']);
    const [toBroker, toServer] = FakeDialed.all;
    toBroker!.connect();
    toServer!.connect();
    mqtt.write(CONNECT);
    http.write(Buffer.from('GET / HTTP/1.1\r\n'));
    log.length = 0;
    surroundings.set({ broker: false });
    surroundings.set({ rssi: -80 });
    expect([toBroker!.done, log]).toEqual([['reset'], []]);
    time.advance(1);
    expect(log).toEqual(['0 lost']);
    toServer!.say('200 OK');
    expect(log.at(-1)).toBe('1 200 OK');
    dial();
    dial(uplink, ['10.0.0.9', '8080']);
    expect(FakeDialed.all).toHaveLength(3);
    time.advance(1);
    expect(log.slice(2)).toEqual(['1 lost']);
    // Another boot of the same board knows it too.
    dial(open(uplink.brokers));
    expect(FakeDialed.all).toHaveLength(3);
    surroundings.set({ broker: true });
    time.advance(1);
    dial();
    expect(FakeDialed.all).toHaveLength(4);
  });

  it('resets a broker that it did not know as soon as the board speaks to it, and says nothing', () => {
    surroundings.set({ broker: false });
    const socket = dial();
    last().connect();
    expect(socket.write(CONNECT)).toBe(0);
    expect([last().heard, last().done, log]).toEqual(['', ['reset'], ['0 writable']]);
    time.advance(1);
    expect(log.at(-1)).toBe('0 lost');
  });

  it('forgets a broker where something else is found, and those of long ago', () => {
    const brokers = new KnownBrokers();
    expect(brokers.hear(BROKER, CONNECT)).toBe(true);
    expect(brokers.has(BROKER)).toBe(true);
    expect(brokers.hear(BROKER, Buffer.from('GET / HTTP/1.1'))).toBe(false);
    expect(brokers.has(BROKER)).toBe(false);
    for (let port = 1; port <= 9; port++) brokers.hear(`10.0.0.1:${port}`, CONNECT);
    expect([brokers.has('10.0.0.1:1'), brokers.has('10.0.0.1:2')]).toEqual([false, true]);
    for (const bytes of [[], [0x10], [0x10, 0xff, 0xff, 0xff, 0xff, 0xff], [...CONNECT].slice(0, 7)]) {
      expect(brokers.hear('10.0.0.2:1', Uint8Array.from(bytes))).toBe(false);
    }
  });

  it('sends again what gets lost; where everything does, nothing passes until that is over', () => {
    const socket = dial();
    last().connect();
    surroundings.set({ lossShare: 0.3 });
    for (let number = 0; number < 20; number++) socket.write(Buffer.from(`${number} `));
    time.advance(200_000);
    expect(last().heard.split(' ').slice(0, -1).map(Number)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    surroundings.set({ lossShare: 1 });
    socket.write(Buffer.from('never'));
    time.advance(200_000);
    expect(last().heard).not.toContain('never');
    surroundings.set({ lossShare: 0 });
    time.advance(1);
    expect(last().heard).toContain('never');
  });

  it('is dead once a segment got lost too often: then nothing passes, and its end is a reset', () => {
    const socket = dial();
    last().connect();
    surroundings.set({ lossShare: 0.999 });
    while (socket.write(Buffer.alloc(512)) >= 512);
    surroundings.set({ lossShare: 0 });
    time.advance(200_000);
    const heard = last().written.length;
    expect(heard).toBeLessThan(8);
    socket.close();
    expect([last().written.length, last().done, time.pending]).toEqual([heard, ['reset'], 0]);
  });

  it.each([
    ['a segment', (socket: TcpSocket) => socket.write(Buffer.from('lost'))],
    ['its end', () => {}],
  ])('is reset with what is under way where %s gets lost for good', (_what, lose) => {
    const socket = dial();
    last().connect();
    surroundings.set({ latencyMs: 1_000 });
    socket.write(Buffer.from('under way'));
    surroundings.set({ lossShare: 0.999 });
    lose(socket);
    socket.close();
    time.advance(60_000);
    expect([last().heard, last().done, time.pending]).toEqual(['', ['reset'], 0]);
  });

  it('that was dead, and closed without Wi-Fi, is reset once there is some again', () => {
    const socket = dial();
    last().connect();
    surroundings.set({ lossShare: 0.999 });
    while (socket.write(Buffer.alloc(512)) >= 512);
    surroundings.set({ wifi: false });
    socket.close();
    surroundings.set({ wifi: true, lossShare: 0 });
    expect(last().done).toEqual(['paused', 'resumed', 'reset']);
    expect(time.pending).toBe(0);
  });

  it('tells the board of room again, and keeps a peer from sending more than is under way', () => {
    surroundings.set({ latencyMs: 50 });
    const socket = dial();
    last().connect();
    time.advance(100);
    expect(socket.write(Buffer.alloc(8_000))).toBe(192);
    expect(() => socket.write(Buffer.alloc(193))).toThrow(RangeError);
    last().say('x'.repeat(70_000));
    expect(last().done).toEqual(['paused']);
    time.advance(50);
    expect(log.slice(0, 2)).toEqual(['100 writable', '150 writable']);
    expect(log[2]).toHaveLength('150 '.length + 70_000);
    expect(last().done).toEqual(['paused', 'resumed']);
  });

  it('carries nothing and tells nothing once the power is gone', () => {
    surroundings.set({ latencyMs: 100 });
    dial();
    uplink.close();
    surroundings.set({ broker: false, wifi: false });
    expect(last().done).toEqual([]);
  });

  it('keeps every byte in its order, each way, whatever is changed meanwhile', () => {
    const change = fc.record<Partial<Conditions>>(
      { wifi: fc.boolean(), latencyMs: fc.integer({ min: 0, max: 500 }), lossShare: fc.constantFrom(0, 0.1, 0.3, 1) },
      { requiredKeys: [] },
    );
    const step = fc.oneof(change, fc.constantFrom('up' as const, 'down' as const), fc.integer({ min: 0, max: 700 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        time = new VirtualTime();
        surroundings = new Surroundings();
        FakeDialed.all.length = 0;
        let came = '';
        const TCP = throughUplink(FakeDialed, open(), TCP_WAYS);
        const socket: TcpSocket = new TCP({
          address: '10.0.0.1',
          port: 1,
          onReadable: (count) => {
            const into = Buffer.alloc(count);
            came += into.toString('utf8', 0, socket.read(into));
          },
          onWritable: () => {},
          onError: () => expect.unreachable(),
        });
        last().connect();
        let [up, down] = ['', ''];
        for (const one of steps) {
          if (typeof one === 'number') time.advance(one);
          else if (typeof one === 'object') surroundings.set(one);
          else if (one === 'up') {
            const word = `${up.length},`;
            socket.write(Buffer.from(word));
            up += word;
          } else {
            const word = `${down.length},`;
            last().say(word);
            down += word;
          }
          expect([up.startsWith(last().heard), down.startsWith(came)]).toEqual([true, true]);
        }
        surroundings.set({ wifi: true, latencyMs: 0, lossShare: 0 });
        time.advance(200_000);
        expect([last().heard, came]).toEqual([up, down]);
        expect(time.pending).toBe(0);
      }),
      { numRuns: 300, seed: 1 },
    );
  });
});
