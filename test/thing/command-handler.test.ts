import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { ControlCommand, Refusal } from '../../src/core/control-command.js';
import { CommandHandler } from '../../src/thing/command-handler.js';

const NOW = Date.UTC(2026, 0, 10, 12);
const MESSAGE = {
  method: 'thing.service.property.set',
  id: '789012',
  params: { action: 'toggle', position: 'up' },
  time: NOW,
};

function setUp(options: { clockKnown?: boolean; check?: (command: ControlCommand) => Refusal | undefined } = {}) {
  const time = new VirtualTime({ epochMs: NOW });
  const log: string[] = [];
  const handler = new CommandHandler({
    text: createNodeText(),
    product: loadProduct('SW-RELAY-002'),
    monotonicMs: () => time.clock.monotonicMs(),
    wallMs: () => ((options.clockKnown ?? true) ? time.clock.nowMs() : undefined),
    check: options.check ?? (() => undefined),
    apply: (command) =>
      log.push(`apply ${command.channel} ${command.kind === 'position' ? command.position : command.kind}`),
    serve: (service, params) => {
      if (service === 'none') return { code: 460, message: 'unknown service' };
      return {
        code: 200,
        message: undefined,
        data: JSON.stringify(params ?? 0),
        act: () => log.push(`act ${service}`),
      };
    },
    reply: (id, code, message, ignored, service, data) =>
      log.push(
        `reply ${id} ${code}${message === undefined ? '' : ` ${message}`}${ignored.map((key) => ` -${key}`).join('')}${service === undefined ? '' : ` ${service} ${data}`}`,
      ),
    onAccepted: (id) => log.push(`accepted ${id}`),
    onRefused: (id, code) => log.push(`refused ${id} ${code}`),
    onMalformed: (bytes) => log.push(`malformed ${bytes}`),
  });
  return {
    time,
    log,
    /** Gives the handler a message, in the middle of a buffer; returns what came of it. */
    handle(message: unknown, retained = false): string[] {
      const text = typeof message === 'string' ? message : JSON.stringify(message);
      const bytes = Buffer.from(`{"}${text}"}]`, 'utf8');
      log.length = 0;
      handler.handle(bytes, 3, bytes.length - 3, retained);
      return [...log];
    },
    /** A call of a service. */
    call(service: string, message: unknown, retained = false): string[] {
      const bytes = Buffer.from(JSON.stringify(message));
      log.length = 0;
      handler.handle(bytes, 0, bytes.length, retained, service);
      return [...log];
    },
    handleBytes(bytes: Uint8Array): string[] {
      log.length = 0;
      handler.handle(bytes, 0, bytes.length, false);
      return [...log];
    },
  };
}

const ACCEPTED = ['reply 789012 200', 'accepted 789012', 'apply 0 up'];

describe('a command', () => {
  it("in the seed's words is answered, then acted on", () => {
    expect(setUp().handle(MESSAGE)).toEqual(ACCEPTED);
  });

  it('names in its answer the keys that mean nothing', () => {
    expect(setUp().handle({ ...MESSAGE, params: { ...MESSAGE.params, colour: 1 } })[0]).toBe(
      'reply 789012 200 -colour',
    );
  });

  it('names them also where there are no others, and when it is repeated', () => {
    const { handle } = setUp();
    const message = { ...MESSAGE, params: { colour: 1, size: 2 } };
    const [answer] = handle(message);
    expect(answer).toMatch(/^reply 789012 460 params hold nothing .* -colour -size$/);
    expect(handle(message)).toEqual([answer]);
  });

  it('for several outputs is checked whole before any of them moves', () => {
    const both = { ...MESSAGE, params: { relay0: true, relay1: true } };
    expect(setUp().handle(both).slice(2)).toEqual(['apply 0 up', 'apply 1 up']);
    const check = ({ channel }: ControlCommand): Refusal | undefined =>
      channel === 1 ? { code: 100_002, message: 'not now' } : undefined;
    expect(setUp({ check }).handle(both)).toEqual(['reply 789012 100002 not now', 'refused 789012 100002']);
  });

  it('with several keys for one output acts once on it, whatever their order', () => {
    for (const params of [
      { relay0: true, switch: false },
      { switch: false, relay0: true },
    ]) {
      expect(
        setUp()
          .handle({ ...MESSAGE, params })
          .slice(2),
      ).toEqual(['apply 0 down']);
    }
    expect(
      setUp()
        .handle({ ...MESSAGE, params: { relay1: true, relay0: false } })
        .slice(2),
    ).toEqual(['apply 0 down', 'apply 1 up']);
  });

  it('of which one part is refused is refused whole, also where another part takes its place', () => {
    const check = ({ form }: ControlCommand): Refusal | undefined =>
      form === 'action' ? { code: 460, message: 'action: no' } : undefined;
    const params = { action: 'toggle', switch: false };
    expect(setUp({ check }).handle({ ...MESSAGE, params })).toEqual([
      'reply 789012 460 action: no',
      'refused 789012 460',
    ]);
  });

  it('may come without a method, as the origin sends it, but not with another', () => {
    const { method: _method, ...rest } = MESSAGE;
    expect(setUp().handle(rest)).toEqual(ACCEPTED);
    for (const method of ['thing.event.property.post', 'thing.service.property.set_reply', '', 1, null]) {
      expect(setUp().handle({ ...MESSAGE, method })[0]).toMatch(/^reply 789012 460 method/);
    }
  });

  it.each([undefined, null, [], 'toggle', 1, true])('with params %j is refused with 460', (params) => {
    expect(setUp().handle({ ...MESSAGE, params })).toEqual([
      'reply 789012 460 params must be an object',
      'refused 789012 460',
    ]);
  });

  it('with bad parameters is refused with 460 and the name of the field', () => {
    expect(setUp().handle({ ...MESSAGE, params: { action: 'toggle', position: 'left' } })[0]).toBe(
      'reply 789012 460 position must be up, middle or down',
    );
  });
});

