import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LoopbackPorts } from '../../host-sim/host/loopback-ports.js';
import { NodeListeners } from '../../host-sim/host/node-listener.js';
import { createReceiveBuffer, NodeSockets } from '../../host-sim/host/node-sockets.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { AcceptedSocket, Listener, ListenerConstructor } from '../../src/ports/socket.js';

/** Somebody who connects to the board. */
interface Visitor {
  send(text: string): void;
  end(): void;
  readonly received: () => string;
  /** How it ended; `undefined`: it has not. */
  readonly over: () => 'ended' | 'reset' | undefined;
}

interface Bench {
  readonly Listener: ListenerConstructor;
  /** Connects to a port of the board; where nobody listens, it is over with a reset. */
  visit(port: number): Promise<Visitor>;
  until(condition: () => boolean): Promise<void>;
  settle(): Promise<void>;
  powerOff(): void;
}

function realBench(): Bench {
  let powered = true;
  const guard = (callback: () => void): void => {
    if (powered) callback();
  };
  const ports = new LoopbackPorts();
  const sockets = new NodeSockets(guard, createReceiveBuffer());
  const listeners = new NodeListeners({ guard, sockets, ports });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await turn();
  };
  const settle = async (): Promise<void> => {
    for (let turns = 0; turns < 50; turns++) await turn();
  };
  const known = new Map<number, number>();
  ports.onOpened = (_protocol, port, real) => known.set(port, real);
  return {
    Listener: listeners.Listener,
    visit: async (port) => {
      await settle();
      let received = '';
      let over: 'ended' | 'reset' | undefined;
      const socket = connect(known.get(port) ?? 1, '127.0.0.1');
      socket.on('data', (chunk) => {
        received += chunk;
      });
      socket.on('error', () => {
        over = 'reset';
      });
      socket.on('close', () => {
        over ??= 'ended';
      });
      return {
        send: (text) => socket.write(text),
        end: () => socket.end(),
        received: () => received,
        over: () => over,
      };
    },
    until,
    settle,
    powerOff: () => {
      powered = false;
      listeners.close();
      sockets.close();
    },
  };
}

function virtualBench(): Bench {
  const time = new VirtualTime();
  const stack = new VirtualNetwork(time).stack((callback) => callback());
  return {
    Listener: stack.Listener,
    visit: async (port) => {
      let received = '';
      let over: 'ended' | 'reset' | undefined;
      const peer = stack.knock(port);
      peer.onData = (bytes) => {
        received += Buffer.from(bytes).toString();
      };
      peer.onClosed = (how) => {
        over = how;
      };
      return {
        send: (text) => peer.write(Buffer.from(text)),
        end: () => peer.end(),
        received: () => received,
        over: () => over,
      };
    },
    until: async (condition) => time.runUntil(condition, 60_000),
    settle: async () => time.advance(1_000),
    powerOff: () => stack.powerOff(false),
  };
}

