import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, createCloud } from '../../host-sim/cloud/cloud.js';
import { BrokerDriver } from '../../host-sim/fleet/broker-driver.js';
import type { DriverEvents } from '../../host-sim/fleet/driver.js';
import type { FleetOptions, Target } from '../../host-sim/fleet/fleet-options.js';
import { FleetRun } from '../../host-sim/fleet/fleet-run.js';
import { mergeResults, readResult } from '../../host-sim/fleet/merge.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { type Mosquitto, startMosquitto, withoutMosquitto } from '../support/mosquitto.js';
import { aFleet } from './a-fleet.js';

const USER = { name: 'me', password: 'correct horse' };
/** Boards that notice soon that nothing gets through, and not that a machine is slow. */
const { session, ...relay } = loadProduct('SW-RELAY-002');
const QUICK = { ...relay, session: { ...session, pingTimeoutS: 4 } };

describe.skipIf(withoutMosquitto)('a fleet at Mosquitto', () => {
  let mosquitto: Mosquitto;
  let target: Extract<Target, { kind: 'broker' }>;

  beforeEach(async () => {
    mosquitto = await startMosquitto();
    const broker = { url: `mqtt://127.0.0.1:${mosquitto.port}` };
    target = { kind: 'broker', broker, keepAliveS: 6, reconnectSpreadS: 1 };
  });
  afterEach(() => mosquitto.stop());

  for (const workers of [0, 2]) {
    const where = workers === 0 ? 'in this thread' : `in ${workers} threads`;
    it(`has all boards online, each set answered by its post, and leaves nothing: ${where}`, async () => {
      const result = await new FleetRun(aFleet(target, { workers })).run();
      expect(result.problems).toEqual([]);
      expect(result).toMatchObject({ ok: true, interrupted: false, boards: { wanted: 20, online: 20 } });
      const { sent, answered, lost, doubled, latencyUs, setsPerS, seconds } = result.load;
      expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
      expect(answered).toBe(sent);
      expect(latencyUs.count).toBe(answered);
      expect(sent).toBeGreaterThan(0);
      expect(setsPerS * seconds).toBeCloseTo(sent, 0);
      expect(result.machines).toMatchObject([{ threads: workers, leftovers: [] }]);
    });
  }

  it('has every board back after its connection was reset, or went silent', async () => {
    const options = aFleet(target, { product: QUICK, chaosPerS: 10, forMs: 1_500 });
    const result = await new FleetRun(options).run();
    expect(result.problems).toEqual([]);
    const { resets, silences, drops, lost } = result.load;
    expect(resets).toBeGreaterThan(0);
    expect(silences).toBeGreaterThan(0);
    expect({ drops, lost }).toEqual({ drops: 0, lost: 0 });
    expect(result.boards.online).toBe(20);
    expect(result.connections.backAfterS).toBeGreaterThan(0);
    expect(result.connections.reconnectUs.count).toBe(resets);
    expect(result.connections.silentUs.count).toBe(silences);
  });

  it('is stopped at once by whoever interrupts it, and tells what was measured so far', async () => {
    const run = new FleetRun(aFleet(target, { forMs: 60_000 }));
    const running = run.run();
    await expect.poll(() => run.snapshot().answered).toBeGreaterThan(3);
    run.interrupt();
    const result = await running;
    expect(result).toMatchObject({ ok: true, interrupted: true });
    expect(result.load.seconds).toBeLessThan(30);
    expect(result.load.answered).toBeGreaterThan(3);
  });

  it('says so where the broker goes while it is measured', async () => {
    const run = new FleetRun(aFleet(target, { forMs: 60_000 }));
    const running = run.run();
    await expect.poll(() => run.snapshot().answered).toBeGreaterThan(0);
    await mosquitto.restart();
    const result = await running;
    expect(result.ok).toBe(false);
    expect(result.problems).toContain('the broker has ended its connection');
  });

  describe('with a way back that is not as it should be', () => {
    /** Boards whose posts reach the driver as `disturb` says. */
    function disturbed(disturb: (pass: () => void, count: number) => void): FleetOptions {
      let count = 0;
      const openDriver = (events: DriverEvents) =>
        BrokerDriver.open(target.broker, 'SW-RELAY-002', {
          ...events,
          onPost: (deviceId, message) => disturb(() => events.onPost(deviceId, message), count++),
        });
      return aFleet(target, { lostAfterMs: 1_000, openDriver });
    }

    it('finds sets lost whose posts do not come', async () => {
      const result = await new FleetRun(
        disturbed((pass, count) => {
          if (count % 10 !== 9) pass();
        }),
      ).run();
      const { sent, answered, lost } = result.load;
      expect(lost).toBeGreaterThan(0);
      expect(answered + lost).toBe(sent);
      expect(result).toMatchObject({ ok: false, problems: [`${lost} sets were lost: no post in time`] });
    });

    it('finds posts that come twice', async () => {
      const result = await new FleetRun(
        disturbed((pass, count) => {
          pass();
          if (count % 10 === 9) pass();
        }),
      ).run();
      const { doubled } = result.load;
      expect(doubled).toBeGreaterThan(0);
      expect(result).toMatchObject({ ok: false, problems: [`${doubled} posts came twice`] });
    });
  });

  it('on two machines adds up to the whole', async () => {
    const parts = await Promise.all(
      [0, 1].map((index) => new FleetRun(aFleet(target, { boards: 21, shard: { index, of: 2 }, ratePerS: 20 })).run()),
    );
    expect(parts.map(({ boards }) => boards.wanted)).toEqual([11, 10]);
    const sum = mergeResults(parts.map((part) => readResult(JSON.stringify(part))));
    // Each hears the boards of the other as well, and takes no account of them.
    expect(sum).toMatchObject({ shards: { of: 2, indices: [0, 1] }, boards: { wanted: 21, online: 21 } });
    expect(sum.load.answered).toBe(parts[0]!.load.answered + parts[1]!.load.answered);
    expect(sum.load.latencyUs.count).toBe(sum.load.answered);
    expect(sum.load.latencyUs.max).toBe(Math.max(...parts.map(({ load }) => load.latencyUs.max)));
    expect(sum.machines).toHaveLength(2);
    expect(() => mergeResults([parts[0]!, parts[0]!])).toThrow('one shard is there twice');
    expect(mergeResults([parts[1]!])).toMatchObject({ ok: false, problems: ['shards are missing: 0/2'] });
  });
});

