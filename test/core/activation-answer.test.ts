import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Activation,
  type ActivationOutcome,
  readActivationAnswer,
  readStoredActivation,
} from '../../src/core/activation-answer.js';
import { REFERENCE } from '../support/api-reference.js';

/** The answer of the API reference (4.1), word for word. */
const SEED = REFERENCE['4.1'];
const REPLY = `${SEED.data.topics.propertySet}_reply`;

const EXPECTED: Activation = {
  deviceId: 'dev_a1b2c3d4',
  deviceSecret: 'sk_abc123...',
  mqtt: {
    host: '192.168.1.100',
    port: 1883,
    portTLS: 8883,
    username: 'SW-SERVO-001&dev_a1b2c3d4',
    password: 'tk_xyz789...',
    clientId: 'SW-SERVO-001&dev_a1b2c3d4',
    keepAlive: 60,
  },
  topics: SEED.data.topics,
};

/** A copy of the seed's answer with the value at a path replaced, or removed where it is `undefined`. */
function withValue(path: string, value: unknown): typeof SEED {
  const copy: Record<string, unknown> = structuredClone(SEED);
  const keys = path.split('.');
  let at = copy;
  for (const key of keys.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[keys.at(-1)!] = value;
  return copy as typeof SEED;
}

function read(answer: unknown, status = 200, retryAfter?: string): ActivationOutcome {
  return readActivationAnswer(status, JSON.stringify(answer), retryAfter);
}

function activationOf(answer: unknown, status = 200): Activation {
  const outcome = read(answer, status);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure));
  return outcome.activation;
}

describe('a success', () => {
  it("is the seed's answer", () => {
    expect(activationOf(SEED)).toEqual(EXPECTED);
  });

  it.each([
    [200, 200],
    [201, 200],
    [201, 201],
    [409, 409],
    [409, 200],
    [200, 409],
  ])('is HTTP %i with code %i and full data', (status, code) => {
    expect(activationOf({ ...SEED, code }, status)).toEqual(EXPECTED);
  });

  it('is an answer that carries no code of its own', () => {
    expect(activationOf({ data: SEED.data })).toEqual(EXPECTED);
    expect(activationOf({ code: 'device_already_activated', data: SEED.data }, 409)).toEqual(EXPECTED);
  });

  it("takes the port inside `mqtt.server` over the one beside it, as the origin's servers mean it", () => {
    expect(activationOf(withValue('data.mqtt.server', '10.0.0.1:21883')).mqtt).toMatchObject({
      host: '10.0.0.1',
      port: 21_883,
    });
    expect(activationOf(withValue('data.mqtt.server', 'broker.example.com')).mqtt).toMatchObject({
      host: 'broker.example.com',
      port: 1883,
    });
  });

  it('takes an announced reply topic and the time to spread reconnects over', () => {
    expect(activationOf(withValue('data.topics.propertySetReply', REPLY)).topics.propertySetReply).toBe(REPLY);
    expect(activationOf(withValue('data.topics.propertySetReply', null)).topics).not.toHaveProperty('propertySetReply');
    expect(activationOf(withValue('data.extensions.reconnectSpread', 60)).reconnectSpread).toBe(60);
    expect(activationOf(withValue('data.extensions.reconnectSpread', 0)).reconnectSpread).toBe(0);
  });

  it.each([0, 1])('takes the QoS to subscribe at, %j', (qos) => {
    expect(activationOf(withValue('data.extensions.subscribeQos', qos)).subscribeQos).toBe(qos);
  });

  it.each([null, '0', 2, -1, 0.5, true, [0], {}])('passes over a QoS to subscribe at that is %j', (qos) => {
    expect(activationOf(withValue('data.extensions.subscribeQos', qos))).toEqual(EXPECTED);
  });

  it.each([null, '8883', 0, 65_536, 1.5, {}])(
    'offers no TLS with a port that is %j, and is good without it',
    (port) => {
      const answer = { ...withValue('data.mqtt.portTLS', port) };
      expect(activationOf(answer).mqtt).toEqual({ ...EXPECTED.mqtt, portTLS: undefined });
    },
  );

  it('takes the port for clients with certificates where it is announced', () => {
    expect(activationOf(withValue('data.extensions.mqttPortMTLS', 18_760)).mqtt.portMTLS).toBe(18_760);
    expect(activationOf(withValue('data.extensions.mqttPortMTLS', '18760')).mqtt).not.toHaveProperty('portMTLS');
  });

  it.each([null, '60', -1, 3_601, [60], {}])('passes over a spread that is %j', (spread) => {
    expect(activationOf(withValue('data.extensions.reconnectSpread', spread))).toEqual(EXPECTED);
  });

  it.each([null, 1, 'x', [], {}])('passes over extensions that are %j, and whatever else is unknown', (extensions) => {
    expect(activationOf(withValue('data.extensions', extensions))).toEqual(EXPECTED);
    expect(activationOf({ ...withValue('data.portTLS', 'x'), more: [[[]]] })).toEqual(EXPECTED);
  });
});

