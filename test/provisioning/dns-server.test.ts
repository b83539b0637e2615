import { Resolver } from 'node:dns/promises';
import { expect, it } from 'vitest';
import { LoopbackPorts } from '../../host-sim/host/loopback-ports.js';
import { NodeUdp } from '../../host-sim/host/node-network.js';
import { DnsServer } from '../../src/provisioning/dns-server.js';
import { FakeNetwork } from '../net/fake-network.js';

const QUERY = Buffer.from('beef0100000100000000000001610000010001', 'hex');

it("Node's own resolver finds the board under every name, and nothing else there", async () => {
  const ports = new LoopbackPorts();
  const opened = new Promise<number>((resolve) => {
    ports.onOpened = (_protocol, _port, realPort) => resolve(realPort);
  });
  const udp = new NodeUdp((callback) => callback(), ports);
  const server = new DnsServer(udp.UDP, '127.0.0.1');
  const resolver = new Resolver({ timeout: 30_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${await opened}`]);
  expect(await resolver.resolve4('captive.apple.com', { ttl: true })).toEqual([{ address: '127.0.0.1', ttl: 10 }]);
  expect(await resolver.resolve4('anything.at.all.example')).toEqual(['127.0.0.1']);
  await expect(resolver.resolve6('captive.apple.com')).rejects.toMatchObject({ code: 'ENODATA' });
  await expect(resolver.resolveTxt('captive.apple.com')).rejects.toMatchObject({ code: 'ENODATA' });
  server.close();
  server.close();
});

it('answers nobody but its own network, and goes on where an answer cannot be sent', () => {
  const network = new FakeNetwork();
  const server = new DnsServer(network.UDP, '192.168.4.1');
  const [udp] = network.udp;
  udp!.peer = { address: '10.0.0.9', port: 53 };
  udp!.deliver(QUERY);
  udp!.peer = undefined;
  udp!.deliver(QUERY);
  expect(udp!.sent).toEqual([]);
  udp!.peer = { address: '192.168.4.2', port: 4_000 };
  udp!.deliver(Buffer.from('nonsense'), QUERY, QUERY);
  expect(udp!.sent.map(({ address, port }) => `${address}:${port}`)).toEqual(['192.168.4.2:4000', '192.168.4.2:4000']);
  server.close();
  network.udpFails = true;
  new DnsServer(network.UDP, '192.168.4.1');
  network.udp[1]!.peer = { address: '192.168.4.2', port: 4_000 };
  expect(() => network.udp[1]!.deliver(QUERY)).not.toThrow();
});
