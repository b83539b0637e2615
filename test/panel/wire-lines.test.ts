import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boardTopics, publication } from '../../host-sim/cloud/domain/topics.js';
import { NO_FILTER, testOf, type WireFilter } from '../../host-sim/panel/state/wire-filter.js';
import {
  directionOf,
  lineOfEntry,
  lineOfGap,
  lineOfMessage,
  type NewLine,
  type WireLine,
} from '../../host-sim/panel/state/wire-line.js';
import { WireRing } from '../../host-sim/panel/state/wire-ring.js';
import { summaryOf } from '../../host-sim/panel/state/wire-summary.js';
import type { SimWireEntry } from '../../host-sim/sim-api/messages.js';

const WORDS = { noAnswer: 'no answer', state: 'state', missing: (missed?: number) => `${missed} are missing` };
const AROUND = { seq: 1, at: 1, serial: 'A1', bytes: 10, raw: '' };
const POST = '/sys/SW-SERVO-001/dev_1/thing/event/property/post';

const entry = (fact: object): SimWireEntry => ({ ...AROUND, ...fact }) as SimWireEntry;
const request = entry({
  kind: 'http',
  method: 'POST',
  url: 'http://127.0.0.1:8080/api/v1/devices/activate',
  requestHeaders: [],
  requestBody: '{"deviceSN":"A1"}',
  status: 200,
  responseHeaders: [],
  responseBody: '{"code":200}',
  responseBytes: 12,
  durationMs: 3,
});
const packet = (name: string, more: object = {}) =>
  entry({ kind: 'mqtt', direction: 'out', packet: name, fields: {}, ...more });
const post = packet('PUBLISH', { fields: { qos: 1, retain: false }, topic: POST, payload: '{"angle":90}' });
const life = (level: string, name = 'state_changed') =>
  entry({ kind: 'life', name, level, data: { from: 'joining', to: 'online' } });

let ids = 0;
const line = (of: NewLine): WireLine => ({ id: ++ids, ...of });
const shown = (filter: Partial<WireFilter>, ...entries: SimWireEntry[]) =>
  entries.map((one) => line(lineOfEntry(one))).filter(testOf({ ...NO_FILTER, ...filter }, WORDS)).length;

