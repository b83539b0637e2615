import { describe, expect, it } from 'vitest';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { NtpQuery, type NtpQueryOptions } from '../../src/net/ntp.js';
import { FakeNetwork } from './fake-network.js';

function setUp(overrides: Partial<NtpQueryOptions> = {}, network = new FakeNetwork()) {
  const time = new VirtualTime();
  const answers: (number | undefined)[] = [];
  const numbers = [0x11223344, 0xdeadbeef];
  const query = new NtpQuery({
    network,
    timer: time.timer,
    random: { uint32: () => numbers.shift()! },
    server: '10.0.0.1',
    timeoutMs: 3_000,
    onDone: (epochMs) => answers.push(epochMs),
    ...overrides,
  });
  return { time, network, answers, query };
}

/** The server's answer to a request, at 2026-01-10 00:00:00. */
function replyTo(request: Uint8Array): Uint8Array {
  const reply = new Uint8Array(48);
  reply[0] = 0x24;
  reply[1] = 1;
  reply.set(request.subarray(40, 48), 24);
  new DataView(reply.buffer).setUint32(40, Date.UTC(2026, 0, 10) / 1_000 + 2_208_988_800);
  return reply;
}

describe('an NTP query', () => {
  it('asks the server once and gives its time', () => {
    const { network, answers, time } = setUp();
    const [udp] = network.udp;
    expect(udp!.sent).toHaveLength(1);
    expect(udp!.sent[0]).toMatchObject({ address: '10.0.0.1', port: 123 });
    udp!.deliver(replyTo(udp!.sent[0]!.bytes));
    expect(answers).toEqual([Date.UTC(2026, 0, 10)]);
    expect(udp!.closed).toBe(true);
    expect(time.pending).toBe(0);
  });

  it('looks a name up first', () => {
    const { network, answers } = setUp({ server: 'pool.ntp.org' });
    network.lookUps[0]!.onResolved('pool.ntp.org', '10.0.0.2');
    const [udp] = network.udp;
    udp!.deliver(replyTo(udp!.sent[0]!.bytes));
    expect(udp!.sent[0]!.address).toBe('10.0.0.2');
    expect(answers).toHaveLength(1);
  });

  it('passes over forged and broken packets and takes the honest one behind them', () => {
    const { network, answers } = setUp();
    const [udp] = network.udp;
    const honest = replyTo(udp!.sent[0]!.bytes);
    const forged = Uint8Array.from(honest);
    forged[31]! ^= 1;
    udp!.deliver(forged, honest.subarray(0, 20), new Uint8Array(100).fill(0xff));
    expect(answers).toEqual([]);
    udp!.deliver(forged, honest, honest);
    expect(answers).toEqual([Date.UTC(2026, 0, 10)]);
  });

  it.each<[string, (network: FakeNetwork) => void, Partial<NtpQueryOptions>]>([
    ['nobody answers', () => {}, {}],
    ['the name is not known', (network) => network.lookUps[0]!.onError(), { server: 'nowhere' }],
    ['the look-up takes too long', () => {}, { server: 'slow' }],
  ])('ends at its deadline without a time when %s', (_name, act, overrides) => {
    const { network, answers, time } = setUp(overrides);
    act(network);
    time.advance(2_999);
    expect(answers).toEqual([]);
    time.advance(1);
    expect(answers).toEqual([undefined]);
    expect(time.pending).toBe(0);
    for (const lookUp of network.lookUps) lookUp.onResolved('slow', '10.0.0.2');
    expect(network.udp.every(({ closed }) => closed)).toBe(true);
    time.advance(10_000);
    expect(answers).toHaveLength(1);
  });

  it.each(['exhausted', 'udpFails'] as const)(
    'ends at its deadline when there is no socket or no route (%s)',
    (fault) => {
      const network = new FakeNetwork();
      network[fault] = true;
      const { answers, time } = setUp({}, network);
      time.advance(3_000);
      expect(answers).toEqual([undefined]);
      expect(network.udp.every(({ closed }) => closed)).toBe(true);
    },
  );

  it('that was closed is silent, also twice, whatever comes', () => {
    const { network, answers, time, query } = setUp();
    const [udp] = network.udp;
    query.close();
    query.close();
    udp!.deliver(replyTo(udp!.sent[0]!.bytes));
    expect(time.pending).toBe(0);
    time.advance(10_000);
    expect(answers).toEqual([]);
  });
});
