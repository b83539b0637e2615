import { type BoardEvent, EVENT_RING_SIZE } from '../../src/core/events.js';
import { ENVELOPE_BYTES, sealRecord } from '../../src/core/record-envelope.js';

/** The store's key of it. */
export const DIARY = 'events';

/** The record of a board whose ring of events is full: with it, what a board takes does not grow any more with what it lives through. */
export function fullDiary(nowMs: number): Uint8Array {
  const event: BoardEvent<'state_changed'> = {
    name: 'state_changed',
    level: 'info',
    at: nowMs,
    data: { from: 'connecting', to: 'online' },
  };
  const json = Buffer.from(JSON.stringify({ events: Array(EVENT_RING_SIZE).fill(event) }));
  const record = new Uint8Array(ENVELOPE_BYTES + json.length);
  record.set(json, ENVELOPE_BYTES);
  sealRecord(record, json.length);
  return record;
}