const WRONG_TYPES = [undefined, null, true, 7, '', [], {}, ['x']];
const TEXT_FIELDS: readonly (readonly [path: string, longest: number])[] = [
  ['data.deviceId', 64],
  ['data.deviceSecret', 256],
  ['data.mqtt.username', 256],
  ['data.mqtt.password', 256],
  ['data.mqtt.clientId', 256],
  ['data.topics.propertyPost', 256],
  ['data.topics.propertySet', 256],
  ['data.topics.status', 256],
];

function expectBroken(outcome: ActivationOutcome, field: string): void {
  expect(outcome).toEqual({ ok: false, failure: { kind: 'broken', reason: expect.stringContaining(field) } });
}

describe('an answer is broken, and says which field it is,', () => {
  it.each(['data', 'data.mqtt', 'data.topics'])('by a wrong type of %s', (path) => {
    for (const value of [undefined, null, true, 7, 'x', [], [{}]]) expectBroken(read(withValue(path, value)), path);
  });

  it.each(TEXT_FIELDS)('by a wrong type, length or character of %s', (path, longest) => {
    for (const value of WRONG_TYPES) expectBroken(read(withValue(path, value)), path);
    for (const value of ['é', 'a\0b', 'a\nb', '\x7f', '中', 'x'.repeat(longest + 1)])
      expectBroken(read(withValue(path, value)), path);
    expect(read(withValue(path, 'x'.repeat(longest))).ok).toBe(true);
  });

  it.each(['propertyPost', 'propertySet', 'status', 'propertySetReply'])('by a wildcard in topics.%s', (name) => {
    for (const value of ['#', '/sys/+/x', '/a#']) expectBroken(read(withValue(`data.topics.${name}`, value)), name);
  });

  it.each(['propertyPost', 'status', 'propertySetReply'])(
    'by a topics.%s on which the board would hear itself',
    (name) => {
      expectBroken(read(withValue(`data.topics.${name}`, SEED.data.topics.propertySet)), name);
    },
  );

  it.each([true, 7, '', [], {}, 'é', 'x'.repeat(257)])('by a reply topic that is %j', (value) => {
    expectBroken(read(withValue('data.topics.propertySetReply', value)), 'propertySetReply');
  });

  it('by a server that is no host', () => {
    for (const value of [
      ...WRONG_TYPES,
      'mqtt://h',
      'h:',
      'h:0',
      'h:65536',
      'h:1:2',
      'a b',
      '::1',
      'x'.repeat(254),
      'h/',
    ]) {
      expectBroken(read(withValue('data.mqtt.server', value)), 'data.mqtt.server');
    }
  });

  it.each([
    ['data.mqtt.port', [0, -1, 65_536, 1.5, 1e99], [1, 65_535]],
    ['data.mqtt.keepAlive', [-60, 65_536, 59.9], [0, 1, 65_535]],
  ] as const)('by a wrong type or range of %s', (path, wrong, right) => {
    for (const value of [...WRONG_TYPES, '60', ...wrong]) {
      if (typeof value === 'number' && value === 7) continue;
      expectBroken(read(withValue(path, value)), path);
    }
    for (const value of right) expect(read(withValue(path, value)).ok).toBe(true);
  });

  it('by a success without data', () => {
    for (const status of [200, 201])
      expectBroken(read({ code: status, message: 'success', data: null }, status), 'data');
  });

  it.each(['', 'null', '[]', '<html><body>200 OK</body></html>', '{"code":200,', '"ok"', `{"data":${'['.repeat(60)}`])(
    'by a body that is %j',
    (body) => {
      expectBroken(readActivationAnswer(200, body, undefined), 'data');
    },
  );
});

