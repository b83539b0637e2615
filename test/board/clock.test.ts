import { afterAll, describe, expect, it } from 'vitest';
import { SimFlash } from '../../host-sim/world/sim-flash.js';
import { NTP_BYTES } from '../../src/core/ntp-packet.js';
import type { Settings } from '../../src/ports/settings.js';
import { Bench } from './fixture.js';
import { BenchPki, MovingBench, START_MS } from './moving-bench.js';

const BUILT = Date.UTC(2026, 0, 10);
const REAL = Date.UTC(2026, 5, 1);

function ntpAnswer(request: Uint8Array, epochMs: number): Uint8Array {
  const answer = Buffer.alloc(NTP_BYTES);
  answer[0] = 0x24;
  answer[1] = 2;
  Buffer.from(request).copy(answer, 24, 40, 48);
  answer.writeUInt32BE(Math.floor(epochMs / 1_000) + 2_208_988_800, 40);
  return answer;
}

/** A board without a clock of its own, as an ESP32 is. */
function bench(ntpServer?: string): Bench {
  return new Bench({
    start: false,
    hasTime: false,
    buildTimeMs: BUILT,
    settings: {
      environment: { name: 'dev', apiUrl: 'http://cloud:8080', ...(ntpServer === undefined ? {} : { ntpServer }) },
      wifi: { ssid: 'home' },
    },
  });
}

describe('a board without a clock of its own', () => {
  it('takes the time from the Date of the activation answer', () => {
    const it = bench();
    it.cloud.activation = () => ({ ...it.cloud.activated(), headers: { Date: new Date(REAL).toUTCString() } });
    it.boot();
    it.untilOnline();
    expect(it.data('clock_set')).toMatchObject([{ source: 'http' }]);
    expect(it.statuses()[0]!.time).toBeGreaterThanOrEqual(REAL);
    it.cloud.command('stale', { action: 'toggle' }, { time: REAL - 61_000 });
    it.time.advance(5_000);
    expect(it.replies()).toMatchObject([{ id: 'stale', code: 100_001 }]);
  });

  it('does not take a time before its build date, and then acts on commands whatever their time', () => {
    const it = bench();
    it.cloud.activation = () => ({
      ...it.cloud.activated(),
      headers: { Date: new Date(BUILT - 86_400_000).toUTCString() },
    });
    it.boot();
    it.untilOnline();
    expect(it.data('clock_set')).toEqual([]);
    it.cloud.command('1', { action: 'toggle' }, { time: BUILT - 1e9 });
    it.time.advance(5_000);
    expect(it.replies()).toMatchObject([{ id: '1', code: 200 }]);
  });

  it('asks an NTP server where its environment names one', () => {
    const it = bench('ntp');
    it.network.listenUdp('ntp', 123, (packet, answer) => answer(ntpAnswer(packet, REAL)));
    it.boot();
    it.untilOnline();
    expect(it.data('clock_set')).toMatchObject([{ source: 'ntp' }]);
  });

  it('is corrected by NTP, forward and back, at every join and once a day', () => {
    const it = bench('ntp');
    let offset = 0;
    let asked = 0;
    it.network.listenUdp('ntp', 123, (packet, answer) => {
      asked++;
      answer(ntpAnswer(packet, REAL + offset + it.time.nowMs));
    });
    it.boot();
    it.untilOnline();
    offset = 90_000;
    it.time.advance(86_400_000);
    expect(asked).toBe(2);
    offset = -30_000;
    it.host.loseWiFi();
    it.time.advance(1_000);
    it.untilOnline();
    it.time.advance(5_000);
    expect(asked).toBe(3);
    const shifts = it.data('clock_set').map(({ shiftMs }) => Math.round(shiftMs / 10_000));
    expect(shifts.slice(1)).toEqual([9, -12]);
    expect(it.host.clock.nowMs()).toBeGreaterThan(REAL + it.time.nowMs - 32_000);
    expect(it.host.clock.nowMs()).toBeLessThan(REAL + it.time.nowMs - 28_000);
  });

  it('asks again every quarter of an hour while no time has come, and stops asking when it is stopped', async () => {
    const it = bench('ntp');
    let asked = 0;
    it.network.listenUdp('ntp', 123, () => {
      asked++;
    });
    it.boot();
    it.untilOnline();
    it.time.advance(3_600_000);
    expect(asked).toBeGreaterThanOrEqual(4);
    expect(asked).toBeLessThanOrEqual(6);
    it.host.loseWiFi();
    void it.board.stop();
    it.time.advance(10_000);
    const before = asked;
    it.time.advance(3_600_000);
    expect(asked).toBe(before);
  });

  it('whose time came by HTTP, perhaps on a slow way, is put right by NTP a quarter of an hour after it comes back', () => {
    const it = bench('ntp');
    it.cloud.activation = () => ({ ...it.cloud.activated(), headers: { Date: new Date(REAL - 8_000).toUTCString() } });
    it.boot();
    it.untilOnline();
    it.time.advance(60_000);
    it.network.listenUdp('ntp', 123, (packet, answer) => answer(ntpAnswer(packet, REAL + 900_000)));
    it.time.advance(900_000);
    expect(it.data('clock_set').map(({ source }) => source)).toEqual(['http', 'ntp']);
  });

  it('takes the Date of an answer for a correction only where it is off by more than 2 s', () => {
    const it = bench('ntp');
    it.network.listenUdp('ntp', 123, (packet, answer) => answer(ntpAnswer(packet, REAL)));
    it.cloud.activation = () => ({ ...it.cloud.activated(), headers: { Date: new Date(REAL - 1_000).toUTCString() } });
    it.boot();
    it.untilOnline();
    expect(it.data('clock_set').map(({ source }) => source)).toEqual(['ntp']);
    expect(it.host.clock.nowMs()).toBeGreaterThanOrEqual(REAL);
  });

  it('is not stalled by an NTP server that is silent, absent or lying', () => {
    for (const server of ['silent', 'absent', 'lying']) {
      const it = bench('ntp');
      if (server === 'silent') it.network.listenUdp('ntp', 123, () => {});
      if (server === 'lying') {
        it.network.listenUdp('ntp', 123, (packet, answer) => {
          const forged = Buffer.from(ntpAnswer(packet, REAL));
          forged[24] = forged[24]! ^ 1;
          answer(forged);
        });
      }
      it.boot();
      it.time.runUntil(() => it.board.life.phase === 'online', 5_000);
      expect(it.data('clock_set')).toEqual([]);
    }
  });
});

