import { describe, expect, it } from 'vitest';
import { COMMANDS, CONNACK, message, PINGRESP, puback, SUBACK, setUp } from './client-fixture.js';

describe('a session begins', () => {
  it('with CONNECT, then SUBSCRIBE, then it is ready, each in one write', () => {
    const { network, log, say, heard, time } = setUp();
    expect(time.pending).toBe(1);
    network.tcp.makeRoom();
    expect(network.tcp.writes).toHaveLength(1);
    expect(heard()).toMatchObject([
      {
        cmd: 'connect',
        clean: true,
        keepalive: 60,
        clientId: 'SW-SERVO-001&dev_a1b2c3d4',
        username: 'SW-SERVO-001&dev_a1b2c3d4',
        password: Buffer.from('tk_xyz789'),
        will: { topic: '/status', payload: Buffer.from('{"status":"offline"}'), qos: 1, retain: true },
      },
    ]);
    say(CONNACK);
    expect(network.tcp.writes).toHaveLength(1);
    expect(heard()).toMatchObject([{ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: COMMANDS, qos: 1 }] }]);
    expect(log).toEqual([]);
    say(SUBACK);
    expect(log).toEqual(['ready']);
    expect(heard()).toEqual([]);
  });

  it('at QoS 0 where that is asked for, and with whatever QoS the broker grants', () => {
    for (const granted of [0, 1]) {
      const { network, log, say, heard } = setUp({ subscribeQos: 0 });
      network.tcp.makeRoom();
      heard();
      say(CONNACK);
      expect(heard()).toMatchObject([{ cmd: 'subscribe', subscriptions: [{ topic: COMMANDS, qos: 0 }] }]);
      say({ cmd: 'suback', messageId: 1, granted: [granted] });
      say(message('hello'));
      expect(log).toEqual(['ready', 'message 0 hello']);
      expect(heard()).toEqual([]);
    }
  });

  it('also when the broker answers byte by byte', () => {
    const { network, log } = setUp();
    network.tcp.makeRoom();
    for (const byte of [0x20, 2, 0, 0, 0x90, 3, 0, 1, 1]) network.tcp.deliver(Uint8Array.of(byte));
    expect(log).toEqual(['ready']);
  });

  it('also when the broker grants less than was asked for', () => {
    const { network, log, say } = setUp();
    network.tcp.makeRoom();
    say(CONNACK, { cmd: 'suback', messageId: 1, granted: [0] });
    expect(log).toEqual(['ready']);
  });

  it('and takes a message that comes before the SUBACK', () => {
    const { network, log, say, heardShort } = setUp();
    network.tcp.makeRoom();
    heardShort();
    say(CONNACK, message('early', 7), SUBACK);
    expect(log).toEqual(['message 0 early', 'ready']);
    expect(heardShort()).toEqual(['subscribe 1', 'puback 7']);
  });

  it('and publishes nothing before it is ready', () => {
    const { client, network, heardShort } = setUp();
    expect(client.publish(Buffer.from('t'), 'x', false)).toBe(-1);
    network.tcp.makeRoom();
    expect(client.publish(Buffer.from('t'), 'x', false)).toBe(-1);
    expect(heardShort()).toEqual(['connect']);
  });
});

describe('a session that does not begin says why:', () => {
  it.each([1, 2, 3, 4, 5, 6, 255])('CONNACK %i', (returnCode) => {
    const { network, log, time } = setUp();
    network.tcp.makeRoom().deliver(Uint8Array.of(0x20, 2, 0, returnCode));
    expect(log).toEqual([`ended refused ${returnCode}`]);
    expect(network.tcp.closed).toBe(true);
    expect(time.pending).toBe(0);
  });

  it('a refused subscription', () => {
    const { network, log, say, time } = setUp();
    network.tcp.makeRoom();
    say(CONNACK, { cmd: 'suback', messageId: 1, granted: [128] });
    expect(log).toEqual(['ended subscribe_refused']);
    expect(network.tcp.closed).toBe(true);
    expect(time.pending).toBe(0);
  });

  it.each<[string, (fixture: ReturnType<typeof setUp>) => void, number, string]>([
    ['no connection in time', () => {}, 10_000, 'ended connect_timeout'],
    ['no CONNACK in time', ({ network }) => network.tcp.makeRoom(), 10_000, 'ended connack_timeout'],
    [
      'no CONNACK in time, with half a packet',
      ({ network }) => network.tcp.makeRoom().deliver(Uint8Array.of(0x20, 2, 0)),
      10_000,
      'ended connack_timeout',
    ],
    [
      'no SUBACK in time',
      ({ network, say }) => {
        network.tcp.makeRoom();
        say(CONNACK);
      },
      10_000,
      'ended ack_timeout',
    ],
  ])('%s', (_name, act, afterMs, end) => {
    const fixture = setUp();
    act(fixture);
    fixture.time.advance(afterMs - 1);
    expect(fixture.log).toEqual([]);
    fixture.time.advance(1);
    expect(fixture.log).toEqual([end]);
    expect(fixture.network.tcp.closed).toBe(true);
    expect(fixture.time.pending).toBe(0);
  });

  it.each<[string, (fixture: ReturnType<typeof setUp>) => void, string]>([
    ['the connect is refused', ({ network }) => network.tcp.fail(), 'ended connect_failed'],
    ['the peer closes before the CONNACK', ({ network }) => network.tcp.makeRoom().fail(), 'ended closed'],
    [
      'the peer closes before the SUBACK',
      ({ network, say }) => {
        network.tcp.makeRoom();
        say(CONNACK);
        network.tcp.fail();
      },
      'ended closed',
    ],
  ])('%s', (_name, act, end) => {
    const fixture = setUp();
    act(fixture);
    expect(fixture.log).toEqual([end]);
    expect(fixture.time.pending).toBe(0);
  });

  it.each<[string, Parameters<ReturnType<typeof setUp>['say']>]>([
    ['a SUBACK before the CONNACK', [SUBACK]],
    ['a PINGRESP before the CONNACK', [PINGRESP]],
    ['a message before the CONNACK', [message('x')]],
    ['a second CONNACK', [CONNACK, CONNACK]],
    ['a PINGRESP before the SUBACK', [CONNACK, PINGRESP]],
    ['a SUBACK of another id', [CONNACK, { cmd: 'suback', messageId: 2, granted: [1] }]],
    ['a SUBACK for two topics', [CONNACK, { cmd: 'suback', messageId: 1, granted: [1, 1] }]],
  ])('%s', (_name, packets) => {
    const { network, log, say, time } = setUp();
    network.tcp.makeRoom();
    say(...packets);
    expect(log).toEqual(['ended malformed_packet']);
    expect(time.pending).toBe(0);
  });

  it('an answer that is not MQTT', () => {
    for (const bytes of ['HTTP/1.1 400 Bad Request\r\n\r\n', 'SSH-2.0-OpenSSH\r\n', '\xff\xff\xff\xff\xff\xff']) {
      const { network, log, time } = setUp();
      network.tcp.makeRoom().deliver(bytes);
      expect(log).toEqual(['ended malformed_packet']);
      expect(time.pending).toBe(0);
    }
  });

  it('and a PUBACK that nobody waits for changes nothing', () => {
    const { network, log, say } = setUp();
    network.tcp.makeRoom();
    say(CONNACK, puback(1), SUBACK);
    expect(log).toEqual(['ready']);
  });
});
