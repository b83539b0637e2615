import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Curve, thinned, within } from '../../host-sim/panel/views/plots/curve.js';
import { History, MOST_POINTS } from '../../host-sim/panel/views/plots/history.js';
import { changesOf, heightOf, laneOf } from '../../host-sim/panel/views/plots/lanes.js';
import { figuresOf, percentile, ReplyTimes } from '../../host-sim/panel/views/plots/latency.js';
import { loadHistory, PAGE_SIZE } from '../../host-sim/panel/views/plots/load-history.js';
import { moved, pulled, zoomed } from '../../host-sim/panel/views/plots/spans.js';

const points = (...values: readonly unknown[]) => values.map((value, at) => ({ at, value }));

describe('the history of a board', () => {
  it('is in order, and has nothing twice, however it comes', () => {
    const report = fc.record({
      at: fc.nat(20),
      value: fc.oneof(fc.nat(3), fc.boolean(), fc.constant(null), fc.constant({ a: 1 })),
    });
    fc.assert(
      fc.property(fc.array(report), (reports) => {
        const history = new History();
        for (const { at, value } of reports) history.add('k', at, value);
        const kept = history.of('k');
        expect(kept.map(({ at }) => at)).toEqual(kept.map(({ at }) => at).sort((a, b) => a - b));
        const said = (some: typeof reports) => new Set(some.map((one) => JSON.stringify(one)));
        expect(said([...kept] as typeof reports)).toEqual(said(reports));
        expect(kept).toHaveLength(said(reports).size);
      }),
    );
  });

  it('is bounded: 10,000 points a property, of which the newest stay, and 64 properties', () => {
    const history = new History();
    for (let at = 0; at < MOST_POINTS + 5; at++) history.add('k', at, at);
    expect(history.of('k')).toHaveLength(MOST_POINTS);
    expect(history.of('k')[0]).toEqual({ at: 5, value: 5 });
    for (let i = 0; i < 100; i++) history.add(`k${i}`, 0, 0);
    expect(history.keys).toHaveLength(64);
    expect(history.of('__proto__')).toEqual([]);
  });

  it('has no place for what has no time', () => {
    expect(new History().add('k', Number.NaN, 1)).toBe(false);
  });
});

describe('what the cloud has of a board', () => {
  /** A cloud with so many reports, one a second; `meanwhile`: others that come before each further page. */
  const cloud = (count: number, meanwhile = 0) => {
    const asked: number[] = [];
    let newest = count;
    const ask = async (page: number) => {
      asked.push(page);
      if (page > 1) newest += meanwhile;
      const first = newest - (page - 1) * PAGE_SIZE;
      const list = Array.from({ length: Math.max(0, Math.min(PAGE_SIZE, first)) }, (_, i) => {
        return { key: 'k', value: first - i, reportedAt: new Date((first - i) * 1_000).toISOString() };
      });
      return { list, total: newest };
    };
    return { asked, ask };
  };

  it('is read page by page, to the end', async () => {
    const history = new History();
    const { ask, asked } = cloud(2_500);
    expect(await loadHistory(ask, history)).toBe(true);
    expect(asked).toEqual([1, 2, 3]);
    expect(history.of('k').map(({ value }) => value)).toEqual(Array.from({ length: 2_500 }, (_, i) => i + 1));
  });

  it('is read without a hole while more comes', async () => {
    const history = new History();
    await loadHistory(cloud(2_500, 7).ask, history);
    expect(history.of('k')).toHaveLength(2_500);
  });

  it('is read as far as 10,000 points, the newest', async () => {
    const history = new History();
    const { ask, asked } = cloud(25_000);
    expect(await loadHistory(ask, history)).toBe(false);
    expect(asked).toHaveLength(10);
    expect(history.of('k')[0]?.value).toBe(15_001);
  });

  it('may be nothing', async () => {
    expect(await loadHistory(cloud(0).ask, new History())).toBe(true);
  });
});

