import type { PropertyDefinition } from '../../../src/core/product.js';
import { SimContact } from '../../world/sim-contact.js';
import { SimSource } from '../../world/sim-source.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import { angleStep, givenOut, givesOut, outputOnPin, valueAt } from '../watched-outputs.js';

/** What an output does is told within this time after the last change, or after what kept the board from telling it, ms. */
const SOON_MS = 25_000;
/** What an input measures may wait for the heartbeat, and so much longer, ms. */
const LATE_MS = 60_000;
/** Looked at so often, ms. */
const EVERY_MS = 60_000;

/** Of a dimmer's levels, those that are nearest to a named position; ties go to the middle (device.md), percent. */
const LEVELS_NEAR: Readonly<Record<string, readonly [from: number, to: number]>> = {
  down: [0, 24],
  middle: [25, 75],
  up: [76, 100],
};

interface Known {
  /** What the cloud was told last. */
  readonly reported: Map<string, unknown>;
  /** The last time that anything moved, or kept the board from saying so, ms. */
  unsettledMs: number;
  /** When it is looked at again, ms. */
  nextLookMs: number;
  /** The angle that each servo was led to, in this boot, by channel. */
  readonly ledDeg: Map<number, number>;
  /** What each voltage was at the last look, by input. */
  readonly levels: Map<number, number>;
  /** In safe mode a board opens no input and tells nothing of any: the cloud goes on showing what was. */
  isSafe: boolean;
}

export const reportedIsReal: WorldPromise = {
  name: 'reported-is-real',
  why: 'Somebody far away decides by what the cloud shows: whether to go home and turn it off.',
  watch: (world, broken) => {
    const knowing = new PerDevice<Known>(() => ({
      reported: new Map(),
      unsettledMs: 0,
      nextLookMs: 0,
      ledDeg: new Map(),
      levels: new Map(),
      isSafe: false,
    }));
    /** How long nothing has moved, and nothing has been in the way of telling so, ms. */
    const settledMs = (device: SimDevice): number => {
      const clearSinceMs = world.obstacles.clearSinceMs(device.index);
      const isHalfOpen = world.wires.peerOf(device)?.isFrozen === true;
      if (!device.isOnline || isHalfOpen || clearSinceMs === undefined) return 0;
      return world.nowMs - Math.max(clearSinceMs, knowing.of(device).unsettledMs);
    };
    const look = (device: SimDevice, reported: (key: string) => unknown, who: string): void => {
      const restMs = settledMs(device);
      const inputsMs = device.product.session.heartbeatS * 1_000 + LATE_MS;
      for (const property of device.product.properties) {
        if (restMs <= ('input' in property.source ? inputsMs : SOON_MS)) continue;
        const told = reported(property.key);
        if (!isReal(device, knowing.of(device), property, told)) {
          broken(
            device,
            `${who} "${property.key}" as ${JSON.stringify(told)}, and it is ${realWords(device, property)}.`,
          );
        }
      }
    };
    const unsettle = (device: SimDevice): void => {
      const known = knowing.of(device);
      known.unsettledMs = world.nowMs;
      known.nextLookMs = world.nowMs + SOON_MS;
    };

    return {
      boot: (device) => {
        unsettle(device);
        knowing.of(device).ledDeg.clear();
      },
      pin: (device, pin) => {
        const output = outputOnPin(device.product, pin);
        if (output === undefined) return;
        unsettle(device);
        const given = givenOut(device, output.channel);
        if (output.definition.type === 'servo' && given !== undefined)
          knowing.of(device).ledDeg.set(output.channel, given);
      },
      event: (device, { name, data }) => {
        if (name === 'booted') knowing.of(device).isSafe = (data as { safeMode: boolean }).safeMode;
        if (name === 'state_changed') unsettle(device);
      },
      cloud: (name, event) => {
        if (name !== 'propertyPosted') return;
        const { deviceId, properties } = event as { deviceId: string; properties: Record<string, unknown> };
        const device = world.deviceOf(deviceId);
        if (device === undefined) return;
        const { reported } = knowing.of(device);
        for (const [key, value] of Object.entries(properties)) reported.set(key, value);
      },
      tick: () => {
        for (const device of world.devices) {
          const known = knowing.of(device);
          followSources(device, known, () => unsettle(device));
          if (world.nowMs < known.nextLookMs) continue;
          known.nextLookMs = world.nowMs + EVERY_MS;
          look(device, (key) => known.reported.get(key), 'The cloud was told');
        }
      },
      end: async () => {
        for (const device of world.devices) {
          if (!world.cloud.isUp) continue;
          const answer = await world.app.get(`/devices/${device.deviceId}/properties`);
          if (answer?.code !== 200) continue;
          look(device, (key) => (answer.data[key] as { value?: unknown } | undefined)?.value, 'The cloud shows');
        }
      },
    };
  },
};

