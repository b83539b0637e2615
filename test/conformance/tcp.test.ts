import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReceiveBuffer, NodeSockets } from '../../host-sim/host/node-sockets.js';
import { VirtualNetwork, type VirtualPeer } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { PublicKey } from '../../src/core/public-key.js';
import type { TcpConstructor, TcpOptions, TcpSocket, TlsConstructor } from '../../src/ports/socket.js';
import { server, TestPki } from '../support/pki.js';

/** The other end of a board's socket, whatever the network. */
interface Peer {
  send(text: string): void;
  readonly received: () => string;
  readonly ended: () => boolean;
  end(): void;
}

interface Bench {
  readonly TCP: TcpConstructor;
  readonly address: string;
  readonly port: number;
  /** Address and port where nobody listens. */
  readonly deadPort: number;
  peer(): Promise<Peer>;
  /** Lets what is under way happen until `condition` holds. */
  until(condition: () => boolean): Promise<void>;
  /** Lets everything happen that is going to happen soon. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** @param secure over TLS; then all that is said holds for what is inside */
async function realBench(secure = false): Promise<Bench> {
  const peers: Peer[] = [];
  const sockets: Socket[] = [];
  const serve = (socket: Socket): void => {
    let received = '';
    let ended = false;
    sockets.push(socket);
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('close', () => {
      ended = true;
    });
    socket.on('error', () => {});
    peers.push({
      send: (text) => socket.write(text),
      received: () => received,
      ended: () => ended,
      end: () => socket.end(),
    });
  };
  const server: Server = secure ? createSecureServer(certified(), serve) : createServer(serve);
  const dead = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => dead.listen(0, '127.0.0.1', resolve));
  const deadPort = (dead.address() as AddressInfo).port;
  await new Promise<void>((resolve) => dead.close(() => resolve()));
  const stack = new NodeSockets((callback) => callback(), createReceiveBuffer());
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    TCP: secure ? trustful(stack.TLS) : stack.TCP,
    address: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    deadPort,
    peer: async () => {
      await until(() => peers.length > 0);
      return peers[0]!;
    },
    until,
    settle: async () => {
      for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
    },
    close: async () => {
      stack.close();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function virtualBench(): Promise<Bench> {
  const time = new VirtualTime();
  const network = new VirtualNetwork(time);
  const peers: Peer[] = [];
  network.listen('peer', 1_000, (peer: VirtualPeer) => {
    let received = '';
    let ended = false;
    peer.onData = (bytes) => {
      received += Buffer.from(bytes).toString();
    };
    peer.onClosed = () => {
      ended = true;
    };
    peers.push({
      send: (text) => peer.write(Buffer.from(text)),
      received: () => received,
      ended: () => ended,
      end: () => peer.end(),
    });
  });
  const until = async (condition: () => boolean): Promise<void> => time.runUntil(condition, 60_000);
  return {
    TCP: network.stack((callback) => callback()).TCP,
    address: network.addressOf('peer'),
    port: 1_000,
    deadPort: 1_001,
    peer: async () => {
      await until(() => peers.length > 0);
      return peers[0]!;
    },
    until,
    settle: async () => time.advance(1_000),
    close: async () => {},
  };
}

function certified(): { key: string; cert: string } {
  const pki = new TestPki();
  const { keyPem: key, pem: cert } = pki.issue({ subject: 'peer', extensions: server('IP:127.0.0.1') });
  pki.close();
  return { key, cert };
}

/** Connects to whomever. */
function trustful(TLS: TlsConstructor): TcpConstructor {
  return class {
    constructor(options: TcpOptions) {
      const verify = (): PublicKey => ({ kind: 'ec', point: new Uint8Array(65) });
      // biome-ignore lint/correctness/noConstructorReturn: a constructor of the port, with what the port does not ask for
      return new TLS({ ...options, serverName: options.address, verify });
    }
  } as unknown as TcpConstructor;
}

describe.each([
  ['Node', realBench],
  ['Node, over TLS', () => realBench(true)],
  ['virtual time', virtualBench],
])('a TCP socket on %s', (_name, make) => {
  let bench: Bench;
  let log: string[];

  beforeEach(async () => {
    bench = await make();
    log = [];
  });

  afterEach(() => bench.close());

  function open(port = bench.port, more: Partial<TcpOptions> = {}): TcpSocket {
    const socket = new bench.TCP({
      address: bench.address,
      port,
      noDelay: true,
      onReadable: () => log.push('readable'),
      onWritable: () => log.push('writable'),
      onError: () => log.push('error'),
      ...more,
    });
    expect(log, 'no callback from inside the constructor').toEqual([]);
    return socket;
  }

  it('says writable once connected, then carries bytes both ways', async () => {
    let room = 0;
    const socket = open(undefined, {
      onWritable: (count) => {
        room = count;
      },
    });
    await bench.until(() => room > 0);
    const peer = await bench.peer();
    expect(socket.write(Buffer.from('hello'))).toBeLessThanOrEqual(room);
    await bench.until(() => peer.received() === 'hello');
    peer.send('welcome');
    await bench.until(() => log.includes('readable'));
    const into = new Uint8Array(100);
    expect(Buffer.from(into.subarray(0, socket.read(into))).toString()).toBe('welcome');
    expect(socket.read(into)).toBe(0);
    socket.close();
  });

  it('keeps what was not read, and gives it in any portions', async () => {
    let socket!: TcpSocket;
    let got = '';
    const counts: number[] = [];
    socket = open(undefined, {
      onReadable: (count) => {
        counts.push(count);
        const into = new Uint8Array(2);
        got += Buffer.from(into.subarray(0, socket.read(into))).toString();
      },
    });
    await bench.until(() => log.includes('writable'));
    const peer = await bench.peer();
    peer.send('abc');
    await bench.until(() => got === 'ab');
    peer.send('def');
    await bench.until(() => got === 'abcd');
    expect(counts).toEqual([3, 4]);
    const rest = new Uint8Array(10);
    expect(Buffer.from(rest.subarray(0, socket.read(rest))).toString()).toBe('ef');
    socket.close();
  });

  it('takes no more than it said, and does not keep the caller’s buffer', async () => {
    let room = 0;
    const socket = open(undefined, {
      onWritable: (count) => {
        room = count;
      },
    });
    await bench.until(() => room > 0);
    expect(() => socket.write(new Uint8Array(room + 1))).toThrow(RangeError);
    const bytes = Buffer.from('good');
    socket.write(bytes);
    bytes.fill('x');
    const peer = await bench.peer();
    await bench.until(() => peer.received().length === 4);
    expect(peer.received()).toBe('good');
    socket.close();
  });

  it('reports a refused connection once, and nothing after it', async () => {
    open(bench.deadPort);
    await bench.until(() => log.length > 0);
    await bench.settle();
    expect(log).toEqual(['error']);
  });

  it('reports the peer’s end once, after what came before it', async () => {
    const socket = open();
    await bench.until(() => log.includes('writable'));
    const peer = await bench.peer();
    peer.send('bye');
    await bench.until(() => log.includes('readable'));
    const into = new Uint8Array(10);
    socket.read(into);
    peer.end();
    await bench.until(() => log.includes('error'));
    await bench.settle();
    expect(log.filter((entry) => entry === 'error')).toHaveLength(1);
    expect(log.at(-1)).toBe('error');
    socket.close();
  });

  it('is silent after close, may be closed twice, and throws for everything else', async () => {
    const socket = open();
    await bench.until(() => log.includes('writable'));
    const peer = await bench.peer();
    socket.close();
    socket.close();
    expect(() => socket.write(new Uint8Array(1))).toThrow();
    expect(() => socket.read(new Uint8Array(1))).toThrow();
    const before = log.length;
    peer.send('late');
    await bench.until(() => peer.ended());
    await bench.settle();
    expect(log).toHaveLength(before);
  });

  it('may be closed before it is connected', async () => {
    open().close();
    await bench.settle();
    expect(log).toEqual([]);
  });

  it('sends what was written before it was closed', async () => {
    const socket = open();
    await bench.until(() => log.includes('writable'));
    const peer = await bench.peer();
    socket.write(Buffer.from('last words'));
    socket.close();
    await bench.until(() => peer.ended());
    expect(peer.received()).toBe('last words');
  });

  it('says writable again after a stalled peer has read on', async () => {
    let room = 0;
    const socket = open(undefined, {
      onWritable: (count) => {
        room = count;
      },
    });
    await bench.until(() => room > 0);
    const peer = await bench.peer();
    let sent = 0;
    while (room > 0 && sent < 100_000) {
      sent += room;
      room = socket.write(new Uint8Array(room));
    }
    await bench.until(() => room > 0);
    socket.write(Buffer.from('!'));
    await bench.until(() => peer.received().endsWith('!'));
    expect(peer.received()).toHaveLength(sent + 1);
    socket.close();
  });
});
