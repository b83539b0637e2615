import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlParams } from '../../host-sim/cloud/domain/control-rules.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { parseProduct, shippedProducts } from '../../host-sim/products/load.js';
import type {
  DimmerDefinition,
  OutputAttribute,
  OutputDefinition,
  PositionName,
  Product,
} from '../../src/core/product.js';
import { CommandHandler } from '../../src/thing/command-handler.js';
import { Bench } from '../control/bench.js';

type Body = Record<string, unknown>;

/** What the cloud passes on of a body; `undefined` where it refuses it. */
function passedOn(definition: Product, body: Body): Body | undefined {
  try {
    return controlParams({ controlMode: definition.controlMode, definition }, body);
  } catch {
    return undefined;
  }
}

/**
 * The deliberate differences: bodies that the cloud refuses, or passes on without a part, where a board takes them as they
 * are. The reasons stand at `controlParams` and in docs/protocol.md.
 */
function isDifference({ controlMode, properties }: Product, body: Body): boolean {
  const acts = body['action'] !== undefined || body['wakeup'] === true;
  const duration = body['duration'] as number;
  if (acts && Number.isInteger(duration) && duration >= 1 && (duration < 50 || duration > 60_000)) return true;
  return (
    (controlMode === 'toggle' || controlMode === 'pulse') &&
    properties.some(({ key, writable }) => writable && key in body && key !== 'angle' && !(key === 'position' && acts))
  );
}

/** A board's way from a message to its outputs. */
class Board {
  readonly bench: Bench;
  readonly #handler: CommandHandler;
  #id = 0;
  #answer: { code: number; ignored: readonly string[] } | undefined;

  constructor(product: Product, rests?: readonly number[]) {
    this.bench = new Bench(product, rests ? { lastValues: rests, keepState: true } : {});
    const { control, time } = this.bench;
    this.#handler = new CommandHandler({
      text: createNodeText(),
      product,
      monotonicMs: () => time.nowMs,
      wallMs: () => undefined,
      check: (command) => control.check(command),
      apply: (command) => control.apply(command),
      serve: () => ({ code: 460, message: undefined }),
      reply: (_id, code, _message, ignored) => {
        this.#answer = { code, ignored };
      },
      onAccepted: () => {},
      onRefused: () => {},
      onMalformed: () => {},
    });
  }

  /** Gives it a message and lets it come to rest. */
  set(params: Body): { code: number; ignored: readonly string[]; rests: number[] } {
    const bytes = Buffer.from(JSON.stringify({ id: `${this.#id++}`, params }));
    this.#handler.handle(bytes, 0, bytes.length, false);
    this.bench.rest();
    return { ...this.#answer!, rests: this.bench.control.restValues() };
  }
}

/** Where an output is in a named position, in the unit of `restValues`. */
function placeOf(output: OutputDefinition, position: PositionName): number {
  if (output.type === 'servo') return output.positionsDeg[position];
  const share = { up: 1, middle: 0.5, down: 0 }[position];
  return output.type === 'relay' ? share : share * 100;
}

/** The level that a lamp takes for a wanted one. */
function lit({ minLevel }: DimmerDefinition, level: number): number {
  return level === 0 ? 0 : Math.max(Math.round(level), minLevel, 1);
}

/** What a message that the cloud passes on gives one output to be, by attribute; the legacy form counts as the properties that it is like. */
function givenTo({ outputs, properties }: Product, channel: number, params: Body): Record<OutputAttribute, unknown[]> {
  const given: Record<OutputAttribute, unknown[]> = { on: [], position: [], angle: [], level: [] };
  for (const { key, writable, source } of properties) {
    const isCommand = key === 'angle' || (key === 'position' && params['action'] !== undefined);
    if (!writable || isCommand || !(key in params) || !('channel' in source) || source.channel !== channel) continue;
    given[source.attribute].push(params[key]);
  }
  if ((params['channel'] ?? 0) !== channel) return given;
  if ('switch' in params) given.on.push(params['switch']);
  if ('angle' in params && outputs[channel]!.type !== 'relay') given.angle.push(params['angle']);
  return given;
}

