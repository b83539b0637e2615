import { describe, expect, test } from 'vitest';
import { BlackoutService } from '../../../host-sim/cloud/domain/telemetry/blackouts.js';
import type { UserView } from '../../../host-sim/cloud/domain/users.js';
import { EventHub } from '../../../host-sim/cloud/events.js';
import { OfflineStore } from '../../../host-sim/cloud/store/offline-store.js';
import { openDomain } from '../support/domain.js';
import { STATION } from '../support/products.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const SOMEBODY = { userId: 1 } as UserView;
const FIRST = { page: 1, size: 20 };

/** A cloud with a device whose coming and going is told by hand. */
async function withDevice() {
  const { services, clock } = await openDomain();
  services.products.seed([STATION]);
  const { productKey } = STATION;
  const deviceSN = 'PS500';
  const deviceId = services.activation.register({ productKey, deviceSN, projectId: 'proj_default' });
  const board = { deviceId, productKey, deviceSN };
  const events = {
    online: (hub = services.events) => hub.emit('deviceOnline', { ...board, at: clock.now }),
    offline: (hub = services.events) => hub.emit('deviceOffline', { ...board, reason: 'will', at: clock.now }),
  };
  return { services, clock, deviceId, ...events };
}

describe('the log of boards that are away', () => {
  test('costs one row when a board goes, and its change when it comes', async () => {
    const { services, online, offline, clock } = await withDevice();
    const { database, writes } = services;
    const changes = () => database.prepare('SELECT total_changes()').pluck().get() as number;
    const cost = (happens: () => void) => {
      const before = changes();
      happens();
      writes.flush();
      return changes() - before;
    };
    expect(cost(online)).toBe(0);
    for (let count = 0; count < 3; count += 1) {
      clock.advance(MINUTE);
      expect([cost(offline), cost(online), cost(online)]).toEqual([1, 1, 0]);
    }
  });

  test('claims of a time that ended with the cloud’s own death only what was written down until then', async () => {
    const { services, online, offline, clock, deviceId } = await withDevice();
    online();
    offline();
    services.writes.flush();
    clock.advance(HOUR);
    services.telemetry.blackouts.prune();
    clock.advance(20 * MINUTE);
    // Another one over the same database: nobody has closed the first.
    clock.advance(5 * HOUR);
    const { database, access, writes } = services;
    const hub = new EventHub({ onListenerError: () => {} });
    const now = () => clock.now;
    const next = new BlackoutService({ store: new OfflineStore(database), access, writes, events: hub, now });
    const stats = () => next.stats(SOMEBODY, deviceId, FIRST);
    expect(stats()).toMatchObject({ count: 1, totalSeconds: 3_600 });
    clock.advance(10 * MINUTE);
    online(hub);
    expect(stats().blackouts.list).toEqual([
      {
        from: '2026-01-10T15:30:00.000Z',
        to: '2026-01-10T22:00:00.000Z',
        seconds: 4_200,
        reason: 'unknown',
      },
    ]);
  });

  test('says nothing below zero where the clock was set back', async () => {
    const { services, online, offline, clock, deviceId } = await withDevice();
    online();
    offline();
    clock.set(-HOUR);
    expect(services.telemetry.blackouts.stats(SOMEBODY, deviceId, FIRST)).toMatchObject({ count: 1, totalSeconds: 0 });
    online();
    expect(services.telemetry.blackouts.stats(SOMEBODY, deviceId, FIRST).longestSeconds).toBe(0);
  });
});