describe('a fleet at the dev cloud', () => {
  let cloud: Cloud;
  let target: Target;

  beforeEach(async () => {
    cloud = await createCloud({
      dataDir: ':memory:',
      host: '127.0.0.1',
      apiPort: 0,
      mqttPort: 0,
      wsPort: 0,
      reconnectSpread: 1,
      products: [loadProduct('SW-RELAY-002')],
      user: USER,
      log: () => {},
    });
    const answer = await fetch(`${cloud.apiUrl}/api/v1/users/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: USER.name, password: USER.password }),
    });
    const { data } = (await answer.json()) as { data: { token: string } };
    target = {
      kind: 'cloud',
      environment: { name: 'dev', apiUrl: cloud.apiUrl },
      cloud: { wsUrl: cloud.wsUrl!, token: data.token },
    };
  });
  afterEach(() => cloud.close());

  it('is asked and heard by the WebSocket, and knows each set by its post', async () => {
    const result = await new FleetRun(aFleet(target, { workers: 2 })).run();
    expect(result.problems).toEqual([]);
    expect(result).toMatchObject({ ok: true, options: { path: 'cloud' }, boards: { online: 20 } });
    expect(result.load.answered).toBe(result.load.sent);
    expect(result.load.answered).toBeGreaterThan(0);
  });

  it('comes back after resets, and what was on its way is delivered then, or was answered before', async () => {
    const result = await new FleetRun(aFleet(target, { chaosPerS: 10, forMs: 2_000, cuts: ['reset'] })).run();
    expect(result.problems).toEqual([]);
    const { sent, answered, cutOff, lost, resets } = result.load;
    expect(resets).toBeGreaterThan(0);
    expect(lost).toBe(0);
    expect(answered + cutOff).toBe(sent);
    expect(result.boards.online).toBe(20);
  });

  it('counts what the cloud refuses', async () => {
    // Boards think that they are told properties; the cloud, that its product takes actions alone.
    const product = { ...loadProduct('SW-RELAY-002'), controlMode: 'generic' as const };
    const odd = { ...product, properties: product.properties.filter(({ key }) => key === 'relay0') };
    const result = await new FleetRun(aFleet(target, { product: odd })).run();
    expect(result.ok).toBe(false);
    expect(result.load.refused).toBe(result.load.sent);
    expect(result.problems).toEqual([`${result.load.sent} sets were refused`]);
  });
});
