import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdMemory } from '../../src/core/id-memory.js';

const OK = { code: 200, message: undefined };

describe('the id memory', () => {
  it('remembers an id and its answer for 120 s', () => {
    const memory = new IdMemory();
    memory.add('1', 1_000, { code: 460, message: 'why' });
    expect(memory.find('1', 1_000)).toEqual({ code: 460, message: 'why' });
    expect(memory.find('1', 121_000)).toEqual({ code: 460, message: 'why' });
    expect(memory.find('1', 121_001)).toBeUndefined();
    expect(memory.find('2', 1_000)).toBeUndefined();
  });

  it('remembers sixteen and forgets the oldest first', () => {
    const memory = new IdMemory();
    for (let i = 0; i < 17; i++) memory.add(`${i}`, 0, OK);
    expect(memory.find('0', 0)).toBeUndefined();
    for (let i = 1; i < 17; i++) expect(memory.find(`${i}`, 0)).toBe(OK);
  });

  it('takes an id anew that it had forgotten', () => {
    const memory = new IdMemory();
    memory.add('1', 0, OK);
    memory.add('1', 200_000, { code: 460, message: undefined });
    expect(memory.find('1', 200_000)?.code).toBe(460);
  });

  it('is what a list of the last sixteen of the last 120 s would be', () => {
    const step = fc.record({ id: fc.nat({ max: 30 }).map(String), passMs: fc.nat({ max: 20_000 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const memory = new IdMemory();
        let list: { id: string; at: number; code: number }[] = [];
        let now = 0;
        for (const [code, { id, passMs }] of steps.entries()) {
          now += passMs;
          const expected = list.find((entry) => entry.id === id && now - entry.at <= 120_000);
          expect(memory.find(id, now)?.code).toBe(expected?.code);
          if (expected) continue;
          memory.add(id, now, { code, message: undefined });
          list = [...list, { id, at: now, code }].slice(-16);
        }
      }),
    );
  });
});
