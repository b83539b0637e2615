import { describe, expect, it } from 'vitest';
import { ScriptedCloud } from '../support/scripted-cloud.js';
import { Bench } from './fixture.js';

const MINUTE = 60_000;

/** When activation requests came, ms. */
function requestTimes(bench: Bench): number[] {
  return bench.cloud.wire
    .filter(
      ({ connection, from, what }) => connection.startsWith('http') && from === 'board' && what.startsWith('504f5354'),
    )
    .map(({ atMs }) => atMs);
}

/** When MQTT connections were tried, ms: the first record of each connection. */
function connectTimes(bench: Bench): number[] {
  const first = new Map<string, number>();
  for (const { connection, atMs } of bench.cloud.wire)
    if (connection.startsWith('mqtt') && !first.has(connection)) first.set(connection, atMs);
  return [...first.values()];
}

function gaps(times: readonly number[]): number[] {
  return times.slice(1).map((time, i) => time - times[i]!);
}

describe('a board whose activation fails', () => {
  it.each([
    ['an empty body', { status: 200, body: '' }],
    ['HTML', { status: 200, body: '<html><body>Login</body></html>' }],
    ['JSON that is no object', { status: 200, body: '[1,2,3]' }],
    ['no data', { status: 200, body: { code: 200, message: 'success', data: null } }],
    ['a field of the wrong type', { status: 200, body: { code: 200, data: { deviceId: 7 } } }],
    ['deep nesting', { status: 200, body: '{"a":'.repeat(1_000) }],
    ['a body over the limit', { status: 200, body: 'x'.repeat(200_000) }],
    ['a server error', { status: 503, body: { code: 503, message: 'internal_error', data: null } }],
    ['a redirect', { status: 302, body: '', headers: { Location: 'http://elsewhere/' } }],
    ['no answer at all', undefined],
  ])('tries again with growing, jittered waits after %s, and never in a tight loop', (_what, answer) => {
    const bench = new Bench({ start: false });
    bench.cloud.activation = () => answer;
    bench.boot();
    bench.time.advance(30 * MINUTE);
    const times = requestTimes(bench);
    expect(times.length).toBeGreaterThan(10);
    expect(times.length).toBeLessThan(120);
    for (const gap of gaps(times)) expect(gap).toBeLessThanOrEqual(120_000 + 31_000);
    expect(bench.board.life.phase).toBe('activating');
    bench.cloud.activation = () => bench.cloud.activated();
    bench.untilOnline(4 * MINUTE);
  });

  it('waits 60 to 120 s after device_in_use', () => {
    const bench = new Bench({ start: false });
    bench.cloud.activation = () => ({ status: 403, body: { code: 403, message: 'device_in_use', data: null } });
    bench.boot();
    bench.time.advance(60 * MINUTE);
    for (const gap of gaps(requestTimes(bench))) {
      expect(gap).toBeGreaterThanOrEqual(60_000);
      expect(gap).toBeLessThanOrEqual(121_000);
    }
    expect(bench.board.life.hopeless).toBe(false);
  });

  it.each([
    [400, 'invalid_product_key'],
    [401, 'invalid_product_key'],
    [403, 'product_disabled'],
    [403, 'device_disabled'],
    [403, 'forbidden'],
  ])('retries every 15 min after %i %s, and shows that only a person can help', (status, word) => {
    const bench = new Bench({ start: false });
    bench.cloud.activation = () => ({ status, body: { code: status, message: word, data: null } });
    bench.boot();
    bench.time.advance(3 * 60 * MINUTE);
    const all = gaps(requestTimes(bench));
    expect(all.length).toBeGreaterThan(8);
    for (const gap of all) {
      expect(gap).toBeGreaterThanOrEqual(15 * MINUTE);
      expect(gap).toBeLessThanOrEqual(17.1 * MINUTE);
    }
    expect(bench.board.life.hopeless).toBe(true);
    expect(bench.data('activation_failed')[0]).toMatchObject({ kind: 'refused', reason: word });
  });

  it('waits at least 30 s after another 4xx, and as long as Retry-After says after 429', () => {
    const bench = new Bench({ start: false });
    bench.cloud.activation = (_request, count) =>
      count === 1
        ? { status: 404, body: { code: 404, message: 'not_found', data: null } }
        : {
            status: 429,
            body: { code: 429, message: 'too_many_requests', data: null },
            headers: { 'Retry-After': '90' },
          };
    bench.boot();
    bench.time.advance(6 * MINUTE);
    const [first, second] = gaps(requestTimes(bench));
    expect(first).toBeGreaterThanOrEqual(30_000);
    expect(second).toBeGreaterThanOrEqual(90_000);
    expect(second).toBeLessThanOrEqual(100_000);
  });

  it('goes on while the name of the cloud cannot be resolved, and comes online once it can', () => {
    const bench = new Bench({
      settings: { environment: { name: 'dev', apiUrl: 'http://nowhere:8080' }, wifi: { ssid: 'home' } },
    });
    bench.time.advance(10 * MINUTE);
    expect(bench.data('activation_failed').every(({ reason }) => reason === 'dns_failed')).toBe(true);
    expect(bench.data('activation_failed').length).toBeLessThan(40);
  });
});

