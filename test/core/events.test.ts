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

  it('begins empty', () => {
    expect(new EventRing().list()).toEqual([]);
  });
});
