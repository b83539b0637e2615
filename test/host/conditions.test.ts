import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { KnownBrokers } from '../../host-sim/host/known-brokers.js';
import { LoopbackPorts } from '../../host-sim/host/loopback-ports.js';
import { createNodeResolver, NodeUdp } from '../../host-sim/host/node-network.js';
import { createReceiveBuffer, NodeSockets } from '../../host-sim/host/node-sockets.js';
import { NodeTimer } from '../../host-sim/host/node-timer.js';
import { Uplink } from '../../host-sim/host/uplink.js';
import { TLS_WAYS, throughUplink } from '../../host-sim/host/uplink-tcp.js';
import { createRandom } from '../../host-sim/world/random.js';
import { Surroundings } from '../../host-sim/world/surroundings.js';
import type { TcpSocket } from '../../src/ports/socket.js';
import { LiveBoard } from '../support/live-board.js';
import { TestPki } from '../support/pki.js';
import { freePorts } from '../support/ports.js';
import { RealNetwork } from '../support/real-network.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';
import { SecureServer } from '../support/secure-server.js';

const open: { close(): unknown }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

describe('a simulated board', () => {
  async function start(): Promise<{ cloud: ScriptedCloud; live: LiveBoard }> {
    const network = new RealNetwork();
    const [apiPort, mqttPort] = await freePorts(2);
    const cloud = new ScriptedCloud(network, { apiHost: '127.0.0.1', apiPort, mqttHost: '127.0.0.1', mqttPort });
    const live = new LiveBoard(cloud.apiUrl);
    open.push({ close: () => live.board.powerCut() }, network);
    return { cloud, live };
  }

  async function online(): Promise<{ cloud: ScriptedCloud; live: LiveBoard }> {
    const { cloud, live } = await start();
    await live.online();
    await vi.waitUntil(() => posts(cloud) > 0, { timeout: 60_000 });
    return { cloud, live };
  }

  /** What has come from boards, the ends of connections among it. */
  const saidTo = (cloud: ScriptedCloud): number => cloud.wire.filter(({ from }) => from === 'board').length;
  const posts = (cloud: ScriptedCloud): number => cloud.on(cloud.topic('thing/event/property/post')).length;

  it('without Wi-Fi falls silent and joins in vain, its broker none the wiser; with Wi-Fi it is online by itself', async () => {
    const { cloud, live } = await online();
    const [from, said] = [live.events.length, saidTo(cloud)];
    live.board.surroundings.set({ wifi: false });
    await live.event('state_changed', ({ to }) => to === 'joining', from);
    expect([cloud.connected, saidTo(cloud)]).toEqual([true, said]);
    expect(live.board.rssi).toBeUndefined();
    const healed = live.events.length;
    live.board.surroundings.set({ wifi: true });
    await live.online(healed);
    await vi.waitUntil(() => cloud.connected, { timeout: 60_000 });
    expect(cloud.requests).toHaveLength(1);
    expect(live.crashes).toEqual([]);
  });

  it('is cut off from its broker at once, also over a boot, and is online by itself when it can reach it', async () => {
    const { cloud, live } = await online();
    live.board.surroundings.set({ broker: false });
    await live.event('session_lost', ({ reason }) => reason === 'closed');
    await vi.waitUntil(() => !cloud.connected, { timeout: 60_000 });
    expect(live.board.rssi).toBe(-45);
    // A boot anew does not make it forget where no broker is.
    const booted = live.events.length;
    live.board.powerCut();
    live.board.powerOn();
    await live.event('session_lost', ({ reason }) => reason === 'connect_failed', booted);
    expect(cloud.wire.filter(({ connection }) => connection === 'mqtt 2')).toEqual([]);
    const healed = live.events.length;
    live.board.surroundings.set({ broker: true });
    await live.online(healed);
  });

  it('that never knew its broker is activated without reaching it: what goes by HTTP is answered', async () => {
    const { cloud, live } = await start();
    live.board.surroundings.set({ broker: false });
    await live.event('activated');
    await live.event('session_lost', ({ reason }) => reason === 'closed');
    expect([cloud.requests.length, cloud.packets]).toEqual([1, []]);
  });

  it('with latency hears commands so much later, and answers so much later', async () => {
    const { cloud, live } = await online();
    live.board.surroundings.set({ latencyMs: 150 });
    const [before, sentMs] = [posts(cloud), performance.now()];
    const reply = (): number => cloud.on(cloud.topic('thing/service/property/set_reply')).length;
    cloud.command('1', { angle: 30 });
    await vi.waitUntil(() => reply() === 1, { interval: 2, timeout: 60_000 });
    expect(performance.now() - sentMs).toBeGreaterThanOrEqual(298);
    await vi.waitUntil(() => posts(cloud) > before, { timeout: 60_000 });
    expect(live.board.world.servo().angleDeg).toBeGreaterThan(0);
  });
});

