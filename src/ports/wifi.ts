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

/** A network that a scan has heard. */
export interface WiFiNetwork {
  /** 1 to 32 bytes of UTF-8; hidden networks and names that are no text are left out. */
  readonly ssid: string;
  /** Signal strength of its strongest access point, dBm. */
  readonly rssi: number;
  /** Whether it wants a password. */
  readonly secured: boolean;
}

/** The Wi-Fi station. Callbacks never run inside the constructor or a method; nothing is called after `close()`. */
export interface WiFiStation {
  connect(credentials: WiFiCredentials): void;
  /**
   * Listens on all channels, which takes some seconds; what was under way or connected goes on where the radio can do both,
   * and is lost with its callback where it cannot. `onDone` is called once, with each name once, strongest first, at most 20;
   * a scan that cannot be made or that another one or a `connect` interrupts hears nothing.
   */
  scan(onDone: (networks: readonly WiFiNetwork[]) => void): void;
  /** Leaves the network or gives up the attempt, silently. */
  disconnect(): void;
  /** Its IPv4 address while connected. */
  readonly address: string | undefined;
  /** Signal strength in dBm while connected. */
  readonly rssi: number | undefined;
  close(): void;
}

export interface WiFiConstructor {
  new (options: WiFiOptions): WiFiStation;
}

export interface AccessPointOptions {
  readonly ssid: string;
  /** WPA2, 8 to 63 characters. */
  readonly password: string;
  /** Stations at a time. */
  readonly maxStations: number;
  /** A station has joined or left: so many are there now. */
  onStations(count: number): void;
}

/**
 * The board's own access point, beside its station: it hands out addresses by DHCP, with itself as router and name server. It is
 * on the station's channel where that is connected. It works once made; a driver that fails is as one that nobody finds.
 */
export interface AccessPoint {
  /** Its own address, dotted; it serves the 256 around it. */
  readonly address: string;
  close(): void;
}

export interface AccessPointConstructor {
  new (options: AccessPointOptions): AccessPoint;
}
