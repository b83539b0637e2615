import type { WiFiCredentials } from './wifi.js';

/** Where a board's cloud is: one named environment. */
export interface Environment {
  readonly name: 'release' | 'test' | 'dev';
  /** Base URL of the HTTP API, without a trailing slash: `https://host:port`, or `http://…`, which is in the clear. */
  readonly apiUrl: string;
  /**
   * The CAs of this environment, and no others, as base64 of their certificates' DER. With one, MQTT is always over TLS; absent or
   * empty: nothing is, and an `https:` API cannot be reached.
   */
  readonly anchors?: readonly string[];
  /** Host name of an NTP server; absent: none is asked. */
  readonly ntpServer?: string;
}

/** What the build or the command line fixes for a board. */
export interface Settings {
  readonly environment: Environment;
  /** Network to join; absent: the board stays unprovisioned. */
  readonly wifi?: WiFiCredentials;
}