/** A voltage that goes from one value to another is at rest when it has been the same twice. */
function followSources({ world }: SimDevice, { levels }: Known, unsettle: () => void): void {
  world.inputs.forEach((part, input) => {
    const level = part instanceof SimSource ? part.level : part instanceof SimContact ? Number(part.closed) : 0;
    if (levels.get(input) !== level) unsettle();
    levels.set(input, level);
  });
}

function isReal(device: SimDevice, { ledDeg, isSafe }: Known, property: PropertyDefinition, told: unknown): boolean {
  const { source } = property;
  if ('input' in source) return isSafe || isMeasured(device, source.input, told);
  const { channel, attribute } = source;
  const definition = device.product.outputs[channel]!;
  const given = givenOut(device, channel);
  if (definition.type === 'servo') {
    const deg = ledDeg.get(channel);
    // Not led anywhere since its boot, it is where nobody knows.
    if (deg === undefined) return told !== undefined;
    if (attribute === 'angle')
      return Math.abs(Number(told) - deg) <= 1 + angleStep(definition, device.pins.pwmResolution);
    if (attribute !== 'position') return true;
    const offDeg = (position: 'up' | 'middle' | 'down') => Math.abs(valueAt(definition, position) - deg);
    const nearestDeg = Math.min(offDeg('up'), offDeg('middle'), offDeg('down'));
    return offDeg(told as 'up') <= nearestDeg + 2;
  }
  switch (attribute) {
    case 'on':
      return told === given! > 0;
    case 'level':
      return givesOut(device, channel, definition.type === 'relay' ? Number(told) / 100 : Number(told));
    case 'position':
      if (definition.type === 'relay') return told === (given === 1 ? 'up' : 'down');
      return levelsOf(told).some((level) => givesOut(device, channel, level));
    case 'angle':
      return true;
  }
}

/** The levels that a dimmer's named position is the nearest to, percent. */
function levelsOf(position: unknown): number[] {
  const [from, to] = LEVELS_NEAR[String(position)] ?? [0, -1];
  return Array.from({ length: to - from + 1 }, (_, step) => from + step);
}

/** Within its dead band, its noise and a step. */
function isMeasured(device: SimDevice, input: number, told: unknown): boolean {
  const definition = device.product.inputs[input]!;
  const part = device.world.inputs[input]!;
  if (part instanceof SimContact) return told === part.closed;
  if (definition.type !== 'analog' || !(part instanceof SimSource)) return true;
  const { min, max } = definition.scale;
  const real = min + (max - min) * part.level;
  return Math.abs(Number(told) - real) <= definition.deadBand + 0.01 * (max - min);
}

function realWords(device: SimDevice, { source }: PropertyDefinition): string {
  if ('channel' in source) return String(givenOut(device, source.channel) ?? 'without pulses');
  const part = device.world.inputs[source.input]!;
  return part instanceof SimContact ? String(part.closed) : part instanceof SimSource ? String(part.level) : 'a button';
}