describe.each([
  ['Node', realBench],
  ['virtual time', virtualBench],
])('a listener on %s', (_name, make) => {
  let bench: Bench;
  let waiting: number[];
  let log: string[];
  let listener: Listener;

  beforeEach(() => {
    bench = make();
    waiting = [];
    log = [];
    listener = new bench.Listener({ port: 80, onReadable: (count) => waiting.push(count) });
    expect(waiting, 'no callback from inside the constructor').toEqual([]);
  });

  afterEach(() => bench.powerOff());

  function accept(onBytes: (text: string, socket: AcceptedSocket) => void = () => {}): AcceptedSocket {
    const into = new Uint8Array(100);
    const socket = listener.accept({
      onReadable: () => {
        const text = Buffer.from(into.subarray(0, socket.read(into))).toString();
        log.push(`read ${text}`);
        onBytes(text, socket);
      },
      onWritable: () => log.push('writable'),
      onError: () => log.push('error'),
    }) as AcceptedSocket;
    expect(log, 'no callback from inside accept').toEqual([]);
    return socket;
  }

  it('announces who connects; accepted, he is heard and answered, and what he said before has waited', async () => {
    const visitor = await bench.visit(80);
    visitor.send('hello');
    await bench.until(() => waiting.length > 0);
    await bench.settle();
    expect(waiting).toEqual([1]);
    const socket = accept((_text, to) => to.write(Buffer.from('welcome')));
    expect(socket.remoteAddress).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
    await bench.until(() => visitor.received() === 'welcome');
    expect(log).toEqual(['writable', 'read hello']);
    expect(listener.accept({ onReadable: () => {}, onWritable: () => {}, onError: () => {} })).toBeUndefined();
    socket.close();
    await bench.until(() => visitor.over() === 'ended');
  });

  it('tells the visitor’s end once, and what was written before a close still arrives', async () => {
    const first = await bench.visit(80);
    const second = await bench.visit(80);
    await bench.until(() => waiting.at(-1) === 2);
    accept();
    first.end();
    await bench.until(() => log.includes('error'));
    await bench.settle();
    expect(log).toEqual(['writable', 'error']);
    log.length = 0;
    const socket = accept();
    await bench.until(() => log.includes('writable'));
    socket.write(Buffer.from('last words'));
    socket.close();
    socket.close();
    expect(() => socket.write(new Uint8Array(1))).toThrow();
    await bench.until(() => second.over() !== undefined);
    expect(second.received()).toBe('last words');
  });

  it('tells who has gone before he was accepted what came of him, and then that he has gone', async () => {
    const visitor = await bench.visit(80);
    visitor.send('bye');
    visitor.end();
    await bench.until(() => waiting.length > 0);
    await bench.settle();
    accept();
    await bench.until(() => log.includes('error'));
    await bench.settle();
    expect(log).toEqual(['writable', 'read bye', 'error']);
  });

  it('has a port for itself, and resets who was not accepted when it closes', async () => {
    expect(() => new bench.Listener({ port: 80, onReadable: () => {} })).toThrow('port 80 is taken');
    const visitor = await bench.visit(80);
    await bench.until(() => waiting.length > 0);
    listener.close();
    listener.close();
    expect(() => listener.accept({ onReadable: () => {}, onWritable: () => {}, onError: () => {} })).toThrow();
    await bench.until(() => visitor.over() === 'reset');
    const late = await bench.visit(80);
    await bench.until(() => late.over() === 'reset');
    listener = new bench.Listener({ port: 80, onReadable: (count) => waiting.push(count) });
    waiting.length = 0;
    await bench.visit(80);
    await bench.until(() => waiting.length > 0);
  });

  it('lets five wait, and resets the sixth', async () => {
    const visitors: Visitor[] = [];
    for (let count = 0; count < 6; count++) {
      visitors.push(await bench.visit(80));
      await bench.settle();
    }
    await bench.until(() => visitors[5]!.over() === 'reset');
    expect(visitors.slice(0, 5).map((visitor) => visitor.over())).toEqual(Array(5).fill(undefined));
    expect(waiting).toEqual([1, 2, 3, 4, 5]);
  });

  it('is gone with the power, and so are those whom it had accepted', async () => {
    const visitor = await bench.visit(80);
    await bench.until(() => waiting.length > 0);
    accept();
    await bench.until(() => log.includes('writable'));
    bench.powerOff();
    await bench.until(() => visitor.over() === 'reset');
    expect(log).toEqual(['writable']);
  });
});

describe('a listener on Node', () => {
  it('is at the same port of the desktop after a reboot', async () => {
    const guard = (callback: () => void): void => callback();
    const ports = new LoopbackPorts();
    const sockets = new NodeSockets(guard, createReceiveBuffer());
    const real: number[] = [];
    for (let boot = 0; boot < 2; boot++) {
      const listeners = new NodeListeners({ guard, sockets, ports });
      const opened = new Promise<void>((resolve) => {
        ports.onOpened = (protocol, port, realPort) => {
          expect([protocol, port]).toEqual(['tcp', 80]);
          real.push(realPort);
          resolve();
        };
      });
      new listeners.Listener({ port: 80, onReadable: () => {} });
      await opened;
      expect(ports.portOf('tcp', 80)).toBe(real[boot]);
      listeners.close();
      expect(ports.portOf('tcp', 80)).toBeUndefined();
    }
    expect(real[1]).toBe(real[0]);
  });
});
