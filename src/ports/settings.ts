import type { Environment } from '../core/environment.js';
import type { WiFiCredentials } from './wifi.js';

export type { Environment };

/** Who may change whom a board trusts: the keys that also sign its updates. */
export interface UpdateKeys {
  /** By id, `"0"` to `"7"`: base64 of a point of P-256 (65 bytes, 0x04 and both coordinates). */
  readonly keys: Readonly<Record<string, string>>;
  /** Bits of the ids that must all have signed, 1 for id 0 (default: 1). */
  readonly required?: number;
}

/** What the build or the command line fixes for a board. All of it is JSON. */
export interface Settings {
  /** Where the board is until it is told otherwise. */
  readonly environment: Environment;
  /** The others that it knows by name, each once. */
  readonly environments?: readonly Environment[];
  /** Absent: no signed bundle is taken. */
  readonly updateKeys?: UpdateKeys;
  /** Network to join; absent: the board stays unprovisioned. */
  readonly wifi?: WiFiCredentials;
}
