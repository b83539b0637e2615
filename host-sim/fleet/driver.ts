/** What a driver hears. */
export interface DriverEvents {
  /** A board has posted. */
  onPost(deviceId: string, message: Readonly<Record<string, unknown>>): void;
  /** What `key` asked for was not taken, and why. */
  onRefused(key: number, why: string): void;
  /** Its own connection has gone: nothing can be measured any more. */
  onLost(why: string): void;
}

/** Asks boards of one product for values, and hears what they post. */
export interface Driver {
  /** @param key names it, should it be refused */
  set(key: number, deviceId: string, params: Readonly<Record<string, unknown>>): void;
  /** Ends its connections. */
  close(): Promise<void>;
}
