import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import { ToldBook } from '../told.js';
import {
  channelsOf,
  effectMs,
  givenOut,
  givesOut,
  pulseMs,
  storedOutputs,
  valueAt,
  watchedOutputs,
} from '../watched-outputs.js';

/** What a duty's steps and whole degrees may make of a place, degrees. */
const ALMOST_DEG = 2;

/** A pulse that runs, as an onlooker knows of it: until then it is over, ms. */
interface RunningPulse {
  readonly untilMs: number;
  readonly restValue: number;
  /** Where a servo was led last. */
  ledDeg: number | undefined;
}

export const pulseLimit: WorldPromise = {
  name: 'pulse-limit',
  why: 'A gate, a valve or a heater that a pulse opened stays open when nobody ends it (complaint 4).',
  watch: (world, broken) => {
    const told = new ToldBook();
    const running = new PerDevice<Map<number, RunningPulse>>(() => new Map());

    const begin = (device: SimDevice, channel: number, heldMs: number | undefined): void => {
      const pulses = running.of(device);
      pulses.delete(channel);
      const output = watchedOutputs(device.product)[channel];
      if (output === undefined || heldMs === undefined) return;
      const { definition } = output;
      pulses.set(channel, {
        untilMs: world.nowMs + effectMs(output, heldMs),
        restValue: valueAt(definition, definition.pulse.rest),
        ledDeg: undefined,
      });
    };
    const look = (device: SimDevice): void => {
      const pulses = running.of(device);
      for (const [channel, pulse] of pulses) {
        const { untilMs, restValue } = pulse;
        const given = givenOut(device, channel);
        if (device.product.outputs[channel]!.type === 'servo') pulse.ledDeg = given ?? pulse.ledDeg;
        if (world.nowMs <= untilMs) continue;
        pulses.delete(channel);
        // A servo at rest has no pulses: it is where it was led last, and a motion that was on its way there has had its time.
        const isAtRest = given === undefined ? isLedTo(pulse) : givesOut(device, channel, restValue);
        if (isAtRest) continue;
        broken(device, `The pulse of output ${channel} is over since ${world.nowMs - untilMs} ms: it is not at rest.`);
      }
    };

    return {
      // What was on its way is not any more; what comes on with a boot is another promise's business.
      boot: (device) => running.of(device).clear(),
      powerOff: (device) => running.of(device).clear(),
      packet: (device, way, packet) => {
        if (way === 'down') told.take(device, packet);
      },
      event: (device, { name, data }) => {
        const { product } = device;
        if (name === 'command_accepted') {
          const command = told.find(device, (data as { id: string }).id);
          if (!command?.isSet) return;
          for (const channel of channelsOf(product, command.params)) {
            begin(device, channel, pulseMs(product, command.params, channel));
          }
        } else if (name === 'button_pressed') {
          const { input, press } = data as { input: number; press: string };
          const button = product.inputs[input]!;
          if (button.type !== 'button') return;
          const pulses = press === 'double' || product.controlMode === 'pulse';
          const { channel } = button;
          begin(device, channel, pulses ? Math.min(durationOf(device, channel), maxOf(device, channel)) : undefined);
        }
      },
      pin: look,
      stored: (device, key) => {
        if (key !== 'outputs') return;
        for (const [channel, { restValue }] of running.of(device)) {
          const value = storedOutputs(device)?.values[channel];
          if (value !== undefined && Math.abs(value - restValue) > 0.5) {
            broken(device, `Output ${channel} is stored as ${value} while a pulse leads it away from ${restValue}.`);
          }
        }
      },
      tick: () => {
        for (const device of world.devices) if (device.isPowered) look(device);
      },
    };
  },
};

/** Whether a servo without pulses was led to its rest; one that was led nowhere never left it. */
function isLedTo({ ledDeg, restValue }: RunningPulse): boolean {
  return ledDeg === undefined || Math.abs(ledDeg - restValue) <= ALMOST_DEG;
}

function durationOf({ product }: SimDevice, channel: number): number {
  return product.outputs[channel]!.pulse.durationMs;
}

function maxOf({ product }: SimDevice, channel: number): number {
  return product.outputs[channel]!.pulse.maxMs;
}
