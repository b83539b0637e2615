import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireFact } from '../../host-sim/sim-api/board-port.js';
import { WireRing } from '../../host-sim/sim-api/wire-ring.js';
import { PINGREQ, said } from './fake-board.js';
import { Stage } from './stage.js';

const ALL = { after: 0, limit: 1_000_000 };
const seqs = (ring: WireRing, query = ALL): number[] => ring.read(query).map(({ seq }) => seq);

describe('the ring of the wire', () => {
  it('numbers what comes, over all boards, from 1', () => {
    const ring = new WireRing();
    expect([ring.newest, seqs(ring)]).toEqual([0, []]);
    for (const serial of ['A', 'B', 'A']) ring.add(serial, PINGREQ);
    expect(ring.read(ALL)).toEqual([
      { ...PINGREQ, seq: 1, serial: 'A' },
      { ...PINGREQ, seq: 2, serial: 'B' },
      { ...PINGREQ, seq: 3, serial: 'A' },
    ]);
    expect(ring.newest).toBe(3);
  });

  it('keeps the last 200 of a board, and a quiet one’s are not pushed out by a loud one', () => {
    const ring = new WireRing();
    ring.add('quiet', PINGREQ);
    for (let count = 0; count < 10_000; count++) ring.add('loud', PINGREQ);
    expect(seqs(ring)).toHaveLength(201);
    expect(seqs(ring).slice(0, 2)).toEqual([1, 9_802]);
  });

  it('keeps 20,000 of all, the oldest goes first', () => {
    const ring = new WireRing();
    for (let board = 0; board < 500; board++) {
      for (let count = 0; count < 100; count++) ring.add(`B${board}`, PINGREQ);
    }
    expect(seqs(ring)).toHaveLength(20_000);
    expect(seqs(ring)[0]).toBe(30_001);
    expect(ring.read({ ...ALL, serial: 'B0' })).toEqual([]);
    expect(ring.read({ ...ALL, serial: 'B499' })).toHaveLength(100);
  });

  it('keeps fewer where they are long', () => {
    const ring = new WireRing();
    for (let board = 0; board < 100; board++) {
      for (let count = 0; count < 200; count++) ring.add(`B${board}`, { ...PINGREQ, bytes: 1_000_000 });
    }
    expect(seqs(ring).length).toBe(Math.floor((32 * 1_048_576) / 4_608));
  });

  it('keeps fewer still of HTTP, of which three parts are kept', () => {
    const ring = new WireRing();
    const fact: WireFact = {
      kind: 'http',
      method: 'GET',
      url: 'http://cloud/',
      at: 1_000,
      bytes: 1_000_000,
      raw: '',
      requestHeaders: [],
      requestBody: '',
      status: 200,
      responseHeaders: [],
      responseBody: '',
      responseBytes: 990_000,
      durationMs: 1,
    };
    for (let board = 0; board < 100; board++) {
      for (let count = 0; count < 200; count++) ring.add(`B${board}`, fact);
    }
    expect(seqs(ring).length).toBe(Math.floor((32 * 1_048_576) / (3 * 4_096 + 512)));
  });

  it('gives pages that put together are all of it, whatever came and whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('A', 'B', 'C'), { maxLength: 900 }),
        fc.integer({ min: 1, max: 50 }),
        fc.option(fc.constantFrom('A', 'B', 'C'), { nil: undefined }),
        (serials, limit, serial) => {
          const ring = new WireRing();
          for (const one of serials) ring.add(one, PINGREQ);
          // What a list says that is simply cut off.
          const last = ['A', 'B', 'C'].flatMap((one) =>
            serials.flatMap((of, index) => (of === one ? [index + 1] : [])).slice(-200),
          );
          const expected = last
            .filter((seq) => serial === undefined || serials[seq - 1] === serial)
            .sort((one, other) => one - other);
          const pages: number[] = [];
          for (let after = 0; ; ) {
            const page = seqs(ring, { after, limit, ...(serial !== undefined && { serial }) });
            if (page.length === 0) break;
            expect(page.length).toBeLessThanOrEqual(limit);
            pages.push(...page);
            after = page.at(-1)!;
          }
          expect(pages).toEqual(expected);
        },
      ),
    );
  });
});

describe('GET /sim/v1/wire', () => {
  it('has packets and what boards say, in one order', async () => {
    const stage = await Stage.start({ boards: 2 });
    stage.boards[1]!.sends();
    stage.api.event(stage.board, said('state_changed', { from: 'boot', to: 'joining' }));
    const { body } = await stage.ask('/wire');
    expect(body.data).toEqual({
      entries: [
        { ...PINGREQ, seq: 1, serial: 'BOARD1' },
        {
          seq: 2,
          serial: 'BOARD0',
          kind: 'life',
          name: 'state_changed',
          level: 'info',
          data: { from: 'boot', to: 'joining' },
          at: 1_000,
          bytes: 0,
          raw: '',
        },
      ],
      newest: 2,
    });
  });

  it('is asked for page by page, and for one board', async () => {
    const stage = await Stage.start({ boards: 2 });
    for (let count = 0; count < 300; count++) stage.boards[count % 2]!.sends();
    const page = async (query: string) =>
      (await stage.ask(`/wire${query}`)).body.data.entries.map(({ seq }: { seq: number }) => seq);
    expect(await page('')).toHaveLength(100);
    expect(await page('?limit=500')).toHaveLength(300);
    expect(await page('?after=298')).toEqual([299, 300]);
    expect(await page('?after=296&serial=BOARD0&limit=1')).toEqual([297]);
    expect(await page('?after=300')).toEqual([]);
  });

  it.each(['limit=501', 'limit=0', 'limit=x', 'after=-1', 'after=1.5', 'limit=', 'serial=A&serial=B'])(
    'refuses %s and says what would be right',
    async (query) => {
      const stage = await Stage.start();
      const { status, body } = await stage.ask(`/wire?${query}`);
      expect([status, body.message]).toEqual([400, 'invalid_parameter']);
      expect(body.detail).toMatch(/^(limit|after) must be a whole number|^serial must be a text/);
    },
  );
});