/** Where an output rests after a message that the cloud passes on, by the words of docs/protocol.md; `before`: where it was. */
function restAfter(product: Product, channel: number, params: Body, before: number): number {
  const output = product.outputs[channel]!;
  const { action, position } = (params['channel'] ?? 0) === channel ? params : ({} as Body);
  const { on, position: named, angle, level } = givenTo(product, channel, params);
  const [up, middle, down] = (['up', 'middle', 'down'] as const).map((name) => placeOf(output, name));
  const isCommanded = action !== undefined || on.length + named.length + angle.length + level.length > 0;
  if (!isCommanded) return before;
  if (product.controlMode === 'pulse') return placeOf(output, output.pulse.rest);
  if (on.includes(false) || named.includes('down')) return down!;
  if (action === 'toggle' && position !== undefined) return placeOf(output, position as PositionName);
  if (action === 'toggle') return before > (up! + middle!) / 2 ? down! : up!;
  if (action !== undefined) return placeOf(output, output.pulse.rest);
  if (output.type === 'dimmer') {
    const wanted = level.length > 0 ? Math.min(...(level as number[])) : Math.min(...(angle as number[])) / 1.8;
    if (Number.isFinite(wanted)) return lit(output, wanted);
  } else if (angle.length > 0) return Math.min(...(angle as number[]));
  return named.includes('middle') ? middle! : up!;
}

/** Bodies that are about a product, right or wrong, with their keys in any order. */
function bodyFor(product: Product): fc.Arbitrary<Body> {
  const own = product.properties.map(({ key, min, max, values }): [string, fc.Arbitrary<unknown>] => [
    key,
    fc.oneof(
      fc.boolean(),
      fc.constantFrom<unknown>(...(values ?? ['up']), min ?? 0, max ?? 1, null, '1'),
      fc.integer({ min: (min ?? 0) - 2, max: Math.ceil(max ?? 100) + 2 }),
      fc.double({ min: min ?? 0, max: max ?? 100, noNaN: true }),
    ),
  ]);
  const all: Record<string, fc.Arbitrary<unknown>> = {
    action: fc.constantFrom('toggle', 'pulse', 'trigger', 'jump'),
    position: fc.constantFrom('up', 'middle', 'down', 'left'),
    duration: fc.oneof(fc.integer({ min: 0, max: 61_000 }), fc.constantFrom('500', 1.5)),
    channel: fc.integer({ min: -1, max: 4 }),
    switch: fc.oneof({ arbitrary: fc.boolean(), weight: 4 }, fc.constant(1)),
    angle: fc.oneof({ arbitrary: fc.integer({ min: -1, max: 181 }), weight: 4 }, fc.constant(90.5)),
    wakeup: fc.oneof({ arbitrary: fc.boolean(), weight: 4 }, fc.constantFrom('1', null)),
    colour: fc.constant('red'),
    ...Object.fromEntries(own),
  };
  // Few keys, so that some are right in all.
  return fc
    .shuffledSubarray(Object.keys(all), { maxLength: 4 })
    .chain((keys) => fc.tuple(...keys.map((key) => fc.tuple(fc.constant(key), all[key]!))))
    .map((entries) => Object.fromEntries(entries));
}

/** What a property can show of each kind of output. */
const SHOWN: Readonly<Record<OutputDefinition['type'], readonly OutputAttribute[]>> = {
  servo: ['position', 'angle'],
  relay: ['position', 'on'],
  dimmer: ['position', 'level', 'on', 'angle'],
};

function property(type: OutputDefinition['type'], channel: number, attribute: OutputAttribute, writable: boolean) {
  const values = type === 'relay' ? ['up', 'down'] : ['up', 'middle', 'down'];
  const kind = {
    position: { type: 'enum', values },
    on: { type: 'boolean' },
    angle: { type: 'integer', min: 0, max: 180 },
    level: { type: 'number', min: 0, max: 100, step: 0.5 },
  }[attribute];
  const isPlain = channel === 0 && (attribute === 'position' || attribute === 'angle');
  const key = isPlain ? attribute : `${attribute}${channel}`;
  return { ...kind, key, name: { en: key, zh: key }, writable, source: { channel, attribute } };
}

