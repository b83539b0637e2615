import type { BoardWorld } from '../world/board-world.js';
import type { Surroundings } from '../world/surroundings.js';
import type { SimEventEntry, SimHttpEntry, SimLedView, SimMqttEntry } from './messages.js';

/** What went over a board's wire, or was said by it, before it has its number among those of all boards. */
export type WireFact = { readonly at: number; readonly bytes: number; readonly raw: string } & (
  | SimEventEntry
  | SimMqttEntry
  | SimHttpEntry
);

/** A simulated board, as far as it is served here; `SimulatedBoard` is one. */
export interface SimBoardPort {
  readonly serial: string;
  readonly product: { readonly productKey: string };
  /** Its identity at the cloud, once activated, while it runs. */
  readonly deviceId: string | undefined;
  readonly world: Pick<BoardWorld, 'inputs' | 'outputs'>;
  readonly surroundings: Surroundings;
  readonly powered: boolean;
  powerOn(): void;
  powerCut(): void;
  /** undefined: it has none. */
  readonly led: SimLedView | undefined;
  /** What its radio measures, dBm; undefined while it has joined no network. */
  readonly rssi: number | undefined;
  readonly wire: { onEntry(listener: (fact: WireFact) => void): () => void };
}
