import { describe, expect, it } from 'vitest';
import { probeOf } from '../../host-sim/fleet/probe.js';
import { Tally } from '../../host-sim/fleet/tally.js';
import { shippedProduct } from '../../host-sim/products/load.js';

const PROBE = probeOf(shippedProduct('SW-RELAY-002')!)!;

/** A tally of boards that are online and have rested, at 1,000 ms. */
function tallyOf(boards: number, keepsSets = false): Tally {
  const tally = new Tally({ indices: Array.from({ length: boards }, (_, index) => index), probe: PROBE, keepsSets });
  for (let index = 0; index < boards; index++) tally.cameOnline(index, `dev_${index}`, 0);
  tally.isMeasuring = true;
  return tally;
}

function post(id: string, position: string): Record<string, unknown> {
  return { id, params: { position } };
}

describe('the account of a fleet', () => {
  it('counts a set from when it was due, and only what a timer cannot help it leaves out', () => {
    const tally = tallyOf(2);
    expect(tally.take(1_000)).toEqual({ index: 0, value: 'up' });
    tally.sent(0, 'up', 999, 1_000);
    tally.post('dev_0', post('1', 'up'), 1_001);
    expect(tally.latency.max).toBe(1_000);
    expect(tally.take(1_001)).toEqual({ index: 1, value: 'up' });
    tally.sent(1, 'up', 500, 1_001);
    tally.post('dev_1', post('1', 'up'), 1_002);
    expect(tally.latency.max).toBe(502_000);
    expect(tally.lateness.max).toBe(501_000);
    expect(tally.counts).toMatchObject({ sent: 2, answered: 2, lost: 0, doubled: 0 });
  });

  it('asks for what a board has not, and asks none that has just posted or has not answered yet', () => {
    const tally = tallyOf(1);
    expect(tally.take(1_000)?.value).toBe('up');
    tally.sent(0, 'up', 1_000, 1_000);
    expect(tally.take(2_000)).toBeUndefined();
    tally.post('dev_0', post('1', 'up'), 2_000);
    expect(tally.take(2_100)).toBeUndefined();
    expect(tally.take(2_150)?.value).toBe('down');
  });

  it('knows a set by what it asked for: a heartbeat is no answer', () => {
    const tally = tallyOf(1);
    tally.take(1_000);
    tally.sent(0, 'up', 1_000, 1_000);
    tally.post('dev_0', post('1', 'down'), 1_001);
    expect(tally.outstanding).toBe(1);
    expect(tally.counts).toMatchObject({ answered: 0, posts: 1 });
  });

  it('calls lost what has no post after 10 s, and asks that board again', () => {
    const tally = tallyOf(1);
    tally.take(1_000);
    tally.sent(0, 'up', 1_000, 1_000);
    tally.expire(10_999);
    expect(tally.counts.lost).toBe(0);
    tally.expire(11_000);
    expect(tally.counts).toMatchObject({ sent: 1, answered: 0, lost: 1 });
    expect(tally.take(11_150)?.index).toBe(0);
  });

  it('calls doubled what comes twice, of heartbeats, too', () => {
    const tally = tallyOf(1);
    tally.post('dev_0', post('7', 'down'), 1_000);
    tally.post('dev_0', post('7', 'down'), 1_001);
    tally.post('dev_0', post('8', 'down'), 1_002);
    expect(tally.counts.doubled).toBe(1);
  });

  it('does not call lost what was on its way to a board that was cut off', () => {
    const tally = tallyOf(1);
    tally.take(1_000);
    tally.sent(0, 'up', 1_000, 1_000);
    tally.cut(0, 'reset', 1_001);
    tally.wentOffline(0, 1_002);
    expect(tally.online).toBe(0);
    expect(tally.counts).toMatchObject({ cutOff: 1, resets: 1, drops: 0, lost: 0 });
    expect(tally.outstanding).toBe(0);
    tally.cameOnline(0, 'dev_0', 4_001);
    expect(tally.reconnect.max).toBe(3_000_000);
    expect(tally.online).toBe(1);
  });

  it('waits for the cloud to deliver it when the board is back, beside the latencies', () => {
    const tally = tallyOf(1, true);
    tally.take(1_000);
    tally.sent(0, 'up', 1_000, 1_000);
    tally.cut(0, 'silent', 1_001);
    expect(tally.isSettled).toBe(true);
    tally.wentOffline(0, 50_000);
    tally.cameOnline(0, 'dev_0', 55_000);
    tally.post('dev_0', post('1', 'up'), 55_010);
    expect(tally.counts).toMatchObject({ cutOff: 1, cutOffAnswered: 1, answered: 0, lost: 0 });
    expect(tally.latency.count).toBe(0);
    expect(tally.noticing.max).toBe(53_999_000);
  });

  it('calls a drop what nobody has done', () => {
    const tally = tallyOf(2);
    tally.wentOffline(1, 1_000);
    expect(tally.counts.drops).toBe(1);
    expect(tally.isOnline(1)).toBe(false);
  });

  it('leaves out of the figures what was set while it warmed up', () => {
    const tally = tallyOf(1);
    tally.isMeasuring = false;
    tally.take(1_000);
    tally.sent(0, 'up', 1_000, 1_000);
    tally.isMeasuring = true;
    tally.post('dev_0', post('1', 'up'), 5_000);
    expect(tally.counts).toMatchObject({ sent: 0, answered: 0 });
    expect(tally.latency.count).toBe(0);
    expect(tally.recent.count).toBe(1);
  });

  it('counts what was refused, once', () => {
    const tally = tallyOf(1);
    tally.take(1_000);
    tally.sent(0, 'up', 1_000, 1_000);
    tally.refused(0, 1_001);
    tally.refused(0, 1_002);
    expect(tally.counts).toMatchObject({ refused: 1, lost: 0 });
  });
});

describe('how boards of a product are set', () => {
  it('is by what answers soonest: a relay before a lamp, and a lamp before a motor', () => {
    const what = (key: string): string | undefined => probeOf(shippedProduct(key)!)?.what;
    expect(what('SW-RELAY-002')).toBe('position by action');
    expect(what('SW-GEN-001')).toBe('relay');
    expect(what('SW-DIM-001')).toBe('level');
    expect(what('SW-SERVO-001')).toBe('position by action');
    expect(what('SW-SENSE-001')).toBeUndefined();
  });

  it('asks for another value each time, within what the property takes', () => {
    const probe = probeOf(shippedProduct('SW-DIM-001')!)!;
    let seen = probe.next(undefined);
    for (let count = 0; count < 200; count++) {
      const next = probe.next(seen);
      expect(next).not.toBe(seen);
      expect(next).toBeGreaterThanOrEqual(50);
      expect(next).toBeLessThanOrEqual(100);
      seen = next;
    }
  });
});
