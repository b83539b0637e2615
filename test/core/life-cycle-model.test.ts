import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActivationFailure, SessionLoss } from '../../src/core/backoff.js';
import {
  advanceLife,
  INITIAL_LIFE,
  type LifeEffect,
  type LifeEvent,
  type LifeState,
} from '../../src/core/life-cycle.js';

const failure: fc.Arbitrary<ActivationFailure> = fc.oneof(
  fc.constant({ kind: 'broken', reason: 'closed' } as const),
  fc.record({ kind: fc.constant('throttled' as const), retryAfterMs: fc.nat() }),
  fc.constant({ kind: 'unable', reason: 'no CA' } as const),
  fc.record({
    kind: fc.constant('refused' as const),
    status: fc.constantFrom(400, 401, 403, 404),
    word: fc.constantFrom('device_in_use', 'invalid_product_key', 'refused'),
  }),
);
const loss: fc.Arbitrary<SessionLoss> = fc.oneof(
  fc.record({ kind: fc.constant('refused' as const), code: fc.integer({ min: 1, max: 5 }) }),
  fc.constant({ kind: 'subscribe_refused' } as const),
  fc.constant({ kind: 'failed', reason: 'closed' } as const),
);
const flag = fc.boolean();
const anyEvent: fc.Arbitrary<LifeEvent> = fc.oneof(
  fc.record({ type: fc.constant('started' as const), provisioned: flag, activated: flag }),
  fc.constantFrom<LifeEvent>(
    { type: 'joined' },
    { type: 'setup', activated: false },
    { type: 'setup', activated: true },
    { type: 'setup_failed', activated: true },
    { type: 'network_lost', reason: 'wrong_password' },
    { type: 'network_lost', reason: 'lost' },
    { type: 'clock_done' },
    { type: 'activated' },
    { type: 'moved', activated: true },
    { type: 'moved', activated: false },
    { type: 'session_online' },
    { type: 'update_began' },
    { type: 'update_ended' },
    { type: 'retry_due' },
    { type: 'stable' },
  ),
  failure.map((value): LifeEvent => ({ type: 'activation_failed', failure: value })),
  loss.map((value): LifeEvent => ({ type: 'session_lost', loss: value })),
);
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

function expectSound(before: LifeState, event: LifeEvent, state: LifeState, effects: readonly LifeEffect[]): void {
  for (const effect of effects) {
    if (effect.type === 'connect') expect(state).toMatchObject({ phase: 'connecting', activated: true });
    if (effect.type === 'activate') expect(state.phase).toBe('activating');
    if (effect.type === 'join') expect(['joining', 'provisioning']).toContain(state.phase);
    if (effect.type === 'retry') {
      expect(effect.delayMs).toBeGreaterThanOrEqual(0);
      expect(effect.delayMs).toBeLessThanOrEqual(3_600_000 + 120_000);
    }
  }
  // Two things are never begun by one event, and a wait begins nothing beside it.
  expect(effects.filter(({ type }) => type !== 'release' && type !== 'open_setup').length).toBeLessThanOrEqual(1);
  if (state.phase === 'online' || state.phase === 'updating') expect(state.activated).toBe(true);
  if (before.activated && !event.type.startsWith('setup') && event.type !== 'moved') expect(state.activated).toBe(true);
  if (before.provisioned) expect(state.provisioned).toBe(true);
  if (before.phase === 'stopped') expect(state).toBe(before);
  if (event.type === 'stop') expect(state.phase).toBe('stopped');
}

