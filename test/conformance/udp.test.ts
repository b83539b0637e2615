import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LoopbackPorts } from '../../host-sim/host/loopback-ports.js';
import { NodeUdp } from '../../host-sim/host/node-network.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { UdpConstructor, UdpSocket } from '../../src/ports/socket.js';

interface Bench {
  readonly UDP: UdpConstructor;
  /** Sends a packet to a port of the board, from a port of its own, and tells what comes back. */
  ask(port: number, text: string): Promise<string>;
  close(): void;
}

function realBench(): Bench {
  const ports = new LoopbackPorts();
  const udp = new NodeUdp((callback) => callback(), ports);
  return {
    UDP: udp.UDP,
    ask: async (port, text) => {
      while (ports.portOf('udp', port) === undefined) await new Promise((resolve) => setImmediate(resolve));
      const socket = createSocket('udp4');
      const answer = new Promise<string>((resolve) => socket.once('message', (bytes) => resolve(bytes.toString())));
      socket.send(text, ports.portOf('udp', port), '127.0.0.1');
      return answer.finally(() => socket.close());
    },
    close: () => udp.close(),
  };
}

function virtualBench(): Bench {
  const time = new VirtualTime();
  const network = new VirtualNetwork(time);
  const stack = network.stack((callback) => callback());
  return {
    UDP: stack.UDP,
    ask: async (port, text) => {
      let answer: string | undefined;
      network.listenUdp('192.168.4.2', 5_353, (packet) => {
        answer = Buffer.from(packet).toString();
      });
      stack.packet(port, Buffer.from(text), { address: '192.168.4.2', port: 5_353 });
      time.runUntil(() => answer !== undefined);
      return answer!;
    },
    close: () => stack.powerOff(false),
  };
}

describe.each([
  ['Node', realBench],
  ['virtual time', virtualBench],
])('a UDP socket with a port on %s', (_name, make) => {
  let bench: Bench;

  beforeEach(() => {
    bench = make();
  });

  afterEach(() => bench.close());

  it('says who has sent what was read last, and answers him', async () => {
    const into = new Uint8Array(20);
    const socket: UdpSocket = new bench.UDP({
      port: 53,
      onReadable: () => {
        const length = socket.read(into);
        const { address, port } = socket.peer!;
        expect(address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
        socket.write(Buffer.from(`you said ${Buffer.from(into.subarray(0, length))}`), address, port);
      },
    });
    expect(socket.peer).toBeUndefined();
    expect(await bench.ask(53, 'who?')).toBe('you said who?');
    socket.close();
  });

  it('has it for itself until it is closed', () => {
    const socket = new bench.UDP({ port: 53, onReadable: () => {} });
    expect(() => new bench.UDP({ port: 53, onReadable: () => {} })).toThrow('port 53 is taken');
    socket.close();
    socket.close();
    expect(() => socket.read(new Uint8Array(1))).toThrow();
    new bench.UDP({ port: 53, onReadable: () => {} }).close();
  });
});