describe('the floor of a clock', () => {
  const pki = new BenchPki();
  afterAll(() => pki.close());
  const DAY_MS = 86_400_000;
  const clock = { hasTime: false, buildTimeMs: START_MS };

  /** Whose cloud tells that time with its answers, and over MQTT where it is asked. */
  function bench(settings: Partial<Settings> = {}): MovingBench {
    const it = new MovingBench(pki, settings);
    tell(it, START_MS + 30 * DAY_MS);
    return it;
  }

  function tell(it: MovingBench, epochMs: number): void {
    const { release } = it.clouds;
    release.activation = () => ({ ...release.activated(), headers: { Date: new Date(epochMs).toUTCString() } });
  }

  /** What a board takes for the time at its start. */
  const startOf = (it: MovingBench): number => it.host.events[0]!.at;

  it('is the build date, until a server that has proven itself tells the time; it survives a power cut', () => {
    const it = bench().boot('power_on', clock);
    expect(startOf(it)).toBe(START_MS);
    it.untilOnline();
    it.cut();
    it.boot('power_on', clock);
    expect(startOf(it)).toBe(START_MS + 30 * DAY_MS);
    it.untilOnline();
    expect(it.online).toEqual(['release']);
  });

  it('is not moved by plain HTTP, nor by NTP', () => {
    const environment = { name: 'release', apiUrl: 'http://release:8443', ntpServer: 'ntp' } as const;
    const it = bench({ environment });
    it.network.listenUdp('ntp', 123, (packet, answer) => answer(ntpAnswer(packet, START_MS + 60 * DAY_MS)));
    it.boot('power_on', clock).untilOnline();
    expect(it.data('clock_set').map(({ source }) => source)).toEqual(['ntp', 'http']);
    it.cut();
    it.boot('power_on', clock);
    expect(startOf(it)).toBe(START_MS);
  });

  it('asks a time server again that has lied, and not in a day, where certificates speak against the clock', () => {
    const it = bench();
    it.settings = { ...it.settings, environment: { ...it.environment('release'), ntpServer: 'ntp' } };
    // Before the certificates begin, and after they have ended.
    for (const lieMs of [START_MS - 30 * DAY_MS, START_MS + 900 * DAY_MS]) {
      let asked = 0;
      const server = it.network.listenUdp('ntp', 123, (packet, answer) => {
        answer(ntpAnswer(packet, ++asked < 3 ? lieMs : START_MS + DAY_MS));
      });
      it.flash = new SimFlash();
      it.boot('power_on', { ...clock, buildTimeMs: START_MS - 60 * DAY_MS }).untilOnline();
      expect(asked).toBe(3);
      expect(it.data('server_refused').length).toBeGreaterThan(0);
      it.cut();
      server.close();
    }
  });

  it('rises by what the cloud tells over MQTT, asked once a day at a connect, and is written as often', () => {
    const it = bench().boot('power_on', clock).untilOnline();
    const { release } = it.clouds;
    const asked = (): number => release.on(release.topic('ext/ntp/request')).length;
    const writes = countWrites(it, 'clock');
    for (let hours = 0; hours < 72; hours++) {
      it.time.advance(3_600_000);
      release.drop();
      it.time.advance(1_000);
      it.untilOnline();
      const { deviceSendTime } = release.on(release.topic('ext/ntp/request')).at(-1)?.json ?? {};
      const now = it.host.clock.nowMs();
      const answer = { deviceSendTime, serverRecvTime: now, serverSendTime: now };
      release.publish(release.topic('ext/ntp/response'), JSON.stringify(answer), { qos: 0 });
      it.time.advance(1_000);
    }
    expect([asked(), writes()]).toEqual([3, 3]);
    it.cut();
    it.boot('power_on', clock);
    expect(startOf(it)).toBeGreaterThan(START_MS + 32 * DAY_MS);
  });

  it('is not moved by a cloud that is years ahead: beyond the end of its own certificate it could not have proven itself', () => {
    const it = bench();
    const { release } = it.clouds;
    const ahead = START_MS + 3_650 * DAY_MS;
    tell(it, ahead);
    it.boot('power_on', clock).untilOnline();
    const { deviceSendTime } = release.on(release.topic('ext/ntp/request')).at(-1)!.json;
    const answer = { deviceSendTime, serverRecvTime: ahead, serverSendTime: ahead };
    release.publish(release.topic('ext/ntp/response'), JSON.stringify(answer), { qos: 0 });
    it.time.advance(1_000);
    expect(it.data('clock_set')).toEqual([]);
    tell(it, START_MS + 30 * DAY_MS);
    it.cut();
    it.boot('power_on', clock);
    expect(startOf(it)).toBe(START_MS);
    it.untilOnline();
    expect(it.online).toEqual(['release']);
  });

  it('is written at a clean stop, however little it has risen', async () => {
    const it = bench();
    tell(it, START_MS + 3_600_000);
    it.boot('power_on', clock).untilOnline();
    void it.board.stop();
    await it.turn();
    it.cut();
    it.boot('power_on', clock);
    expect(startOf(it)).toBe(START_MS + 3_600_000);
  });

  it('is the build date again after a factory reset', async () => {
    const it = bench().boot('power_on', clock).untilOnline();
    it.call(it.clouds.release, 'reset', {});
    await it.turn();
    it.cut();
    it.boot('power_on', clock);
    expect(startOf(it)).toBe(START_MS);
  });

  it('shows that the certificate of a server has expired, before anybody has told the time', () => {
    const it = bench();
    tell(it, START_MS + 399 * DAY_MS);
    it.boot('power_on', clock).untilOnline();
    it.cut();
    it.time.advance(2 * DAY_MS);
    it.boot('power_on', { ...clock, buildTimeMs: START_MS + 401 * DAY_MS }).time.advance(60_000);
    expect(it.data('server_refused').at(-1)).toMatchObject({ code: 'expired' });
  });
});

function countWrites(it: MovingBench, key: string): () => number {
  const { storage } = it.flash;
  const { write } = storage;
  let count = 0;
  storage.write = (name, value) => {
    if (name === key) count++;
    write(name, value);
  };
  return () => count;
}