describe('a refusal', () => {
  it.each([
    [400, 'invalid_product_key'],
    [401, 'invalid_product_key'],
    [403, 'product_disabled'],
    [403, 'device_disabled'],
    [403, 'device_in_use'],
    [404, 'device_not_found'],
  ])('keeps the status %i and the word %s', (status, word) => {
    const failure = { kind: 'refused', status, word };
    expect(read({ code: status, message: word, data: null }, status)).toEqual({ ok: false, failure });
    expect(read({ code: status, message: word, data: null }, 200)).toEqual({ ok: false, failure });
  });

  it('is a 409 that brings no data, which is no success', () => {
    for (const [status, code] of [
      [409, 409],
      [409, 200],
      [200, 409],
    ] as const) {
      for (const data of [null, {}, { ...SEED.data, mqtt: 7 }]) {
        expect(read({ code, message: 'device_already_activated', data }, status)).toEqual({
          ok: false,
          failure: { kind: 'refused', status: 409, word: 'device_already_activated' },
        });
      }
    }
    expect(readActivationAnswer(409, '<html>')).toMatchObject({ failure: { kind: 'refused', status: 409 } });
  });

  it('keeps no word that could not be one', () => {
    for (const message of [undefined, 7, '', 'Forbidden!', 'a b', 'x'.repeat(41), 'a\nb', ['x'], { a: 1 }]) {
      expect(read({ code: 403, message }, 403)).toEqual({
        ok: false,
        failure: { kind: 'refused', status: 403, word: 'refused' },
      });
    }
  });

  it('is what the HTTP status says when the body is a page or nothing, or says success', () => {
    for (const body of ['<html>403</html>', '', 'null', JSON.stringify(SEED)]) {
      expect(readActivationAnswer(403, body, undefined)).toMatchObject({
        ok: false,
        failure: { kind: 'refused', status: 403 },
      });
    }
  });
});

describe('too many requests', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    ['3600', 3_600_000],
    ['0120', 120_000],
    ['99999999', 99_999_999_000],
  ])('waits as `Retry-After: %s` says', (header, retryAfterMs) => {
    expect(read({ code: 429, message: 'too_many_requests' }, 429, header)).toEqual({
      ok: false,
      failure: { kind: 'throttled', retryAfterMs },
    });
  });

  it.each([undefined, '', '-1', '1.5', 'soon', 'Sat, 10 Jan 2026 12:00:00 GMT', '1e3', '0x10'])(
    'reads no time from %j',
    (header) => {
      expect(readActivationAnswer(429, '', header)).toEqual({ ok: false, failure: { kind: 'throttled' } });
    },
  );

  it('waits until the date in Retry-After, counted from that of the answer', () => {
    const at = (time: string): string => `Sat, 10 Jan 2026 ${time} GMT`;
    const wait = (until: string, date?: string) => readActivationAnswer(429, '', until, date);
    expect(wait(at('12:05:00'), at('12:00:00'))).toEqual({
      ok: false,
      failure: { kind: 'throttled', retryAfterMs: 300_000 },
    });
    expect(wait(at('11:00:00'), at('12:00:00'))).toMatchObject({ failure: { retryAfterMs: 0 } });
    expect(wait(at('12:05:00'), 'today')).toEqual({ ok: false, failure: { kind: 'throttled' } });
  });

  it('may be said by the body alone', () => {
    expect(read({ code: 429 }, 200, '5')).toEqual({ ok: false, failure: { kind: 'throttled', retryAfterMs: 5_000 } });
  });
});

describe('everything else takes the ordinary backoff', () => {
  it.each([500, 502, 503, 504, 599, 301, 302, 307, 304, 204])('HTTP %i', (status) => {
    for (const body of ['', '<html></html>', JSON.stringify({ code: status, message: 'internal_error' })]) {
      expect(readActivationAnswer(status, body, '5')).toMatchObject({ ok: false, failure: { kind: 'broken' } });
    }
  });

  it('a code that is none of HTTP', () => {
    for (const code of [0, -1, 500, 1e9]) {
      expect(read({ ...SEED, code })).toMatchObject({ ok: false, failure: { kind: 'broken' } });
    }
    expect(readActivationAnswer(200, '{"code":1e999}', undefined)).toMatchObject({ failure: { kind: 'broken' } });
  });
});

