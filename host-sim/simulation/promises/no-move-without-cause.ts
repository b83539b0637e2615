import type { ButtonDefinition } from '../../../src/core/product.js';
import type { BootReason } from '../../../src/ports/system.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import { ToldBook } from '../told.js';
import {
  channelsOf,
  effectMs,
  givenOut,
  givesOut,
  outputOnPin,
  pulseMs,
  storedOutputs,
  type WatchedOutput,
  watchedOutputs,
} from '../watched-outputs.js';

/** A contact may bounce so long at each end of a press, ms. */
const BOUNCES_MS = 60;

interface Known {
  /** What each output gave out last: on, a duty, or degrees; by channel. */
  readonly given: (number | undefined)[];
  /** Until then each of them may move, ms. */
  readonly mayMoveUntilMs: number[];
  /** Until then the rule for power-on may bring it on, ms. */
  readonly bootUntilMs: number[];
  /** To which values, beside off. */
  bootValues: (number | undefined)[];
  keeps: boolean;
}

export const noMoveWithoutCause: WorldPromise = {
  name: 'no-move-without-cause',
  why: 'A load that switches when nobody asked for it is what people fear most (complaints 1, 3 and 5).',
  watch: (world, broken) => {
    const told = new ToldBook();
    const knowing = new PerDevice<Known>(({ product: { outputs } }) => ({
      given: outputs.map(() => undefined),
      mayMoveUntilMs: outputs.map(() => Number.NEGATIVE_INFINITY),
      bootUntilMs: outputs.map(() => Number.NEGATIVE_INFINITY),
      bootValues: [],
      keeps: false,
    }));
    const allow = (device: SimDevice, channel: number, forMs: number): void => {
      const { mayMoveUntilMs } = knowing.of(device);
      mayMoveUntilMs[channel] = Math.max(mayMoveUntilMs[channel]!, world.nowMs + forMs);
    };

    return {
      boot: (device, reason) => {
        const known = knowing.of(device);
        known.bootValues = startValues(device, reason);
        known.keeps = reason === 'restart' && storedOutputs(device)?.left === true;
        for (const output of watchedOutputs(device.product)) {
          known.bootUntilMs[output.channel] = world.nowMs + effectMs(output);
          // Whatever was told before it is forgotten.
          known.mayMoveUntilMs[output.channel] = Number.NEGATIVE_INFINITY;
        }
      },
      packet: (device, way, packet) => {
        if (way === 'down') told.take(device, packet);
      },
      event: (device, { name, data }) => {
        if (name === 'booted') {
          const { safeMode } = data as { safeMode: boolean };
          lookAtBoot(device, knowing.of(device), safeMode, broken);
          return;
        }
        if (name !== 'command_accepted') return;
        const { id } = data as { id: string };
        const command = told.find(device, id);
        if (command === undefined) broken(device, `It acts on command ${id}, which nobody sent.`);
        if (!command?.isSet) return;
        const outputs = watchedOutputs(device.product);
        for (const channel of channelsOf(device.product, command.params)) {
          const output = outputs[channel];
          if (output) allow(device, channel, effectMs(output, pulseMs(device.product, command.params, channel)));
        }
      },
      pressed: (device, input, ms) => {
        const { channel, debounceMs, doubleMs } = device.product.inputs[input] as ButtonDefinition;
        const output = watchedOutputs(device.product)[channel];
        if (output === undefined) return;
        const { pulse } = output.definition;
        const pressMs = ms + doubleMs + 2 * (debounceMs + BOUNCES_MS);
        allow(device, channel, pressMs + effectMs(output, Math.min(pulse.durationMs, pulse.maxMs)));
        for (const partner of output.partners) allow(device, partner.channel, pressMs + effectMs(output));
      },
      pin: (device, pin, kind) => {
        const output = outputOnPin(device.product, pin);
        if (output === undefined) return;
        const known = knowing.of(device);
        const { channel } = output;
        const before = known.given[channel];
        const after = givenOut(device, channel);
        known.given[channel] = after;
        // Without power, or by a crash, everything goes dark; a servo without pulses does not move.
        const dark = output.definition.type === 'servo' ? undefined : 0;
        if (kind === 'undriven' || after === undefined || after === (before ?? dark)) return;
        if (world.nowMs <= known.mayMoveUntilMs[channel]!) return;
        if (world.nowMs <= known.bootUntilMs[channel]! && mayStartAt(device, known, output, after)) return;
        broken(device, `Output ${channel} goes from ${shown(before)} to ${shown(after)}, and nobody told it to.`);
      },
    };
  },
};

/** What the rule for power-on lets each output come to, beside off. A servo gives no pulses until it is told to. */
function startValues(device: SimDevice, reason: BootReason): (number | undefined)[] {
  const stored = storedOutputs(device);
  return device.product.outputs.map((definition, channel) => {
    if (definition.type === 'servo') return undefined;
    const last = stored?.values[channel];
    if (reason === 'restart' && stored?.left === true) return last;
    if (definition.powerOn === 'off') return undefined;
    if (definition.powerOn === 'last') return last;
    if (definition.type === 'relay') return 1;
    return last === undefined || last === 0 ? 100 : last;
  });
}

function mayStartAt(device: SimDevice, known: Known, { channel, definition }: WatchedOutput, given: number): boolean {
  if (definition.type === 'servo') return false;
  const value = known.bootValues[channel];
  return given === 0 || (value !== undefined && givesOut(device, channel, value));
}

/** The outputs have just been opened. */
function lookAtBoot(
  device: SimDevice,
  known: Known,
  safeMode: boolean,
  broken: (device: SimDevice, sentence: string) => void,
): void {
  for (const { channel, definition } of watchedOutputs(device.product)) {
    const given = givenOut(device, channel);
    if (safeMode) {
      if (given) broken(device, `Output ${channel} gives out ${shown(given)} in safe mode.`);
    } else if (
      known.keeps &&
      definition.type !== 'servo' &&
      !givesOut(device, channel, known.bootValues[channel] ?? 0)
    ) {
      broken(device, `Output ${channel} gives out ${shown(given)} after a wanted restart, and not what it was.`);
    }
  }
}

function shown(value: number | undefined): string {
  return value === undefined ? 'nothing' : String(Math.round(value * 1_000) / 1_000);
}