describe('a board whose broker refuses or goes away', () => {
  it.each([1, 2, 3])('waits at least 30 s after CONNACK %i and keeps its credentials', (code) => {
    const bench = new Bench({ start: false });
    bench.cloud.connack = code;
    bench.boot();
    bench.time.advance(20 * MINUTE);
    for (const gap of gaps(connectTimes(bench))) expect(gap).toBeGreaterThanOrEqual(30_000);
    expect(bench.cloud.requests).toHaveLength(1);
  });

  it.each([4, 5])('activates again after CONNACK %i three times in a row', (code) => {
    const bench = new Bench({ start: false });
    bench.cloud.connack = code;
    bench.boot();
    bench.time.runUntil(() => bench.cloud.requests.length === 2, 20 * MINUTE);
    expect(connectTimes(bench)).toHaveLength(3);
    bench.cloud.connack = 0;
    bench.untilOnline();
    expect(bench.cloud.requests).toHaveLength(2);
  });

  it('goes back to credentials that were refused when the API has no new ones, at least 30 s apart', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.activation = () => ({ status: 409, body: { code: 409, message: 'device_already_activated' } });
    bench.cloud.connack = 5;
    bench.cloud.drop();
    bench.time.advance(10 * MINUTE);
    const refused = bench.data('session_lost').filter(({ kind }) => kind === 'refused');
    const failed = bench.data('activation_failed');
    expect(failed.length).toBeGreaterThan(2);
    expect(refused.length).toBeGreaterThan(failed.length);
    for (const { kind, reason, retryMs } of failed) {
      expect({ kind, reason }).toEqual({ kind: 'refused', reason: 'device_already_activated' });
      expect(retryMs).toBeGreaterThanOrEqual(30_000);
    }
    bench.cloud.connack = 0;
    bench.untilOnline(5 * MINUTE);
  });

  it('finds a broker that moved while the board was off, and stays the same device', () => {
    const bench = new Bench();
    bench.untilOnline();
    const { deviceId } = bench.board;
    bench.cut();
    const moved = new ScriptedCloud(bench.network, { apiHost: 'other', mqttHost: 'moved', mqttPort: 1_884 });
    bench.cloud.activation = () => moved.activated();
    bench.cloud.closeBroker();
    bench.boot();
    bench.time.runUntil(() => moved.connected, 2 * MINUTE);
    bench.untilOnline();
    expect(bench.board.deviceId).toBe(deviceId);
    expect(bench.cloud.requests).toHaveLength(2);
  });

  it('does not activate again for a broker that is away for some minutes', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.connack = undefined;
    bench.cloud.drop();
    bench.time.advance(8 * MINUTE);
    bench.cloud.connack = 0;
    bench.untilOnline(5 * MINUTE);
    expect(bench.cloud.requests).toHaveLength(1);
  });

  it('activates anew at another cloud than that of its record, and takes nothing of the old one there', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cut();
    const other = new ScriptedCloud(bench.network, { apiHost: 'other', mqttHost: 'other-broker' });
    const environment = { name: 'dev', apiUrl: other.apiUrl } as const;
    const connections = connectTimes(bench).length;
    bench.boot('power_on', { settings: { environment, wifi: { ssid: 'home' } } });
    bench.untilOnline();
    expect(other.requests).toHaveLength(1);
    expect(other.connected).toBe(true);
    expect(connectTimes(bench)).toHaveLength(connections);
  });

  it('waits at least 30 s after its subscription was refused', () => {
    const bench = new Bench({ start: false });
    bench.cloud.suback = 128;
    bench.boot();
    bench.time.advance(10 * MINUTE);
    for (const gap of gaps(connectTimes(bench))) expect(gap).toBeGreaterThanOrEqual(30_000);
  });

  it('ends a session whose ping is not answered within 10 s, and comes back', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.pingresp = false;
    bench.time.runUntil(() => bench.board.life.phase !== 'online', 60_000);
    expect(bench.data('session_lost').at(-1)).toMatchObject({ reason: 'ping_timeout' });
    bench.cloud.pingresp = true;
    bench.untilOnline();
  });

  it('comes back spread over 10 s after a lost session, or over what the cloud announced', () => {
    const delays = (extensions: object): number[] =>
      Array.from({ length: 60 }, (_, seed) => {
        const bench = new Bench({ seed: seed + 1, start: false });
        bench.cloud.activation = () => bench.cloud.activated(extensions);
        bench.boot();
        bench.untilOnline();
        bench.time.advance(61_000);
        const before = bench.time.nowMs;
        bench.cloud.drop();
        bench.time.runUntil(() => bench.board.life.phase === 'connecting');
        bench.untilOnline();
        return bench.time.nowMs - before - 50;
      });
    const usual = delays({});
    expect(Math.max(...usual)).toBeLessThanOrEqual(10_100);
    expect(Math.max(...usual)).toBeGreaterThan(7_000);
    expect(Math.min(...usual)).toBeLessThan(3_000);
    const announced = delays({ extensions: { reconnectSpread: 60 } });
    expect(Math.max(...announced)).toBeLessThanOrEqual(60_100);
    expect(Math.max(...announced)).toBeGreaterThan(40_000);
  });

  it.each([
    [{}, 1],
    [{ extensions: { subscribeQos: 0 } }, 0],
    [{ extensions: { subscribeQos: 1 } }, 1],
    [{ extensions: { subscribeQos: 2 } }, 1],
  ])('after an activation with %j subscribes at QoS %i, also after it was without power', (more, qos) => {
    const bench = new Bench({ start: false });
    bench.cloud.activation = () => bench.cloud.activated(more);
    bench.boot();
    bench.untilOnline();
    bench.cut();
    bench.boot();
    bench.untilOnline();
    expect(bench.cloud.requests).toHaveLength(1);
    const asked = bench.cloud.packets.flatMap((packet) => (packet.cmd === 'subscribe' ? packet.subscriptions : []));
    expect(asked.map((subscription) => subscription.qos)).toEqual([qos, qos]);
  });

  it('does not start its waits over when each session drops again at once', () => {
    const bench = new Bench();
    for (let i = 0; i < 12; i++) {
      bench.untilOnline();
      bench.time.advance(1_000);
      bench.cloud.drop();
      bench.time.advance(100);
    }
    expect(bench.board.life.cloudFailures).toBe(12);
    const late = gaps(connectTimes(bench)).slice(8);
    expect(Math.max(...late)).toBeGreaterThan(15_000);
  });

  it.each(['end', 'reset', 'freeze'] as const)('recovers by itself from a connection that ends by %s', (how) => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.drop(how);
    bench.time.runUntil(() => bench.board.life.phase !== 'online', 120_000);
    bench.untilOnline();
    bench.cloud.command('1', { angle: 30 });
    bench.time.advance(3_000);
    expect(bench.posts().at(-1).params).toMatchObject({ angle: 30 });
  });

  it('survives every kind of hostile packet: the session ends, is retried with backoff, and nothing crashes', () => {
    const bench = new Bench();
    for (const hex of [
      '00',
      'f000',
      '2002000000',
      '30ffffffffff',
      '3200',
      '36040001610102',
      '900400010000',
      '4002',
      'ffffffff',
    ]) {
      bench.untilOnline();
      bench.cloud.send(Buffer.from(hex, 'hex'));
      bench.time.advance(200_000);
    }
    bench.untilOnline();
    bench.cloud.command('1', { angle: 30 });
    bench.time.advance(3_000);
    expect(bench.posts().at(-1).params).toMatchObject({ angle: 30 });
  });
});

