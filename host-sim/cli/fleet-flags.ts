import type { Shard } from '../fleet/shard.js';
import type { LoginFlags } from './cloud-login.js';

/** Flags of `smartlink fleet`. */
export interface FleetFlags extends LoginFlags {
  readonly boards: number;
  readonly broker?: string;
  readonly product: string;
  readonly rate?: number;
  readonly for: number;
  readonly warmUp: number;
  readonly ramp?: number;
  readonly workers: number;
  readonly shard: Shard;
  readonly chaos: number;
  readonly soak?: boolean;
  readonly password?: string;
  readonly json?: boolean;
  readonly out?: string;
}
