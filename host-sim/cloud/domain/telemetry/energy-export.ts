import type { Access } from '../access.js';
import type { UserFiles } from '../files/files.js';
import type { UserView } from '../users.js';
import { energyCsv } from './energy-csv.js';
import type { EnergyStatistics, StatisticsRequest } from './energy-statistics.js';

/** A file that was written for a user. */
export interface ExportView {
  readonly fileId: string;
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
}

/** Statistics as files, which their user keeps among his others. */
export class EnergyExport {
  readonly #statistics: EnergyStatistics;
  readonly #files: UserFiles;
  readonly #access: Access;

  constructor(options: { statistics: EnergyStatistics; files: UserFiles; access: Access }) {
    this.#statistics = options.statistics;
    this.#files = options.files;
    this.#access = options.access;
  }

  /** Writes the energy of a span. @throws CloudError those of {@link EnergyStatistics.energy} and of {@link UserFiles.keep} */
  energy(user: UserView, request: StatisticsRequest): ExportView {
    const statistics = this.#statistics.energy(user, request);
    const { name: deviceName } = this.#access.device(user.userId, request.deviceId);
    const since = statistics.buckets[0]!.from.slice(0, 10);
    const name = `energy-${request.deviceId}-${since}-${statistics.interval}.csv`;
    const bytes = Buffer.from(energyCsv(statistics, deviceName), 'utf8');
    const { fileId } = this.#files.keep(user, { name, contentType: 'text/csv', bytes });
    return { fileId, fileName: name, size: bytes.length };
  }
}