describe('the lane of a property', () => {
  it('is that of its type', () => {
    expect(laneOf({ type: 'integer' }, [])).toEqual({ kind: 'numbers', isStepped: true });
    expect(laneOf({ type: 'number' }, [])).toEqual({ kind: 'numbers', isStepped: false });
    expect(laneOf({ type: 'boolean' }, [])).toEqual({ kind: 'levels', levels: [false, true] });
    expect(laneOf({ type: 'enum', values: ['up', 'down'] }, points('down', 'stuck', 3))).toEqual({
      kind: 'levels',
      levels: ['stuck', 'down', 'up'],
    });
  });

  it('is that of its values where the product says nothing', () => {
    expect(laneOf(undefined, points(1, 2))).toEqual({ kind: 'numbers', isStepped: true });
    expect(laneOf(undefined, points(1, 2.5))).toEqual({ kind: 'numbers', isStepped: false });
    expect(laneOf(undefined, points(true, false))).toEqual({ kind: 'levels', levels: [false, true] });
    expect(laneOf(undefined, points('power_on'))).toEqual({ kind: 'texts' });
    expect(laneOf(undefined, points(1, 'two'))).toEqual({ kind: 'texts' });
    expect(laneOf(undefined, [])).toEqual({ kind: 'texts' });
  });

  it('has at most 16 levels, whatever a board makes up', () => {
    const lane = laneOf({ type: 'enum', values: ['a'] }, points(...Array.from({ length: 100 }, (_, i) => `v${i}`)));
    expect(lane.kind === 'levels' && lane.levels.length).toBe(16);
    expect(heightOf(lane, 'v99')).toBeNull();
  });

  it('gives every value of its kind a height, and others a gap', () => {
    const numbers = { kind: 'numbers', isStepped: true } as const;
    expect([1.5, '1', null, true, Number.NaN, {}].map((value) => heightOf(numbers, value))).toEqual([
      1.5,
      null,
      null,
      null,
      null,
      null,
    ]);
    const levels = { kind: 'levels', levels: [false, true] } as const;
    expect([true, false, 'true', 1].map((value) => heightOf(levels, value))).toEqual([1, 0, null, null]);
  });

  it('knows when a value became another', () => {
    expect(changesOf(points('a', 'a', 'b', 'b', 'a'), 10).map(({ at }) => at)).toEqual([4, 2, 0]);
    expect(changesOf(points({ a: 1 }, { a: 1 }, 'b'), 1).map(({ at }) => at)).toEqual([2]);
  });
});

