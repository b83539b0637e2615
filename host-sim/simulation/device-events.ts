import { ACTIVATION_RECORD } from '../../src/activation/activation-store.js';
import type { BoardEvent } from '../../src/core/events.js';
import type { Product } from '../../src/core/product.js';
import type { Obstacles } from './obstacles.js';
import type { SimDeviceOptions } from './sim-device.js';
import type { Trace } from './trace.js';
import type { Witness } from './witness.js';

const NOT_SET_UP = 'not set up';

/** What a board tells of, as the trace and the witnesses of its world are told. */
export function deviceEvents(options: {
  readonly index: number;
  readonly product: Product;
  readonly world: { readonly trace: Trace; readonly obstacles: Obstacles; readonly nowMs: number };
  readonly each: (call: (witness: Witness) => void) => void;
}): Pick<SimDeviceOptions, Extract<keyof SimDeviceOptions, `on${string}`>> {
  const { index, product, world, each } = options;
  const { trace } = world;
  /** Its password at the broker, and the ones before. */
  const secrets: string[] = [];
  const tell = (line: string): void => trace.note(world.nowMs, `#${index} ${line}`, secrets);
  return {
    onEvent: (device, event) => {
      tell(`${event.name} ${JSON.stringify(event.data)}`);
      noteSetup(world.obstacles, index, event);
      each((witness) => witness.event?.(device, event));
    },
    onLabel: ({ password }) => trace.hide(password),
    onPin: (device, pin, kind, value) => {
      const line = `pin ${pin} ${kind} ${value}`;
      if (pin === product.statusLed?.pin) trace.mark(world.nowMs, `#${index} ${line}`);
      else tell(line);
      each((witness) => witness.pin?.(device, pin, kind, value));
    },
    onStored: (device, key) => {
      if (key === ACTIVATION_RECORD && device.brokerPassword) secrets.push(device.brokerPassword);
      tell(`stores ${key}`);
      each((witness) => witness.stored?.(device, key));
    },
    onFlash: (device, kind, block) => {
      trace.mark(world.nowMs, `#${index} ${kind} ${block}`);
      each((witness) => witness.flash?.(device, kind, block));
    },
    onFlashed: (device) => {
      tell('is flashed by cable');
      each((witness) => witness.flashed?.(device));
    },
    onBrick: (device) => {
      tell('is a brick');
      each((witness) => witness.brick?.(device));
    },
    onBoot: (device, reason) => {
      tell(`boots: ${reason}`);
      world.obstacles.release(index, 'no power');
      each((witness) => witness.boot?.(device, reason));
    },
    onPowerOff: (device) => {
      tell('has no power');
      world.obstacles.put(index, 'no power');
      each((witness) => witness.powerOff?.(device));
    },
    onCrash: (device, error) => {
      tell(`crashes: ${String(error)}`);
      each((witness) => witness.crash?.(device, error));
    },
  };
}

/** Who has been told no network is not expected at his cloud. */
function noteSetup(obstacles: Obstacles, index: number, { name, data }: BoardEvent): void {
  if (name !== 'state_changed') return;
  if ((data as { to: string }).to === 'unprovisioned') obstacles.put(index, NOT_SET_UP);
  else if (obstacles.has(index, NOT_SET_UP)) obstacles.release(index, NOT_SET_UP);
}