describe('the sockets of a simulated board under TLS, UDP and names', () => {
  const surroundings = (): { set: Surroundings; uplink: Uplink; timer: NodeTimer } => {
    const set = new Surroundings();
    const timer = new NodeTimer((callback) => callback());
    const clock = { monotonicMs: () => performance.now() };
    const uplink = new Uplink({
      surroundings: set,
      brokers: new KnownBrokers(),
      timer,
      clock,
      random: createRandom(1),
    });
    open.push(timer, uplink);
    return { set, uplink, timer };
  };

  it('a TLS connection stands after its handshake has gone there and back, and is silent without Wi-Fi', async () => {
    const pki = new TestPki();
    const server = await SecureServer.listen([pki.issue({ subject: '127.0.0.1' })], {}, (heard) =>
      heard === 'hello' ? 'good day' : undefined,
    );
    const { set, uplink } = surroundings();
    const sockets = new NodeSockets((callback) => callback(), createReceiveBuffer());
    open.push(server, sockets, pki);
    const TLS = throughUplink(sockets.TLS, uplink, TLS_WAYS);
    const log: string[] = [];
    const dial = (): TcpSocket => {
      const socket: TcpSocket = new TLS({
        address: '127.0.0.1',
        port: server.port,
        serverName: '127.0.0.1',
        verify: () => ({ kind: 'ec', point: new Uint8Array() }),
        onReadable: (count) => {
          const into = Buffer.alloc(count);
          log.push(into.toString('utf8', 0, socket.read(into)));
        },
        onWritable: () => log.push('writable'),
        onError: () => log.push('lost'),
      });
      return socket;
    };
    set.set({ wifi: false });
    const socket = dial();
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.handshakes).toBe(0);
    set.set({ wifi: true, latencyMs: 25 });
    // Timers of Node may be a millisecond early, each.
    const fromMs = performance.now();
    await vi.waitUntil(() => log.length > 0, { interval: 2, timeout: 60_000 });
    expect(performance.now() - fromMs).toBeGreaterThanOrEqual(96);
    set.set({ latencyMs: 0 });
    set.set({ wifi: false });
    socket.write(Buffer.from('hello'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.heard).toBe('');
    set.set({ wifi: true });
    await vi.waitUntil(() => log.at(-1) === 'lost', { timeout: 60_000 });
    expect(log).toEqual(['writable', 'good day', 'lost']);
  });

  it('packets are late or lost, but those for who is on its own access point', async () => {
    const echo = createSocket('udp4');
    echo.on('message', (packet, { address, port }) => echo.send(packet, port, address));
    echo.bind(0, '127.0.0.1');
    await once(echo, 'listening');
    const { set, uplink } = surroundings();
    const udp = new NodeUdp((callback) => callback(), new LoopbackPorts(), uplink);
    open.push(echo, udp);
    const cameMs: number[] = [];
    const socket = new udp.UDP({ onReadable: () => cameMs.push(performance.now()) });
    const own = new udp.UDP({ port: 53, onReadable: () => cameMs.push(0) });
    const { port } = echo.address() as AddressInfo;
    set.set({ wifi: false });
    socket.write(Buffer.from('lost'), '127.0.0.1', port);
    own.write(Buffer.from('near'), '127.0.0.1', port);
    await vi.waitUntil(() => cameMs.length === 1, { timeout: 60_000 });
    set.set({ wifi: true, latencyMs: 30 });
    const fromMs = performance.now();
    socket.write(Buffer.from('late'), '127.0.0.1', port);
    await vi.waitUntil(() => cameMs.length === 2, { interval: 2, timeout: 60_000 });
    expect(cameMs[0]).toBe(0);
    expect(cameMs[1]! - fromMs).toBeGreaterThanOrEqual(58);
    const into = new Uint8Array(4);
    expect([socket.read(into), Buffer.from(into).toString()]).toEqual([4, 'late']);
  });

  it('names are looked up a round trip later, and not at all without Wi-Fi', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { set, uplink } = surroundings();
      const resolver = createNodeResolver((callback) => callback(), uplink);
      const log: string[] = [];
      const resolve = (): void =>
        resolver.resolve({
          host: '127.0.0.1',
          onResolved: (_host, address) => log.push(address),
          onError: () => log.push('no answer'),
        });
      set.set({ wifi: false });
      resolve();
      vi.advanceTimersByTime(4_999);
      expect(log).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(log).toEqual(['no answer']);
      set.set({ wifi: true, latencyMs: 1_000 });
      resolve();
      vi.advanceTimersByTime(1_999);
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(1);
      expect(vi.getTimerCount()).toBe(0);
      while (log.length < 2) await new Promise((resolve) => setImmediate(resolve));
      expect(log[1]).toBe('127.0.0.1');
    } finally {
      vi.useRealTimers();
    }
  });
});
