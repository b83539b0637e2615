import { expect, test } from 'vitest';
import { MemoryStorage } from '../../host-sim/host/memory-storage.js';
import { createVirtualHost } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork, type VirtualPeer } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { GuestBridge } from '../../host-sim/xs/bridge.js';
import { Act, Event, HEAD_BYTES, Store } from '../../host-sim/xs/protocol.js';

function setUp(storage = new MemoryStorage()) {
  const time = new VirtualTime();
  const network = new VirtualNetwork(time);
  const host = createVirtualHost({ time, network, serial: 'AABBCCDDEEFF', storage });
  const sent: Buffer[] = [];
  const crashes: Error[] = [];
  const bridge = new GuestBridge({
    host,
    send: (message) => sent.push(Buffer.from(message)),
    onCrash: (error) => crashes.push(error),
    onDeviceId: () => {},
    onStopped: () => {},
  });
  return { time, network, host, bridge, sent, crashes };
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const f64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
};
const bytes = (value: string): Buffer => Buffer.concat([u32(Buffer.byteLength(value)), Buffer.from(value)]);
const record = (opcode: number, ...fields: Buffer[]): Buffer => Buffer.concat([Buffer.of(opcode), ...fields]);
const open = (pin: number): Buffer => record(Act.pwmOpen, f64(pin), f64(50), f64(0), u32(0));
const timer = (id: number, ms: number): Buffer => record(Act.timerSet, u32(id), f64(ms));
/** Opcode and id of a message's event. */
const eventOf = (message: Buffer | undefined): [number, number] => [
  message![HEAD_BYTES]!,
  message!.readUInt32BE(HEAD_BYTES + 1),
];

test('what the firmware did before a storage write is done before it, and what it did after is not', () => {
  const seen: string[] = [];
  const storage = new MemoryStorage();
  const write = storage.write.bind(storage);
  const { bridge, host } = setUp(storage);
  storage.write = (key, value) => {
    seen.push(`write ${key}`);
    write(key, value);
  };
  host.pins.onChange((pin, _kind, value) => seen.push(`pin ${pin} ${value}`));
  bridge.boot({});
  bridge.onQuestion(open(18));
  seen.length = 0;
  bridge.onQuestion(
    Buffer.concat([
      record(Act.pwmWrite, u32(18), u32(700)),
      record(Act.storageWrite, u32(Store.storage), bytes('outputs'), bytes('x')),
    ]),
  );
  expect(seen).toEqual(['pin 18 700', 'write outputs']);
  bridge.onAnswer(record(Act.pwmWrite, u32(18), u32(800)));
  expect(seen).toEqual(['pin 18 700', 'write outputs', 'pin 18 800']);
  expect(Buffer.from(storage.read('outputs')!).toString()).toBe('x');
});

test('a guest that is cut off does nothing more, whatever is still in the pipe', () => {
  const { bridge, host } = setUp();
  bridge.boot({});
  bridge.onQuestion(open(18));
  bridge.close();
  bridge.onQuestion(record(Act.storageWrite, u32(Store.storage), bytes('outputs'), bytes('x')));
  bridge.onAnswer(record(Act.pwmWrite, u32(18), u32(700)));
  expect(host.storage.read('outputs')).toBeUndefined();
  expect(host.pins.duty(18)).toBe(0);
});

test('events come one at a time and in their order; while the guest is busy they wait', () => {
  const { bridge, time, sent } = setUp();
  bridge.boot({});
  bridge.onAnswer(Buffer.concat([timer(1, 10), timer(2, 10), timer(3, 20)]));
  time.advance(30);
  expect(sent.length).toBe(2);
  expect(eventOf(sent[1])).toEqual([Event.timer, 1]);
  bridge.onAnswer(Buffer.alloc(0));
  bridge.onAnswer(Buffer.alloc(0));
  expect(sent.slice(2).map(eventOf)).toEqual([
    [Event.timer, 2],
    [Event.timer, 3],
  ]);
});

test('settled waits for the guest, and for nothing where it is idle or gone', async () => {
  const { bridge } = setUp();
  await bridge.settled();
  bridge.boot({});
  let settled = false;
  const waiting = bridge.settled().then(() => {
    settled = true;
  });
  await Promise.resolve();
  expect(settled).toBe(false);
  bridge.onAnswer(Buffer.alloc(0));
  await waiting;
  bridge.stop();
  const cut = bridge.settled();
  bridge.close();
  await cut;
});

test('a medium that fails throws in the firmware, and nothing else happens', () => {
  const storage = new MemoryStorage();
  storage.write = () => {
    throw new Error('the medium is full');
  };
  const { bridge, crashes } = setUp(storage);
  const answer = Buffer.from(
    bridge.onQuestion(record(Act.storageWrite, u32(Store.storage), bytes('outputs'), bytes('x'))),
  );
  expect(answer.toString('latin1')).toBe('\x01the medium is full');
  expect(crashes).toEqual([]);
});

test('what the ports refuse, and records of no known kind, are crashes', () => {
  for (const bad of [record(99), record(50), record(Act.timerSet, u32(1)), record(Act.console, bytes('no json'))]) {
    const { bridge, crashes } = setUp();
    bridge.boot({});
    const answer = bridge.onQuestion(bad);
    if (crashes.length === 0) expect(answer[0]).toBe(1);
    else expect(crashes.length).toBe(1);
  }
});

test('a guest that does not keep up is a crash, not a heap that grows', () => {
  const { bridge, time, crashes } = setUp();
  bridge.boot({});
  bridge.onAnswer(record(Act.timerRepeat, u32(1), f64(1)));
  time.advance(20_000);
  expect(crashes.map(({ message }) => message)).toEqual(['the firmware does not keep up with its events']);
});

test('the guest hears of room in a send buffer no sooner than with the next event, and never of more than there is', () => {
  const { bridge, time, network, sent } = setUp();
  const peers: VirtualPeer[] = [];
  network.listen('10.0.0.9', 80, (peer) => peers.push(peer));
  bridge.boot({});
  bridge.onAnswer(record(Act.tcpOpen, u32(5), u32(80), u32(1), bytes('10.0.0.9')));
  time.advance(10);
  expect(eventOf(sent.at(-1))).toEqual([Event.tcpWritable, 5]);
  expect(sent.at(-1)!.readUInt32BE(HEAD_BYTES + 5)).toBe(8_192);
  bridge.onAnswer(Buffer.concat([record(Act.tcpWrite, u32(5), bytes('hello')), timer(1, 10)]));
  time.advance(10);
  expect(eventOf(sent.at(-1))).toEqual([Event.timer, 1]);
  bridge.onAnswer(Buffer.alloc(0));
  peers[0]!.write(Buffer.from('answer'));
  peers[0]!.end();
  time.advance(10);
  expect(eventOf(sent.at(-1))).toEqual([Event.tcpReadable, 5]);
  expect(sent.at(-1)!.subarray(-6).toString()).toBe('answer');
  bridge.onAnswer(Buffer.alloc(0));
  expect(eventOf(sent.at(-1))).toEqual([Event.tcpError, 5]);
});