describe('an id', () => {
  it.each(['1', '0', '1768046400000000000', 'x'.repeat(64), '中文', 'a"b\\'])(
    'that is the text %j is kept as it is',
    (id) => {
      expect(setUp().handle({ ...MESSAGE, id })[0]).toBe(`reply ${id} 200`);
    },
  );

  it('that is a whole number is taken as its digits', () => {
    expect(setUp().handle({ ...MESSAGE, id: 42 })[0]).toBe('reply 42 200');
  });

  it.each([undefined, null, '', 'x'.repeat(65), -1, 1.5, 1e300, true, [], {}])(
    'that is %j makes the message malformed',
    (id) => {
      const message = JSON.stringify({ ...MESSAGE, id });
      expect(setUp().handle(message)).toEqual([`malformed ${Buffer.byteLength(message)}`]);
    },
  );
});

describe('a repeated id', () => {
  it('is answered again and acted on once', () => {
    const { handle, time } = setUp();
    handle(MESSAGE);
    for (let i = 0; i < 5; i++) {
      time.advance(20_000);
      expect(handle(MESSAGE)).toEqual(['reply 789012 200']);
    }
  });

  it('is told again which of its keys mean nothing', () => {
    const { handle } = setUp();
    const message = { ...MESSAGE, params: { ...MESSAGE.params, colour: 1 } };
    expect(handle(message)[0]).toBe('reply 789012 200 -colour');
    expect(handle(message)).toEqual(['reply 789012 200 -colour']);
  });

  it('is answered as it was, also when it was refused, and also when the params differ', () => {
    const { handle } = setUp();
    const first = handle({ ...MESSAGE, params: {} })[0];
    expect(handle(MESSAGE)).toEqual([first]);
  });

  it('is acted on again after 120 s, or after sixteen others, by a client that counts from 1 anew', () => {
    const { handle, time } = setUp();
    handle(MESSAGE);
    time.advance(120_001);
    expect(handle({ ...MESSAGE, time: NOW + 120_001 })).toEqual(ACCEPTED);
    for (let i = 0; i < 16; i++) handle({ ...MESSAGE, id: i, time: undefined });
    expect(handle({ ...MESSAGE, time: undefined })).toEqual(ACCEPTED);
  });

  it('is not locked out by a stale or retained one', () => {
    const { handle } = setUp();
    handle({ ...MESSAGE, time: NOW - 100_000 });
    handle(MESSAGE, true);
    expect(handle(MESSAGE)).toEqual(ACCEPTED);
  });
});

describe('an old command', () => {
  const STALE = ['reply 789012 100001 the command is older than 60 s', 'refused 789012 100001'];

  it.each<[string, Record<string, unknown>, string[]]>([
    ['60 s old', { time: NOW - 60_000 }, ACCEPTED],
    ['a millisecond more', { time: NOW - 60_001 }, STALE],
    ['hours old', { time: NOW - 10_000_000 }, STALE],
    ['of 1970', { time: 0 }, STALE],
    ['from the future', { time: NOW + 1e9 }, ACCEPTED],
    ['in seconds', { time: NOW / 1_000 - 60 }, ACCEPTED],
    ['in seconds and older', { time: NOW / 1_000 - 61 }, STALE],
    ["with the origin's timestamp", { time: undefined, timestamp: NOW - 1_000, version: '1.0' }, ACCEPTED],
    ["with the origin's timestamp and older", { time: undefined, timestamp: NOW - 60_001 }, STALE],
    ["with the origin's timestamp in seconds and older", { time: undefined, timestamp: NOW / 1_000 - 61 }, STALE],
    ['without any time', { time: undefined }, ACCEPTED],
    ['with no time at all', { time: null, timestamp: null }, ACCEPTED],
    ['with a time that is null beside an old timestamp', { time: null, timestamp: NOW - 60_001 }, STALE],
  ])('%s', (_name, change, expected) => {
    expect(setUp().handle({ ...MESSAGE, ...change })).toEqual(expected);
  });

  it('is not known to be old while the clock is not set', () => {
    expect(setUp({ clockKnown: false }).handle({ ...MESSAGE, time: 5 })).toEqual(ACCEPTED);
  });

  it('is what the broker had retained, whatever its time', () => {
    expect(setUp().handle(MESSAGE, true)).toEqual([
      'reply 789012 100001 the command was retained by the broker',
      'refused 789012 100001',
    ]);
    expect(setUp({ clockKnown: false }).handle({ ...MESSAGE, time: undefined }, true)[1]).toBe('refused 789012 100001');
  });
});