/** Sound products of any control mode, with up to four outputs of any kind and any properties of those. */
const anyProduct: fc.Arbitrary<Product> = fc
  .record({
    controlMode: fc.constantFrom('toggle', 'pulse', 'dimmer', 'generic', 'readonly'),
    types: fc.array(fc.constantFrom('servo' as const, 'relay' as const, 'dimmer' as const), {
      minLength: 1,
      maxLength: 4,
    }),
    // For each of the four attributes of each output: not there, read, or writable too.
    shown: fc.array(fc.constantFrom(undefined, false, true, true), { minLength: 16, maxLength: 16 }),
  })
  .map(({ controlMode, types, shown }) => {
    const outputs = types.map((type, index) => ({ type, pin: 16 + index }));
    const properties = types.flatMap((type, channel) =>
      SHOWN[type].flatMap((attribute, index) => {
        const writable = shown[channel * 4 + index];
        return writable === undefined
          ? []
          : [property(type, channel, attribute, writable && controlMode !== 'readonly')];
      }),
    );
    const { statusLed: _led, ...shipped } = structuredClone(shippedProducts()[0]!);
    return parseProduct({ ...shipped, controlMode, outputs, interlocks: [], inputs: [], properties }, 'any.json');
  });

/** The shipped ones, each with one that takes what its outputs can do: in control mode `toggle` the API takes no properties. */
const shipped = shippedProducts().flatMap((product) => {
  // That one relay puts another off is no rule of messages; test/control is about it.
  const alone = { ...product, interlocks: [] };
  const isFree = product.outputs.length === 0 || product.controlMode === 'generic';
  return isFree ? [alone] : [alone, { ...alone, controlMode: 'generic' as const }];
});

/** Cloud and board judge a body alike, and the board ends as the body says. */
function expectAgreement(product: Product, bodies: readonly Body[]): void {
  const board = new Board(product);
  for (const body of bodies) {
    const before = board.bench.control.restValues();
    const unaided = new Board(product, before).set(body);
    const params = passedOn(product, body);
    if (!isDifference(product, body)) expect([body, unaided.code === 200]).toEqual([body, params !== undefined]);
    if (params === undefined) continue;
    const rests = before.map((rest, channel) => restAfter(product, channel, params, rest));
    expect([params, board.set(params)]).toEqual([params, { code: 200, ignored: [], rests }]);
    if (!isDifference(product, body)) expect([body, unaided.rests]).toEqual([body, rests]);
  }
}

describe('cloud and board agree on any bodies', () => {
  it.each(shipped.map((product) => [product.productKey, product.controlMode, product] as const))(
    'for %s in control mode %s',
    (_key, _mode, product) => {
      fc.assert(
        fc.property(fc.array(bodyFor(product), { maxLength: 4 }), (bodies) => expectAgreement(product, bodies)),
        { numRuns: 500 },
      );
    },
  );

  it('for any product', () => {
    const cases = anyProduct.chain((product) =>
      fc.tuple(fc.constant(product), fc.array(bodyFor(product), { minLength: 1, maxLength: 4 })),
    );
    fc.assert(
      fc.property(cases, ([product, bodies]) => expectAgreement(product, bodies)),
      { numRuns: 2_000 },
    );
  });
});

describe('where the API takes less than the board', () => {
  const servo = shippedProducts().find(({ productKey }) => productKey === 'SW-SERVO-001')!;
  const relay = shippedProducts().find(({ productKey }) => productKey === 'SW-RELAY-002')!;

  it.each<[string, Product, Body, Body | undefined]>([
    ['a pulse under 50 ms', relay, { action: 'pulse', duration: 49 }, undefined],
    ['a pulse over 60 s', relay, { action: 'pulse', duration: 60_001 }, undefined],
    ['a property in control mode toggle', relay, { relay1: true }, undefined],
    ['the same beside an action', relay, { action: 'toggle', relay1: true }, undefined],
    ['position without an action there', servo, { position: 'up' }, undefined],
    ['the same beside the legacy form', servo, { switch: true, position: 'middle' }, { switch: true }],
  ])('%s', (_what, product, body, params) => {
    expect(new Board(product).set(body).code).toBe(200);
    expect(passedOn(product, body)).toEqual(params);
  });
});