describe('a board whose Wi-Fi goes away', () => {
  it('keeps its credentials, rejoins with backoff, and is online again', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.host.joinFailure = 'no_such_network';
    bench.host.loseWiFi();
    bench.time.advance(30 * MINUTE);
    expect(bench.board.life.phase).toBe('joining');
    expect(bench.data('network_lost').length).toBeGreaterThan(10);
    expect(bench.data('network_lost').length).toBeLessThan(100);
    bench.host.joinFailure = undefined;
    bench.untilOnline(3 * MINUTE);
    expect(bench.cloud.requests).toHaveLength(1);
  });

  it('goes on taking a wrong password for something that may pass', () => {
    const bench = new Bench({ start: false });
    bench.boot();
    bench.host.joinFailure = 'wrong_password';
    bench.time.advance(20 * MINUTE);
    bench.host.joinFailure = undefined;
    bench.untilOnline(3 * MINUTE);
  });

  it('finishes a motion without a network', () => {
    const bench = new Bench();
    bench.untilOnline();
    bench.cloud.command('1', { angle: 0 });
    bench.time.runUntil(() => bench.replies().length === 1);
    bench.host.loseWiFi();
    bench.time.advance(3_000);
    expect(bench.data('output_settled')).toEqual([{ channel: 0, value: 0 }]);
  });
});
