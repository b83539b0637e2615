import type { Core } from '../core.js';
import type { PropertyView } from '../properties.js';
import { propertiesOf } from '../telemetry/device-model.js';
import { energyModelOf, type Meter, reading } from '../telemetry/energy-model.js';
import type { Actor } from './board-commands.js';
import { ownMeter, WATTS } from './own-meter.js';

/** A reading; null in it: the product measures this, and the board has not reported it. */
export interface PowerReading {
  readonly value: number | null;
  readonly unit: 'W' | '%';
  /** ISO 8601, UTC. */
  readonly reportedAt: string | null;
}

/** What a board draws and gives; null where its product does not measure it. */
export interface SystemPowerView {
  readonly deviceId: string;
  readonly online: boolean;
  /** Of the board as a whole. */
  readonly power: PowerReading | null;
  readonly battery: PowerReading | null;
  readonly pv: PowerReading | null;
  readonly grid: PowerReading | null;
  readonly load: PowerReading | null;
  readonly soc: PowerReading | null;
}

/** @throws CloudError `device_not_found` */
export function systemPower(core: Core, user: Actor, deviceId: string): SystemPowerView {
  const device = core.access.device(user.userId, deviceId);
  const properties = propertiesOf(core.stores.products, device);
  const model = energyModelOf(properties);
  const last = core.properties.last(device.seq);
  return {
    deviceId,
    online: device.status === 1,
    power: readingOf(ownMeter(properties, model, WATTS), 'W', last),
    battery: readingOf(model.battery.power, 'W', last),
    pv: readingOf(model.pv.power, 'W', last),
    grid: readingOf(model.grid.power, 'W', last),
    load: readingOf(model.load.power, 'W', last),
    soc: readingOf(model.battery.soc, '%', last),
  };
}

function readingOf(
  meter: Meter | undefined,
  unit: PowerReading['unit'],
  last: Readonly<Record<string, PropertyView>>,
): PowerReading | null {
  if (!meter) return null;
  const property = last[meter.key];
  return { value: reading(meter, property?.value), unit, reportedAt: property?.reportedAt ?? null };
}
