import type { Product, PropertyDefinition } from '../../../src/core/product.js';
import { type Kind, numberOf } from '../happening.js';

/** Longest that a pulse is asked for: the cloud takes no longer one, ms. */
const LONGEST_PULSE_MS = 60_000;
const SHORTEST_PULSE_MS = 50;

/**
 * An app sends a command: in any of the forms of the API reference (4.5), to any output, or in none of them. What it is in
 * detail depends on the board: numbers choose among what its product has.
 */
export const command: Kind = {
  what: 'command',
  about: 'An app sends a board a command, in a form that fits it, or one that must be refused.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    form: random.between(0, 99),
    channel: random.uint32(),
    value: random.uint32(),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const [form, channel, value] = ['form', 'channel', 'value'].map((name) => numberOf(details, name));
    world.ask(device, paramsOf(device.product, form!, channel!, value!));
  },
};

function paramsOf(product: Product, form: number, place: number, value: number): object {
  if (form >= 90) return NONSENSE[value % NONSENSE.length]!;
  const { outputs, controlMode } = product;
  const writable = product.properties.filter((property) => property.writable);
  const properties = controlMode === 'dimmer' ? form < 70 : controlMode === 'generic' && form < 35;
  if (properties && writable.length > 0) return propertiesOf(writable, place, value);
  const channel = outputs.length === 0 ? 0 : place % outputs.length;
  const where = channel === 0 ? {} : { channel };
  const isRelay = outputs[channel]?.type === 'relay';
  const legacy = controlMode === 'dimmer' ? 1 : form % 4;
  if (legacy === 1)
    return { ...(isRelay || value % 2 === 0 ? { switch: value % 3 > 0 } : { angle: value % 181 }), ...where };
  const duration = SHORTEST_PULSE_MS + (value % (LONGEST_PULSE_MS - SHORTEST_PULSE_MS + 1));
  switch (value % 4) {
    case 0:
      return { action: 'toggle', ...where };
    case 1: {
      const positions = isRelay ? ['up', 'down'] : ['up', 'middle', 'down'];
      return { action: 'toggle', position: positions[(value >>> 2) % positions.length], ...where };
    }
    case 2:
      return { action: 'pulse', duration, ...where };
    default:
      return { action: 'trigger', ...where };
  }
}

/** One property or several, each of another output; in the order of the thing model. */
function propertiesOf(writable: readonly PropertyDefinition[], first: number, value: number): object {
  const count = 1 + (value % 3);
  const told = new Map<number, PropertyDefinition>();
  for (let step = 0; step < Math.min(count, writable.length); step++) {
    const property = writable[(first + step) % writable.length]!;
    // What two properties make of one output depends on their order, which JSON does not promise to keep.
    if ('channel' in property.source && !told.has(property.source.channel)) told.set(property.source.channel, property);
  }
  const chosen = new Set(told.values());
  return Object.fromEntries(
    writable.flatMap((property, place) =>
      chosen.has(property) ? [[property.key, fitting(property, value >>> place)]] : [],
    ),
  );
}

function fitting({ type, values = [], min = 0, max = 100 }: PropertyDefinition, value: number): unknown {
  switch (type) {
    case 'boolean':
      return value % 2 === 0;
    case 'enum':
      return values[value % values.length];
    default:
      return min + (value % (max - min + 1));
  }
}

/** What must move nothing, whoever refuses it. */
const NONSENSE: readonly object[] = [
  {},
  { action: 'explode' },
  { action: 'toggle', position: 'sideways' },
  { action: 'toggle', channel: 99 },
  { action: 'pulse', duration: 0 },
  { action: 'pulse', duration: '500' },
  { angle: 181 },
  { angle: -1 },
  { angle: 'up' },
  { switch: 'on' },
  { level: 101 },
  { relay: 'yes' },
  { voltage: 1 },
  { constructor: true },
  { nobody: 'knows' },
];