describe('any sequence of events', () => {
  it('keeps the invariants, and stop is final', () => {
    const events = fc.array(
      fc.oneof({ weight: 30, arbitrary: anyEvent }, { weight: 1, arbitrary: fc.constant<LifeEvent>({ type: 'stop' }) }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(events, random, (sequence, chance) => {
        let state: LifeState = INITIAL_LIFE;
        for (const event of sequence) {
          const before = Object.freeze(state);
          const step = advanceLife(before, event, { random: chance, spreadMs: 10_000, nowMs: 0, hasButton: false });
          expectSound(before, event, step.state, step.effects);
          state = step.state;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** What a driver has under way: the end of which will be an event. */
type UnderWay = 'join' | 'sync_clock' | 'activate' | 'connect' | 'session' | 'update' | 'retry';

/** A driver as the board's, that answers what it is told to do by chance. */
class Driver {
  state: LifeState = INITIAL_LIFE;
  underWay: UnderWay | undefined;
  watching = false;
  onlineTimes = 0;

  advance(event: LifeEvent, chance: number): void {
    const before = this.state;
    const { state, effects } = advanceLife(before, event, {
      random: chance,
      spreadMs: 10_000,
      nowMs: 0,
      hasButton: false,
    });
    expectSound(before, event, state, effects);
    this.state = state;
    if (event.type === 'session_online') {
      this.underWay = 'session';
      this.onlineTimes++;
    }
    for (const effect of effects) {
      if (effect.type === 'release') {
        this.underWay = undefined;
        this.watching = false;
      } else if (effect.type === 'watch_stability') {
        expect(this.watching).toBe(false);
        this.watching = true;
      } else if (effect.type !== 'open_setup') {
        expect(this.underWay, `${effect.type} while something is under way`).toBeUndefined();
        this.underWay = effect.type;
      }
    }
    // The download that the session has been left for.
    if (event.type === 'update_began' && before.phase === 'online') this.underWay = 'update';
    const waiting = !['boot', 'unprovisioned', 'stopped'].includes(state.phase);
    expect(this.underWay !== undefined, `${state.phase} after ${event.type}`).toBe(waiting);
    expect(this.watching && state.phase !== 'online').toBe(false);
  }

  /** What is under way ends, well or badly. */
  finish(well: boolean, bad: { failure: ActivationFailure; loss: SessionLoss }, chance: number): void {
    const ended = this.underWay;
    if (ended === undefined) throw new Error('the board is stuck: nothing is under way');
    if (ended === 'session' && well) {
      if (!this.watching) return;
      this.watching = false;
      this.advance({ type: 'stable' }, chance);
    } else if (ended === 'session') this.advance({ type: 'session_lost', loss: bad.loss }, chance);
    else {
      this.underWay = undefined;
      this.advance(endOf(ended, well, bad), chance);
    }
  }
}

/** The event in which something ends, well or badly. */
function endOf(
  what: Exclude<UnderWay, 'session'>,
  well: boolean,
  bad: { failure: ActivationFailure; loss: SessionLoss },
): LifeEvent {
  switch (what) {
    case 'join':
      return well ? { type: 'joined' } : { type: 'network_lost', reason: 'timeout' };
    case 'sync_clock':
      return { type: 'clock_done' };
    case 'activate':
      return well ? { type: 'activated' } : { type: 'activation_failed', failure: bad.failure };
    case 'connect':
      return well ? { type: 'session_online' } : { type: 'session_lost', loss: bad.loss };
    case 'update':
      return { type: 'update_ended' };
    case 'retry':
      return { type: 'retry_due' };
  }
}

describe('a driver that answers every effect by chance', () => {
  const step = fc.record({
    well: flag,
    networkLost: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
    moved: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
    updates: fc.integer({ min: 0, max: 9 }).map((chance) => chance === 0),
    failure,
    loss,
    chance: random,
  });

  it('never gets stuck, never has two things under way, and is online soon once all goes well', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), flag, (steps, activated) => {
        const driver = new Driver();
        driver.advance({ type: 'started', provisioned: true, activated }, 0);
        for (const { well, networkLost, moved, updates, chance, ...bad } of steps) {
          if (moved) driver.advance({ type: 'moved', activated: well }, chance);
          else if (updates) driver.advance({ type: 'update_began' }, chance);
          else if (networkLost) driver.advance({ type: 'network_lost', reason: 'lost' }, chance);
          else driver.finish(well, bad, chance);
        }
        const none = { failure: { kind: 'broken', reason: '' }, loss: { kind: 'failed', reason: '' } } as const;
        for (let i = 0; i < 8 && driver.state.phase !== 'online'; i++) driver.finish(true, none, 0.5);
        expect(driver.state.phase).toBe('online');
        driver.finish(true, none, 0.5);
        expect(driver.state).toMatchObject({
          joinFailures: 0,
          cloudFailures: 0,
          credentialRefusals: 0,
          hopeless: false,
        });
      }),
      { numRuns: 1_000 },
    );
  });
});
