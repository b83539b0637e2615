/** Why a station is not (or no longer) on its network. */
export type WiFiLoss = 'wrong_password' | 'no_such_network' | 'no_address' | 'lost';

export interface WiFiCredentials {
  /** 1 to 32 bytes of UTF-8. */
  readonly ssid: string;
  /** 8 to 63 characters, 64 hex digits, or absent for an open network. */
  readonly password?: string;
}

export interface WiFiOptions {
  /** The station is associated and has an address. */
  onConnected(): void;
  /** The attempt failed or the link went; the station stays idle until the next `connect`. */
  onDisconnected(reason: WiFiLoss): void;
}

/** The Wi-Fi station. Callbacks never run inside the constructor or a method; nothing is called after `close()`. */
export interface WiFiStation {
  connect(credentials: WiFiCredentials): void;
  /** Leaves the network or gives up the attempt, silently. */
  disconnect(): void;
  /** Signal strength in dBm while connected. */
  readonly rssi: number | undefined;
  close(): void;
}

export interface WiFiConstructor {
  new (options: WiFiOptions): WiFiStation;
}
