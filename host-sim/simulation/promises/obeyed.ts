import type { OutputDefinition, Product, PropertyDefinition } from '../../../src/core/product.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import { ToldBook } from '../told.js';
import { channelsOf, effectMs, givesOut, pulseMs, valueAt, watchedOutputs } from '../watched-outputs.js';

/** What makes a property set one of the action form or the legacy form (API reference, 4.5). */
const MAIN_KEYS: readonly string[] = ['action', 'wakeup', 'switch', 'angle'];

type Params = Readonly<Record<string, unknown>>;

/** What an output was told to come to. */
interface Aim {
  readonly id: string;
  /** 1 or 0, percent, or degrees. */
  readonly value: number;
  readonly untilMs: number;
  /** A pulse has only to be there once. */
  hasBeenThere: boolean;
}

export const obeyed: WorldPromise = {
  name: 'obeyed',
  why: 'An answer that says accepted, and a lamp that stays dark, is worse than a refusal.',
  watch: (world, broken) => {
    const told = new ToldBook();
    const aims = new PerDevice<Map<number, Aim>>(() => new Map());
    const forget = (device: SimDevice): void => aims.of(device).clear();
    const look = (device: SimDevice): void => {
      for (const [channel, aim] of aims.of(device)) {
        if (world.nowMs <= aim.untilMs) {
          if (!aim.hasBeenThere) aim.hasBeenThere = givesOut(device, channel, aim.value);
          continue;
        }
        aims.of(device).delete(channel);
        if (aim.hasBeenThere) continue;
        broken(device, `Command ${aim.id} told output ${channel} to come to ${aim.value}, and it never did.`);
      }
    };

    return {
      boot: forget,
      powerOff: forget,
      packet: (device, way, packet) => {
        if (way === 'down') told.take(device, packet);
      },
      pressed: forget,
      pin: look,
      tick: () => {
        for (const device of world.devices) look(device);
      },
      event: (device, { name, data }) => {
        if (name === 'button_pressed') forget(device);
        // From here on it is stopping, and what runs ends early.
        if (name === 'state_changed' && (data as { to: string }).to === 'stopped') forget(device);
        if (name !== 'command_accepted') return;
        const { id } = data as { id: string };
        const params = told.find(device, id)?.params;
        if (params === undefined) return;
        const { product } = device;
        look(device);
        for (const channel of channelsOf(product, params)) aims.of(device).delete(channel);
        for (const [channel, value] of valuesOf(product, params)) {
          const output = watchedOutputs(product)[channel]!;
          // Two relays that were both told to be on cannot both be.
          if (output.partners.some((partner) => valuesOf(product, params).has(partner.channel))) continue;
          const untilMs = world.nowMs + effectMs(output, pulseMs(product, params, channel));
          aims.of(device).set(channel, { id, value, untilMs, hasBeenThere: givesOut(device, channel, value) });
        }
      },
    };
  },
};

/** Where a property set leads outputs, by channel; without those that it flips: that depends on where they are. */
function valuesOf(product: Product, params: Params): Map<number, number> {
  const values = new Map<number, number>();
  const { channel = 0 } = params;
  const definition = product.outputs[channel as number];
  const main = definition && mainValue(definition, params);
  if (main !== undefined) values.set(channel as number, main);
  const hasMain = MAIN_KEYS.some((key) => key in params);
  for (const property of product.properties) {
    const { key, source } = property;
    if (!(key in params) || !('channel' in source)) continue;
    if (MAIN_KEYS.includes(key) || (key === 'position' && hasMain)) continue;
    values.set(source.channel, propertyValue(product.outputs[source.channel]!, property, params[key]));
  }
  return values;
}

/** What the action form or the legacy form says. */
function mainValue(definition: OutputDefinition, params: Params): number | undefined {
  const { action, position, wakeup, switch: on, angle } = params;
  if (action === 'pulse' || action === 'trigger' || wakeup === true)
    return valueAt(definition, definition.pulse.position);
  if (action === 'toggle') return position === undefined ? undefined : valueAt(definition, position as 'up');
  if (on === false) return valueAt(definition, 'down');
  if (angle !== undefined && definition.type !== 'relay') return valueOfAngle(definition, angle as number);
  return on === true ? valueAt(definition, 'up') : undefined;
}

function valueOfAngle(definition: OutputDefinition, angleDeg: number): number {
  return definition.type === 'dimmer' ? levelOf(definition, angleDeg / 1.8) : angleDeg;
}

function propertyValue(definition: OutputDefinition, { source }: PropertyDefinition, value: unknown): number {
  const attribute = 'channel' in source ? source.attribute : undefined;
  if (attribute === 'on') return valueAt(definition, value === true ? 'up' : 'down');
  if (attribute === 'position') return valueAt(definition, value as 'up');
  return attribute === 'angle' ? valueOfAngle(definition, value as number) : levelOf(definition, value as number);
}

function levelOf(definition: OutputDefinition, level: number): number {
  if (definition.type !== 'dimmer' || level <= 0) return level;
  return Math.max(1, definition.minLevel, Math.round(level));
}