describe('the summary of an entry', () => {
  test('says a request and its answer, or that none came', () => {
    expect(summaryOf(request as never, WORDS)).toBe('POST /api/v1/devices/activate → 200');
    expect(summaryOf({ ...request, status: null } as never, WORDS)).toBe('POST /api/v1/devices/activate → no answer');
  });

  test('says a packet, its topic, and how it was published', () => {
    expect(summaryOf(post as never, WORDS)).toBe('PUBLISH …/property/post QoS 1');
    expect(summaryOf(packet('CONNACK', { fields: { returnCode: 0 } }) as never, WORDS)).toBe('CONNACK returnCode=0');
  });

  test('says a change of state, and what any other event tells', () => {
    expect(summaryOf(life('info') as never, WORDS)).toBe('state joining → online');
    expect(summaryOf(life('info', 'clock_set') as never, WORDS)).toBe('clock_set from=joining to=online');
  });

  test('is short, whatever it is made of', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1_000, maxLength: 3_000 }),
        fc.dictionary(fc.string(), fc.anything()),
        (topic, data) => {
          expect(summaryOf(packet('PUBLISH', { topic }) as never, WORDS).length).toBeLessThanOrEqual(301);
          const event = { kind: 'life', name: topic, level: 'info', data: JSON.parse(JSON.stringify(data)) } as const;
          expect(summaryOf(event, WORDS).length).toBeLessThanOrEqual(301);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('what of the wire is shown', () => {
  test('at first everything but debug events and packets that only keep a session going', () => {
    const routine = ['PINGREQ', 'PINGRESP', 'PUBACK'].map((name) => packet(name));
    expect(shown({}, request, post, packet('CONNECT'), life('info'), life('error'))).toBe(5);
    expect(shown({}, life('debug'), ...routine)).toBe(0);
    expect(shown({ level: 'debug', routine: true }, life('debug'), ...routine)).toBe(4);
    expect(shown({ level: 'error' }, life('warn'), life('error'))).toBe(1);
  });

  test('of one kind, one way or one board, where somebody wants that', () => {
    expect(shown({ kind: 'http' }, request, post, life('info'))).toBe(1);
    expect(shown({ direction: 'in' }, request, post, packet('PUBLISH', { direction: 'in' }), life('info'))).toBe(2);
    expect(shown({ who: 'A1' }, post, { ...post, serial: 'B2' })).toBe(1);
  });

  test('what is searched for, in topic, payload, body and summary, whatever the case', () => {
    for (const search of ['PROPERTY/post', '"ANGLE":90', 'qos 1', ' publish ']) expect(shown({ search }, post)).toBe(1);
    for (const search of ['activate → 200', 'devicesn', '127.0.0.1:8080']) expect(shown({ search }, request)).toBe(1);
    expect(shown({ search: 'joining → online' }, life('info'))).toBe(1);
    expect(shown({ search: '.*' }, post, request, life('info'))).toBe(0);
  });

  test('a gap always: a list with a hole does not look whole', () => {
    const gap = line(lineOfGap(1, 17));
    expect(testOf({ ...NO_FILTER, kind: 'http', who: 'A1', search: 'x' }, WORDS)(gap)).toBe(true);
    expect(summaryOf(gap.fact, WORDS)).toBe('17 are missing');
  });
});

describe('a message as the cloud passed it on', () => {
  const message = (path: string, payload: unknown) =>
    lineOfMessage({ deviceId: 'dev_1', path, topic: `/sys/P/dev_1/${path}`, payload, at: 5 });

  test('is a packet with its topic and payload, and no more is said than the cloud tells', () => {
    expect(message('thing/event/property/post', { angle: 90 })).toEqual({
      ...{ at: 5, source: 'cloud', who: 'dev_1', raw: '', bytes: 12 },
      fact: {
        ...{ kind: 'mqtt', direction: 'out', packet: 'PUBLISH', fields: {} },
        ...{ topic: '/sys/P/dev_1/thing/event/property/post', payload: '{"angle":90}' },
      },
    });
    expect(message('x', 'é')).toMatchObject({ bytes: 2, fact: { payload: 'é' } });
  });

  test('of its presence is an event', () => {
    expect(message('status', { status: 'offline' }).fact).toMatchObject({
      kind: 'life',
      level: 'warn',
      name: 'presence',
    });
    for (const payload of [null, 7, 'online', [1]]) expect(message('status', payload).fact.kind).toBe('life');
  });

  test('goes the way that the cloud knows it to go', () => {
    const root = '/sys/P/dev_1/';
    const topics = boardTopics('P', 'dev_1');
    for (const topic of Object.values(topics)) {
      const concrete = topic.replace('+', 'restart');
      const isOfBoard = publication(topics, concrete) !== undefined;
      expect([concrete, directionOf(concrete.slice(root.length))]).toEqual([concrete, isOfBoard ? 'out' : 'in']);
    }
    expect(directionOf('thing/service/restart_reply')).toBe('out');
    expect(directionOf('thing/event/alarm/post_reply')).toBe('in');
  });
});

describe('the ring', () => {
  test('keeps the newest, as many as fit, and counts what fell out', () => {
    const payload = fc.string({ maxLength: 2_000 });
    fc.assert(
      fc.property(fc.array(payload, { maxLength: 60 }), (payloads) => {
        const ring = new WireRing(20, 20_000);
        const all = payloads.map((one) => line(lineOfEntry(packet('PUBLISH', { payload: one }))));
        for (const one of all) ring.add(one);
        expect(ring.lines).toEqual(ring.lines.length === 0 ? [] : all.slice(-ring.lines.length));
        expect(ring.dropped).toBe(all.length - ring.lines.length);
        expect(ring.lines.length).toBeLessThanOrEqual(20);
        const weight = ring.lines.reduce(
          (sum, { fact }) => sum + 512 + (fact as { payload: string }).payload.length,
          0,
        );
        expect(weight).toBeLessThanOrEqual(20_000);
      }),
    );
  });

  test('keeps the newest even where that alone is too much, and nothing once cleared', () => {
    const ring = new WireRing(20, 1_000);
    for (const size of [10, 5_000]) ring.add(line(lineOfEntry(packet('PUBLISH', { payload: 'x'.repeat(size) }))));
    expect([ring.lines.length, ring.dropped]).toEqual([1, 1]);
    ring.clear();
    expect([ring.lines.length, ring.dropped]).toEqual([0, 0]);
  });
});
