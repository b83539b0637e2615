/** Brokers that are remembered; a board talks to one, and to another after a move. */
const MOST_BROKERS = 8;
/** MQTT 3.1.1, 3.1.1: the fixed header of a CONNECT. */
const CONNECT = 0x10;
/** MQTT 3.1.1, 3.1.2.1: the name of the protocol, after its length. */
const PROTOCOL_NAME = [0, 4, 0x4d, 0x51, 0x54, 0x54];

/**
 * Where a board has found MQTT brokers, as `address:port`. What a connection is for can only be told by what the board says
 * first, inside of TLS too; from then on it is known before a connection is made. It outlives the boots of the board.
 */
export class KnownBrokers {
  #endpoints: readonly string[] = [];

  has(endpoint: string): boolean {
    return this.#endpoints.includes(endpoint);
  }

  /** What the board says first on a connection to there. Returns whether it takes it for a broker. */
  hear(endpoint: string, firstBytes: Uint8Array): boolean {
    // The one that was spoken to last is the last to be forgotten.
    const others = this.#endpoints.filter((one) => one !== endpoint);
    const isBroker = isMqttConnect(firstBytes);
    this.#endpoints = isBroker ? [...others.slice(1 - MOST_BROKERS), endpoint] : others;
    return isBroker;
  }
}

/** Whether this is how a client of MQTT 3.1.1 or 5 begins. No HTTP request begins like it. */
function isMqttConnect(bytes: Uint8Array): boolean {
  if (bytes[0] !== CONNECT) return false;
  let at = 1;
  // The remaining length: up to four bytes, of which all but the last go on.
  while (at < 4 && bytes[at]! >= 128) at++;
  return PROTOCOL_NAME.every((byte, index) => bytes[at + 1 + index] === byte);
}