describe('the points of a span', () => {
  it('are those in it, and the neighbours on both sides', () => {
    const span = fc.tuple(fc.nat(30), fc.nat(30)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
    fc.assert(
      fc.property(fc.array(fc.nat(30)), span, (times, { from, to }) => {
        const sorted = times.sort((a, b) => a - b).map((at) => ({ at, value: at }));
        const before = sorted.filter(({ at }) => at < from).slice(-1);
        const inside = sorted.filter(({ at }) => at >= from && at < to);
        const after = sorted.filter(({ at }) => at >= to).slice(0, 1);
        expect(within(sorted, { from, to })).toEqual([...before, ...inside, ...after]);
      }),
    );
  });
});

describe('a curve of too many points', () => {
  const curves = fc
    .array(fc.tuple(fc.nat(1_000), fc.option(fc.integer())), { minLength: 1, maxLength: 300 })
    .map((some): Curve => {
      const sorted = some.sort(([a], [b]) => a - b);
      return { xs: sorted.map(([x]) => x), ys: sorted.map(([, y]) => y) };
    });

  it('is thinned to what is asked for, keeps its ends and extremes, its order, and invents nothing', () => {
    fc.assert(
      fc.property(curves, fc.integer({ min: 4, max: 80 }), (curve, most) => {
        const { xs, ys } = thinned(curve, most);
        expect(xs.length).toBe(ys.length);
        expect(xs.length).toBeLessThanOrEqual(Math.max(most, 4));
        expect([xs[0], xs.at(-1)]).toEqual([curve.xs[0], curve.xs.at(-1)]);
        const heights = (some: Curve['ys']) => some.filter((y) => y !== null);
        if (heights(curve.ys).length > 0) {
          expect(Math.max(...heights(ys))).toBe(Math.max(...heights(curve.ys)));
          expect(Math.min(...heights(ys))).toBe(Math.min(...heights(curve.ys)));
        }
        let from = 0;
        for (const [i, x] of xs.entries()) {
          from = curve.xs.findIndex((other, place) => place >= from && other === x && curve.ys[place] === ys[i]) + 1;
          expect(from).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('stays as it is where it is short', () => {
    const curve = { xs: [1, 2], ys: [1, null] };
    expect(thinned(curve)).toEqual(curve);
  });
});

describe('a span', () => {
  it('is looked at closer and from farther away around its middle, within bounds', () => {
    expect(zoomed({ from: 0, to: 1_000 }, 0.5, 9_999)).toEqual({ from: 250, to: 750 });
    expect(zoomed({ from: 0, to: 1_000 }, 100, 4_000)).toEqual({ from: -1_500, to: 2_500 });
    expect(zoomed({ from: 0, to: 150 }, 0.01, 4_000)).toEqual({ from: 25, to: 125 });
  });

  it('is moved by its length, and not beyond now', () => {
    expect(moved({ from: 0, to: 100 }, -0.5, 1_000)).toEqual({ from: -50, to: 50 });
    expect(moved({ from: 900, to: 1_000 }, 5, 1_000)).toEqual({ from: 1_000, to: 1_100 });
  });

  it('is pulled either way', () => {
    expect(pulled(500, 100)).toEqual({ from: 100, to: 500 });
    expect(pulled(100, 101)).toEqual({ from: 100, to: 200 });
  });
});

describe('the latency of commands', () => {
  it('is told by nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => ({ at: 0, ms: 100 - i }));
    expect(figuresOf(hundred)).toEqual({ count: 100, p50: 50, p95: 95, max: 100 });
    expect(figuresOf([{ at: 0, ms: 7 }])).toEqual({ count: 1, p50: 7, p95: 7, max: 7 });
    expect(figuresOf([])).toBeUndefined();
  });

  it('of p percent is one of the values, which at least p percent do not exceed and fewer than p percent fall below', () => {
    const sorted = fc.array(fc.nat(), { minLength: 1 }).map((some) => some.sort((a, b) => a - b));
    fc.assert(
      fc.property(sorted, fc.integer({ min: 1, max: 100 }), (values, percent) => {
        const value = percentile(values, percent);
        const share = (some: readonly number[]) => (some.length / values.length) * 100;
        expect(share(values.filter((one) => one <= value))).toBeGreaterThanOrEqual(percent);
        expect(share(values.filter((one) => one < value))).toBeLessThan(percent);
      }),
    );
  });

  const set = (id: unknown) => ({ path: 'thing/service/property/set', payload: { id } });
  const reply = (id: unknown) => ({ path: 'thing/service/property/set_reply', payload: { id, code: 200 } });

  it('is the time from a command to the answer of the same id, once', () => {
    const times = new ReplyTimes();
    expect(times.hear(set('1'), 1_000)).toBeUndefined();
    expect(times.hear(set('2'), 1_010)).toBeUndefined();
    expect(times.hear(reply('1'), 1_040)).toBe(40);
    expect(times.hear(reply('1'), 1_050)).toBeUndefined();
    expect(times.hear(reply(2), 1_060)).toBe(50);
  });

  it('counts from the first time that a command was sent', () => {
    const times = new ReplyTimes();
    times.hear(set('1'), 0);
    times.hear(set('1'), 5_000);
    expect(times.hear(reply('1'), 5_020)).toBe(5_020);
  });

  it('is not made of anything else', () => {
    const times = new ReplyTimes();
    for (const payload of [null, 'text', 7, {}, { id: {} }, { id: 'x'.repeat(65) }]) {
      times.hear({ path: 'thing/service/property/set', payload }, 0);
      expect(times.hear({ path: 'thing/service/property/set_reply', payload }, 1)).toBeUndefined();
    }
    expect(times.hear(reply('never sent'), 1)).toBeUndefined();
    times.hear(set('old'), 0);
    expect(times.hear(reply('old'), 60_001)).toBeUndefined();
  });

  it('forgets the oldest of too many commands that nobody answers', () => {
    const times = new ReplyTimes();
    for (let id = 0; id < 65; id++) times.hear(set(id), id);
    expect(times.hear(reply(0), 100)).toBeUndefined();
    expect(times.hear(reply(64), 100)).toBe(36);
  });
});