describe('a malformed message', () => {
  it.each([
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '7',
    '{}',
    '{"id":"1"',
    `{"id":"1","params":${'['.repeat(40)}${']'.repeat(40)}}`,
  ])('%j is counted and dropped', (text) => {
    expect(setUp().handle(text)).toEqual([`malformed ${text.length}`]);
  });

  it('that is not UTF-8 is counted and dropped', () => {
    const bytes = Buffer.concat([
      Buffer.from('{"id":"'),
      Buffer.of(0xff),
      Buffer.from('","params":{"action":"toggle"}}'),
    ]);
    expect(setUp().handleBytes(bytes)).toEqual([`malformed ${bytes.length}`]);
  });

  it('of any kind never throws, and is answered at most once', () => {
    const field = fc.tuple(
      fc.constantFrom('id', 'method', 'params', 'time', 'timestamp', 'version'),
      fc.oneof(fc.constantFrom<unknown>('1', MESSAGE.method, MESSAGE.params, NOW), fc.jsonValue()),
    );
    const text = fc.oneof(
      fc.array(field, { maxLength: 6 }).map((entries) => JSON.stringify(Object.fromEntries(entries))),
      fc.string(),
      fc.json(),
    );
    fc.assert(
      fc.property(text, fc.boolean(), (message, retained) => {
        const found = setUp().handle(message, retained);
        const replies = found.filter((entry) => entry.startsWith('reply')).length;
        const malformed = found.filter((entry) => entry.startsWith('malformed')).length;
        expect(replies + malformed).toBe(1);
      }),
      { numRuns: 1_000 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => setUp().handleBytes(bytes).length > 0));
  });
});

describe('a service call', () => {
  const CALL = { method: 'thing.service.restart', id: '5', params: { a: 1 }, time: NOW };
  const SERVED = ['reply 5 200 restart {"a":1}', 'accepted 5', 'act restart'];

  it('is answered with what the service gives, then acted on', () => {
    expect(setUp().call('restart', CALL)).toEqual(SERVED);
    expect(setUp().call('restart', { id: '5' })[0]).toBe('reply 5 200 restart 0');
    expect(setUp().call('property.get', { id: '5', params: ['a'] })[0]).toBe('reply 5 200 property.get ["a"]');
  });

  it('goes by the rules of a command: id, age, retained, malformed', () => {
    const { call, handle } = setUp();
    expect(call('restart', CALL)).toEqual(SERVED);
    expect(call('restart', CALL)).toEqual(['reply 5 200 restart undefined']);
    expect(handle({ ...MESSAGE, id: '5' })).toEqual(['reply 5 200']);
    expect(call('restart', { ...CALL, id: '6', time: NOW - 60_001 })[0]).toMatch(/^reply 6 100001/);
    expect(call('restart', { ...CALL, id: '7' }, true)[0]).toMatch(/^reply 7 100001/);
    expect(call('restart', { ...CALL, id: '8', time: 'now' })[0]).toMatch(/^reply 8 460 time/);
    expect(call('restart', { ...CALL, id: undefined })[0]).toMatch(/^malformed/);
  });

  it('of another method, with params that are none, or of no service is refused', () => {
    const { call } = setUp();
    expect(call('restart', { ...CALL, id: '1', method: 'thing.service.reset' })[0]).toMatch(/^reply 1 460 method/);
    expect(call('restart', { ...CALL, id: '2', params: 'x' })[0]).toMatch(/^reply 2 460 params/);
    expect(call('restart', { ...CALL, id: '3', params: null })[0]).toMatch(/^reply 3 460 params/);
    expect(call('none', { id: '4' })).toEqual(['reply 4 460 unknown service none undefined', 'refused 4 460']);
    expect(call('none', { id: '4' })).toEqual(['reply 4 460 unknown service none undefined']);
  });

  it('that asks for properties is answered anew each time', () => {
    const { call } = setUp();
    for (let i = 0; i < 2; i++) expect(call('property.get', { id: '9' })[0]).toBe('reply 9 200 property.get 0');
  });
});
