import { describe, expect, it } from 'vitest';
import { type BoardEvent, EVENT_RING_SIZE, EventRing } from '../../src/core/events.js';

const event = (at: number): BoardEvent => ({ name: 'stopped', level: 'info', at, data: {} });

describe('the event ring', () => {
  it('keeps the last 64 events, oldest first', () => {
    const ring = new EventRing();
    for (let at = 0; at < EVENT_RING_SIZE; at++) ring.add(event(at));
    expect(ring.list().map(({ at }) => at)).toEqual(Array.from({ length: 64 }, (_, at) => at));
    for (let at = 64; at < 1_000; at++) ring.add(event(at));
    expect(ring.list().map(({ at }) => at)).toEqual(Array.from({ length: 64 }, (_, i) => 936 + i));
  });

  it('gives the JSON of the newest that fit, oldest first, and the same events as before after that', () => {
    const ring = new EventRing();
    for (let at = 0; at < 10; at++) ring.add(event(at));
    const json = JSON.stringify(event(0));
    expect(ring.newest(3 * (json.length + 1))).toEqual([7, 8, 9].map((at) => JSON.stringify(event(at))));
    ring.add(event(10));
    expect(ring.newest(2 * json.length)).toEqual([JSON.stringify(event(10))]);
    expect(ring.newest(64 * (json.length + 2))).toHaveLength(11);
    expect(ring.list()).toEqual(Array.from({ length: 11 }, (_, at) => event(at)));
  });

  it('begins empty', () => {
    expect(new EventRing().list()).toEqual([]);
  });
});
