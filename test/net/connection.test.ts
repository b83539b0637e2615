import { describe, expect, it } from 'vitest';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { Connection, type ConnectionOptions } from '../../src/net/connection.js';
import { FakeNetwork } from './fake-network.js';

function setUp(overrides: Partial<ConnectionOptions> = {}) {
  const time = new VirtualTime();
  const network = new FakeNetwork();
  const log: string[] = [];
  const sendBuffer = new Uint8Array(16);
  const connection: Connection = new Connection({
    network,
    timer: time.timer,
    host: '10.0.0.1',
    port: 1_883,
    connectTimeoutMs: 10_000,
    sendBuffer,
    onOpen: () => log.push('open'),
    onReadable: (count) => log.push(`readable ${count}`),
    onFailed: (failure) => log.push(failure),
    onDrained: () => log.push('drained'),
    ...overrides,
  });
  const queue = (...bytes: number[]): void => {
    const at = connection.tail;
    sendBuffer.set(bytes, at);
    connection.commit(at + bytes.length);
    connection.flush();
  };
  return { time, network, log, sendBuffer, connection, queue };
}

describe('a connection begins', () => {
  it('with an address at once, without delay of small segments, and calls nothing back before it is there', () => {
    const { network, log, time } = setUp();
    expect(network.lookUps).toHaveLength(0);
    expect(network.tcp.options).toMatchObject({ address: '10.0.0.1', port: 1_883, noDelay: true });
    time.advance(9_999);
    expect(log).toEqual([]);
    network.tcp.makeRoom();
    expect(log).toEqual(['open']);
    expect(time.pending).toBe(0);
  });

  it('with a name after it was looked up', () => {
    const { network, log } = setUp({ host: 'broker.example.com' });
    expect(network.sockets).toHaveLength(0);
    expect(network.lookUps[0]!.host).toBe('broker.example.com');
    network.lookUps[0]!.onResolved('broker.example.com', '10.0.0.9');
    network.tcp.makeRoom();
    expect(network.tcp.options.address).toBe('10.0.0.9');
    expect(log).toEqual(['open']);
  });
});

describe('a connection fails once, frees everything, and says why:', () => {
  it('the name is not known', () => {
    const { network, log, time } = setUp({ host: 'nowhere' });
    network.lookUps[0]!.onError(new Error('NXDOMAIN'));
    expect(log).toEqual(['dns_failed']);
    expect(time.pending).toBe(0);
  });

  it('the connect is refused', () => {
    const { network, log, time } = setUp();
    network.tcp.fail();
    expect(log).toEqual(['connect_failed']);
    expect(network.tcp.closed).toBe(true);
    expect(time.pending).toBe(0);
  });

  it('no socket is to be had, but not from inside the constructor', () => {
    const network = new FakeNetwork();
    network.exhausted = true;
    const { log, time } = setUp({ network });
    expect(log).toEqual([]);
    time.advance(0);
    expect(log).toEqual(['connect_failed']);
    expect(time.pending).toBe(0);
  });

  it('the look-up takes too long, and its late answer opens nothing', () => {
    const { network, log, time } = setUp({ host: 'slow' });
    time.advance(10_000);
    expect(log).toEqual(['connect_timeout']);
    network.lookUps[0]!.onResolved('slow', '10.0.0.9');
    network.lookUps[0]!.onError();
    expect(network.sockets).toHaveLength(0);
    expect(log).toHaveLength(1);
  });

  it('look-up and connect together take too long', () => {
    const { network, log, time } = setUp({ host: 'slow' });
    time.advance(6_000);
    network.lookUps[0]!.onResolved('slow', '10.0.0.9');
    time.advance(4_000);
    expect(log).toEqual(['connect_timeout']);
    expect(network.tcp.closed).toBe(true);
  });

  it('the peer closes', () => {
    const { network, log } = setUp();
    network.tcp.makeRoom().fail();
    expect(log).toEqual(['open', 'closed']);
  });

  it('a write throws, but not from inside `flush`', () => {
    const { network, log, time, queue } = setUp();
    network.tcp.makeRoom().failWrites();
    queue(1, 2, 3);
    expect(log).toEqual(['open']);
    time.advance(0);
    expect(log).toEqual(['open', 'closed']);
    expect(time.pending).toBe(0);
  });
});

describe('close', () => {
  it('is silent at every step, may come twice, and leaves no timer', () => {
    const steps: ((network: FakeNetwork) => void)[] = [
      () => {},
      (network) => network.lookUps[0]!.onResolved('h', '10.0.0.9'),
      (network) => network.tcp.makeRoom(),
      (network) => network.tcp.failWrites(),
    ];
    for (let count = 1; count <= steps.length; count++) {
      const { network, log, time, connection, queue } = setUp({ host: 'h' });
      for (const step of steps.slice(0, count)) step(network);
      queue(1);
      log.length = 0;
      connection.close();
      connection.close();
      for (const socket of network.sockets) socket.makeRoom().deliver('late').fail();
      network.lookUps[0]!.onResolved('h', '10.0.0.9');
      queue(2);
      expect(connection.read(new Uint8Array(4))).toBe(0);
      expect(time.pending).toBe(0);
      time.advance(60_000);
      expect(log).toEqual([]);
      expect(network.sockets.every(({ closed }) => closed)).toBe(true);
    }
  });

  it('in the very callback that says the connection is open sends nothing', () => {
    const network = new FakeNetwork();
    const { queue, connection } = setUp({ network, onOpen: () => connection.close() });
    queue(1, 2);
    network.tcp.makeRoom();
    expect(network.tcp.writes).toHaveLength(0);
  });
});

describe('bytes that wait', () => {
  it('leave in order as the socket takes them, one by one if need be', () => {
    const { network, queue, log, connection } = setUp();
    queue(1, 2, 3);
    network.tcp.makeRoom(1);
    queue(4, 5);
    for (let i = 0; i < 4; i++) network.tcp.makeRoom(1);
    expect([...network.tcp.sent]).toEqual([1, 2, 3, 4, 5]);
    expect(log).toEqual(['open', 'drained']);
    expect(connection.pending).toBe(0);
  });

  it('leave in one write when there is room', () => {
    const { network, queue } = setUp();
    network.tcp.makeRoom();
    queue(1, 2, 3);
    expect(network.tcp.writes.map((bytes) => [...bytes])).toEqual([[1, 2, 3]]);
  });

  it('go on leaving when room came free during a write and will not be told again', () => {
    const { network, queue } = setUp();
    queue(1, 2, 3, 4, 5);
    network.tcp.growByWrite(2).makeRoom(2);
    expect([...network.tcp.sent]).toEqual([1, 2, 3, 4, 5]);
  });

  it('make room by moving to the front, so that the buffer never overflows', () => {
    const { network, connection, queue } = setUp();
    network.tcp.makeRoom(1);
    const expected: number[] = [];
    for (let i = 0; i < 200; i++) {
      if (connection.tail + 3 <= 16) {
        queue(i, i, i);
        expected.push(i, i, i);
      }
      network.tcp.makeRoom(1 + (i % 4));
    }
    network.tcp.makeRoom(100);
    expect([...network.tcp.sent]).toEqual(expected.map((byte) => byte & 255));
    expect(expected.length).toBeGreaterThan(300);
  });
});
