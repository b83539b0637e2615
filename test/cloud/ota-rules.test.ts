import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextStep, type Progress, shareOf, stageOf } from '../../host-sim/cloud/domain/campaign-rules.js';
import {
  ENDED_STATES,
  fellSilent,
  informed,
  isOpen,
  OPEN_STATES,
  progressed,
  wentOffline,
} from '../../host-sim/cloud/domain/update-states.js';

describe('the rules of an update', () => {
  const anyState = fc.constantFrom(...OPEN_STATES, ...ENDED_STATES);
  const anyStanding = fc.record({
    state: anyState,
    wasTold: fc.boolean(),
    mayTell: fc.boolean(),
    isAborted: fc.boolean(),
  });
  const step = fc.integer({ min: -4, max: 100 });

  test('only the new version, said by the board, is success, and it always is', () => {
    fc.assert(
      fc.property(anyStanding, step, (standing, percent) => {
        const others = [
          informed(standing, 'older', '1.0.0'),
          informed(standing, 'newer', '9.0.0'),
          progressed(standing, percent, ''),
          wentOffline(standing),
          fellSilent(standing, 60),
        ];
        for (const change of others) expect(change?.state).not.toBe('updated');
        expect(informed(standing, 'same', '1.1.0')?.state ?? standing.state).toBe('updated');
      }),
    );
  });

  test('what has ended stays ended but for that, and what was aborted or failed is never told', () => {
    fc.assert(
      fc.property(anyStanding, step, (standing, percent) => {
        const changes = [
          informed(standing, 'older', '1.0.0'),
          informed(standing, 'newer', '9.0.0'),
          progressed(standing, percent, ''),
          wentOffline(standing),
          fellSilent(standing, 60),
        ];
        if (!isOpen(standing.state)) {
          for (const change of changes) expect(change?.state ?? standing.state).toBe(standing.state);
        }
        if (!standing.mayTell) for (const change of changes) expect(change?.state).not.toBe('told');
      }),
    );
  });
});

describe('the rules of a campaign', () => {
  const progress = fc
    .record({ rest: fc.nat(50), pending: fc.nat(50), underWay: fc.nat(50), updated: fc.nat(50), failed: fc.nat(50) })
    .map(({ rest, ...reached }): Progress => ({ ...reached, open: rest + reached.pending + reached.underWay }));

  test('it never grows when its share of failures is as high as what ends it, nor on nothing', () => {
    fc.assert(
      fc.property(progress, fc.integer({ min: 1, max: 100 }), (now, abortPercent) => {
        if (nextStep(now, abortPercent, { isLast: false, isOver: true }) !== 'grow') return;
        const ended = now.updated + now.failed;
        expect(ended).toBeGreaterThan(0);
        expect((now.failed / ended) * 100).toBeLessThan(abortPercent);
      }),
    );
  });

  test('every board is in one stage, each stage holds its share, and the last one all', () => {
    const stages = fc
      .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 6 })
      .map((percents) => [...percents.sort((a, b) => a - b), 100]);
    fc.assert(
      fc.property(stages, fc.integer({ min: 1, max: 300 }), (percents, count) => {
        const places = Array.from({ length: count }, (_, place) => stageOf(place, count, percents));
        percents.forEach((percent, stage) => {
          const reached = places.filter((first) => first <= stage).length;
          expect(reached).toBe(shareOf(count, percent));
          expect(reached).toBeGreaterThan(0);
        });
        expect(shareOf(count, 100)).toBe(count);
      }),
    );
  });
});
