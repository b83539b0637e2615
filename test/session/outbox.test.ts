import { describe, expect, it } from 'vitest';
import { Outbox } from '../../src/session/outbox.js';

/** What waits, in its order. */
function drain(outbox: Outbox): unknown[] {
  const all: unknown[] = [];
  for (let waiting = outbox.peek(); waiting !== undefined; waiting = outbox.peek()) {
    all.push(waiting.payload);
    outbox.shift();
  }
  return all;
}

describe('the outbox', () => {
  it('keeps the order, and of more than it holds the newest', () => {
    const outbox = new Outbox(3);
    for (const payload of ['1', '2', '3', '4']) outbox.push('serviceReply', payload);
    expect([drain(outbox), outbox.dropped]).toEqual([['2', '3', '4'], 1]);
  });

  it('has the latest of what an update says of itself, and drops nothing else for it', () => {
    const outbox = new Outbox(3);
    outbox.push('otaProgress', '5 %');
    outbox.push('otaInform', '1.0.0');
    outbox.push('eventPost', 'event');
    outbox.push('otaProgress', '10 %');
    outbox.push('otaInform', '2.0.0');
    expect([drain(outbox), outbox.dropped]).toEqual([['event', '10 %', '2.0.0'], 0]);
  });

  it('keeps what has happened and which build this is over the end of a session, and nothing else', () => {
    const outbox = new Outbox(8);
    outbox.push('serviceReply', 'reply');
    outbox.push('eventPost', 'event');
    outbox.push('otaProgress', '5 %');
    outbox.push('otaInform', '1.0.0');
    outbox.clear();
    expect(drain(outbox)).toEqual(['event', '1.0.0']);
  });
});
