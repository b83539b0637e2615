import { describe, expect, it } from 'vitest';
import { DIARY, fullDiary } from '../../host-sim/fleet/full-diary.js';
import { createMemoryStores } from '../../host-sim/host/memory-storage.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { type BoardEvent, EVENT_RING_SIZE } from '../../src/core/events.js';
import type { RecordStorage } from '../../src/ports/storage.js';
import { JsonRecord } from '../../src/records/json-record.js';
import { LiveBoard } from '../support/live-board.js';

const LONG_AGO = Date.UTC(2026, 0, 2);

function eventsIn(storage: RecordStorage): BoardEvent[] {
  const record = new JsonRecord<{ events: BoardEvent[] }>(storage, createNodeText(), DIARY, (value) => value as never);
  return record.read()?.events ?? [];
}

describe('a full diary', () => {
  it('has as many events as a board keeps', () => {
    const { storage } = createMemoryStores();
    storage.write(DIARY, fullDiary(LONG_AGO));
    expect(eventsIn(storage)).toHaveLength(EVENT_RING_SIZE);
  });

  it('is what a board remembers of its life: it goes on with it', async () => {
    const stores = createMemoryStores();
    stores.storage.write(DIARY, fullDiary(LONG_AGO));
    const { board } = new LiveBoard('http://127.0.0.1:1', { stores });
    await board.stop();
    const events = eventsIn(stores.storage);
    expect(events.filter(({ at }) => at === LONG_AGO).length).toBeGreaterThan(EVENT_RING_SIZE / 2);
    expect(events.map(({ name }) => name)).toContain('booted');
    expect(events.at(-1)?.at).toBeGreaterThan(LONG_AGO);
  });
});
