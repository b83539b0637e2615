import SdkWiFi, { type FoundNetwork } from 'embedded:network/interface/wifi';
import Timer from 'timer';
import type { Text } from '../ports/text.js';
import type { WiFiNetwork } from '../ports/wifi.js';

/** Names that are kept; the driver tells the strongest first. */
const MAX_NETWORKS = 20;
/** Longest name, bytes. */
const NAME_BYTES = 32;
/** Time for all channels, ms: some 4 s with an access point beside it; a scan that a connect broke off never ends. */
const TIMEOUT_MS = 8_000;

/**
 * One scan, over an SDK object of its own: the SDK makes one at a time, cannot take one back, and forgets none but by closing
 * its object.
 */
export class XsScan {
  readonly #text: Text;
  readonly #onDone: (networks: readonly WiFiNetwork[]) => void;
  readonly #bytes = new Uint8Array(NAME_BYTES);
  readonly #found = new Map<string, WiFiNetwork>();
  #radio: SdkWiFi | undefined = new SdkWiFi({});
  #deadline: ReturnType<typeof Timer.set> | undefined;

  /** `onDone` is called once, never inside the constructor or a method. */
  constructor(text: Text, onDone: (networks: readonly WiFiNetwork[]) => void) {
    this.#text = text;
    this.#onDone = onDone;
    this.#deadline = Timer.set(() => this.#finish(), TIMEOUT_MS);
    try {
      this.#radio?.scan({ onFound: (network) => this.#add(network), onComplete: () => this.#finish() });
    } catch {
      // The station is connecting.
      this.breakOff();
    }
  }

  /** It ends with what has been heard: nothing, as the driver tells all at its end. */
  breakOff(): void {
    if (this.#radio === undefined) return;
    this.#stop();
    this.#deadline = Timer.set(() => this.#finish());
  }

  /** Ends it silently. */
  close(): void {
    this.#stop();
  }

  #stop(): void {
    Timer.clear(this.#deadline);
    this.#deadline = undefined;
    this.#radio?.close();
    this.#radio = undefined;
  }

  #finish(): void {
    this.#stop();
    this.#onDone([...this.#found.values()].sort((a, b) => b.rssi - a.rssi));
  }

  #add({ SSID: ssid, RSSI: rssi, security }: FoundNetwork): void {
    const known = this.#found.get(ssid);
    if (known === undefined ? this.#found.size === MAX_NETWORKS || !this.#isName(ssid) : known.rssi >= rssi) return;
    this.#found.set(ssid, { ssid, rssi, secured: security !== 'none' });
  }

  /** Neither hidden, nor bytes that are no UTF-8, which the SDK passes on as they came. */
  #isName(ssid: string): boolean {
    if (ssid === '') return false;
    try {
      const end = this.#text.encode(ssid, this.#bytes, 0);
      return end > 0 && this.#text.decode(this.#bytes, 0, end) === ssid;
    } catch {
      return false;
    }
  }
}
