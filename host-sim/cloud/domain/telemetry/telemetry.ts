import { AlarmStore } from '../../store/alarm-store.js';
import { OfflineStore } from '../../store/offline-store.js';
import { ReadingStore } from '../../store/reading-store.js';
import type { Core } from '../core.js';
import type { UserFiles } from '../files/files.js';
import { NO_ALARMS } from './alarm-rules.js';
import { AlarmService } from './alarms.js';
import { BlackoutService } from './blackouts.js';
import { EnergyExport } from './energy-export.js';
import { EnergyReadings } from './energy-readings.js';
import { EnergyStatistics, type EnergyValues } from './energy-statistics.js';

/** What boards tell in the course of time, and what comes of it. */
export interface Telemetry {
  readonly readings: EnergyReadings;
  readonly statistics: EnergyStatistics;
  readonly exports: EnergyExport;
  readonly alarms: AlarmService;
  readonly blackouts: BlackoutService;
}

/** @param values what users have told of their energy */
export function createTelemetry(core: Core, files: UserFiles, values: EnergyValues): Telemetry {
  const { database, access, writes, events, environment, devices, properties, stores, lead } = core;
  const now = () => environment.now();
  const store = new ReadingStore(database);
  const { products } = stores;
  const statistics = new EnergyStatistics({ store, access, products, values, now });
  return {
    readings: new EnergyReadings({ store, access, devices, deviceStore: stores.devices, products, properties }),
    statistics,
    exports: new EnergyExport({ statistics, files, access }),
    alarms: new AlarmService({
      store: new AlarmStore(database, NO_ALARMS),
      access,
      flush: () => writes.flush(),
      now,
    }),
    blackouts: new BlackoutService({ store: new OfflineStore(database), access, writes, events, now, lead }),
  };
}
