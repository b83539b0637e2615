import type { Product } from '../../src/core/product.js';
import type { Environment } from '../../src/ports/settings.js';
import type { BrokerTarget } from './broker-driver.js';
import type { CloudTarget } from './cloud-driver.js';
import type { Cut } from './crew.js';
import type { Driver, DriverEvents } from './driver.js';
import type { Shard } from './shard.js';

/** Where boards connect, and who asks them. */
export type Target =
  | {
      readonly kind: 'cloud';
      /** The cloud as its boards know it. */
      readonly environment: Environment;
      readonly cloud: CloudTarget;
    }
  | {
      readonly kind: 'broker';
      readonly broker: BrokerTarget;
      /** What boards are told, s; 60 and 10 by default. */
      readonly keepAliveS?: number;
      readonly reconnectSpreadS?: number;
    };

export interface FleetOptions {
  readonly target: Target;
  /** Boards of the whole fleet. */
  readonly boards: number;
  readonly shard: Shard;
  readonly product: Product;
  /** Sets a second, over the boards of this shard. */
  readonly ratePerS: number;
  /** How long is measured, after a time for warming up that is not, ms. */
  readonly forMs: number;
  readonly warmUpMs: number;
  /** Time over which boards are switched on, ms. */
  readonly rampMs: number;
  /** Threads for the boards; 0: this one. */
  readonly workers: number;
  readonly workerFile: string;
  /** Connections to cut a second, while it is measured; and how, by default in either way. */
  readonly chaosPerS: number;
  /** Boards have a long life behind them, and what memory they keep is looked at all the time; false by default. */
  readonly isSoak?: boolean;
  readonly cuts?: readonly Cut[];
  readonly buildTimeMs: number;
  readonly version: string;
  /** A set without its post after this time is lost, ms; 10 s by default. */
  readonly lostAfterMs?: number;
  /** Asks the boards in another way than the target's. */
  readonly openDriver?: (events: DriverEvents) => Promise<Driver>;
}

/** What a fleet is about: boards come online, a load without measuring, with it, its last posts come, everybody comes back, boards stop. */
export type Phase = 'ramp' | 'warm-up' | 'load' | 'drain' | 'recovery' | 'stop';

/** How things stand. */
export interface Snapshot {
  readonly phase: Phase;
  /** Since the start, s. */
  readonly atS: number;
  readonly boards: number;
  readonly online: number;
  /** Sets and posts a second, since the last snapshot. */
  readonly messagesPerS: number;
  /** From set to post since the last snapshot, µs; 0: there was none. */
  readonly p50Us: number;
  readonly p99Us: number;
  readonly sent: number;
  readonly answered: number;
  readonly lost: number;
  readonly doubled: number;
  readonly drops: number;
  readonly cuts: number;
  readonly rssBytes: number;
  /** What objects and buffers of this thread take, right after a collection; in a soak under `--expose-gc`, now and then. */
  readonly heapBytes?: number;
  /** Why a board was not online, the last time; absent: no board had any trouble since the last snapshot. */
  readonly trouble?: string;
}