const plainText = (max: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: max });
const topicName = plainText(200).filter((name) => !/[+#]/.test(name));
const anyActivation: fc.Arbitrary<unknown> = fc
  .record({
    deviceId: plainText(64),
    deviceSecret: plainText(256),
    mqtt: fc.record({
      server: fc.constantFrom('10.1.2.3', 'broker.example.com', 'b:2883'),
      port: fc.integer({ min: 1, max: 65_535 }),
      username: plainText(256),
      password: plainText(256),
      clientId: plainText(256),
      keepAlive: fc.integer({ min: 5, max: 65_535 }),
    }),
    topics: fc.record(
      { propertyPost: topicName, propertySet: topicName, status: topicName, propertySetReply: topicName },
      { requiredKeys: ['propertyPost', 'propertySet', 'status'] },
    ),
    extensions: fc.option(
      fc.record(
        { reconnectSpread: fc.integer({ min: 0, max: 3_600 }), subscribeQos: fc.constantFrom(0, 1) },
        { requiredKeys: [] },
      ),
      { nil: undefined },
    ),
  })
  .filter(({ topics }) => ![topics.propertyPost, topics.status, topics.propertySetReply].includes(topics.propertySet));

describe('an activation that was stored', () => {
  it('reads back as it was', () => {
    fc.assert(
      fc.property(anyActivation, (data) => {
        const activation = activationOf({ code: 200, data });
        const stored = JSON.parse(JSON.stringify(activation)) as Record<string, unknown>;
        expect(readStoredActivation(stored)).toEqual(activation);
      }),
    );
  });

  it('that is not one reads as none', () => {
    const stored = JSON.parse(JSON.stringify(EXPECTED)) as Record<string, Record<string, unknown>>;
    for (const key of Object.keys(stored))
      expect(readStoredActivation({ ...stored, [key]: undefined })).toBeUndefined();
    // Without TLS it is one, too, though not for a board that wants it.
    const { portTLS: _, ...needed } = stored['mqtt']!;
    for (const key of Object.keys(needed)) {
      expect(readStoredActivation({ ...stored, mqtt: { ...stored['mqtt'], [key]: null } })).toBeUndefined();
    }
    for (const key of Object.keys(stored['topics']!)) {
      expect(readStoredActivation({ ...stored, topics: { ...stored['topics'], [key]: 3 } })).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => readStoredActivation(value) === undefined),
    );
  });
});

describe('whatever comes', () => {
  it('is judged without a throw', () => {
    const path = fc.constantFrom(
      'code',
      'message',
      'data',
      'data.mqtt',
      'data.mqtt.server',
      'data.mqtt.port',
      'data.mqtt.keepAlive',
      'data.topics',
      'data.topics.propertySet',
      'data.topics.propertySetReply',
      'data.extensions',
      'data.extensions.reconnectSpread',
      'data.extensions.subscribeQos',
      ...TEXT_FIELDS.map(([name]) => name),
    );
    const mutated = fc.array(fc.tuple(path, fc.jsonValue()), { minLength: 1, maxLength: 3 }).map((changes) => {
      let answer: unknown = SEED;
      for (const [name, value] of changes) {
        try {
          answer = merge(answer, name, value);
        } catch {
          // The path runs through a value that an earlier change has put there.
        }
      }
      return JSON.stringify(answer);
    });
    const body = fc.oneof(mutated, fc.string(), fc.json());
    const status = fc.oneof(
      fc.constantFrom(200, 201, 400, 401, 403, 409, 429, 500),
      fc.integer({ min: 100, max: 599 }),
    );
    fc.assert(
      fc.property(status, body, fc.option(fc.string(), { nil: undefined }), (code, text, retryAfter) => {
        const outcome = readActivationAnswer(code, text, retryAfter);
        if (outcome.ok) {
          const { mqtt } = outcome.activation;
          expect(mqtt.host).toMatch(/^[A-Za-z0-9.-]+$/);
          expect(mqtt.port).toBeGreaterThan(0);
        } else if (outcome.failure.kind === 'refused') expect(outcome.failure.word).toMatch(/^[a-z0-9_]+$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never puts a secret into the reason', () => {
    for (const [path] of TEXT_FIELDS) {
      const outcome = read(withValue(path, 'hunter2\n'));
      expect(JSON.stringify(outcome)).not.toContain('hunter2');
    }
  });
});

function merge(answer: unknown, path: string, value: unknown): unknown {
  const copy = structuredClone(answer) as Record<string, unknown>;
  const keys = path.split('.');
  let at = copy;
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[keys.at(-1)!] = value;
  return copy;
}

describe('announced extensions', () => {
  const root = '/sys/SW-SERVO-001/dev_a1b2c3d4';
  const ALL = {
    propertyGet: `${root}/thing/service/property/get`,
    serviceInvoke: `${root}/thing/service/+`,
    eventPost: `${root}/thing/event/+/post`,
    logPost: `${root}/thing/log/post`,
    ntpRequest: `${root}/ext/ntp/request`,
    ntpResponse: `${root}/ext/ntp/response`,
    otaInform: `${root}/ota/device/inform`,
    otaUpgrade: `${root}/ota/device/upgrade`,
    otaProgress: `${root}/ota/device/progress`,
  };
  const topicsWith = (more: Record<string, unknown>): unknown => {
    const topics = { ...SEED.data.topics, ...more };
    const outcome = readActivationAnswer(200, JSON.stringify({ ...SEED, data: { ...SEED.data, topics } }), undefined);
    if (!outcome.ok) throw new Error('not activated');
    // What is kept is what was read.
    expect(readStoredActivation(JSON.parse(JSON.stringify(outcome.activation)))).toEqual(outcome.activation);
    return outcome.activation.topics;
  };

  it('are kept, beside others that this board knows nothing of', () => {
    expect(topicsWith({ ...ALL, desiredGet: `${root}/thing/property/desired/get`, propertyPostReply: 'x' })).toEqual({
      ...SEED.data.topics,
      ...ALL,
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['of the wrong type', { serviceInvoke: 1, eventPost: null, logPost: [], propertyGet: {}, ntpRequest: true }],
    ['that are empty or too long', { serviceInvoke: '', logPost: 'x'.repeat(257) }],
    [
      'with a wildcard too many',
      { serviceInvoke: '/a/+/+', eventPost: '/+/+/post', logPost: '/a/+', propertyGet: '/#' },
    ],
    ['with a wildcard too few', { serviceInvoke: '/a/b', eventPost: '/a/b' }],
    ['that are not plain text', { logPost: '/a/\u0001', propertyGet: '/日志' }],
    ['of updates that are none', { otaInform: '/a/+', otaUpgrade: '/a/#', otaProgress: 7 }],
    ['of updates that are the topic of the commands', { otaInform: SEED.data.topics.propertySet }],
    ['of which one half is missing', { ntpRequest: '/a/request' }],
    ['that are the topic of the commands', { logPost: SEED.data.topics.propertySet }],
    ['on which commands would come', { eventPost: `${root}/thing/service/+/set` }],
  ])('%s count as not announced', (_what, more) => {
    expect(topicsWith(more)).toEqual(SEED.data.topics);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a log', { logPost: `${root}/thing/service/log` }, 'serviceInvoke'],
    ['an event', { eventPost: `${root}/thing/service/+` }, 'serviceInvoke'],
    ['an event', { eventPost: `${root}/thing/service/+/get` }, 'propertyGet'],
    ['a property post', { propertyGet: SEED.data.topics.propertyPost }, 'propertyGet'],
    ['its version', { otaUpgrade: ALL.otaInform }, 'otaUpgrade'],
    ['the progress of an update', { otaUpgrade: ALL.otaProgress }, 'otaUpgrade'],
    ['its version', { otaInform: `${root}/thing/service/inform` }, 'serviceInvoke'],
    ['a question for the time', { ntpResponse: ALL.ntpRequest }, 'ntpResponse'],
  ])('on which a board would hear %s of its own are not used', (_what, more, lost) => {
    const topics = topicsWith({ ...ALL, ...more }) as Record<string, unknown>;
    expect(topics[lost]).toBeUndefined();
    expect(topics['propertySet']).toBe(SEED.data.topics.propertySet);
  });
});
