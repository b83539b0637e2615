import SdkWiFi from 'embedded:network/interface/wifi';
import Timer from 'timer';
import type { Text } from '../ports/text.js';
import type {
  WiFiConstructor,
  WiFiCredentials,
  WiFiLoss,
  WiFiNetwork,
  WiFiOptions,
  WiFiStation,
} from '../ports/wifi.js';
import type { Native } from './native.js';
import { wifiLoss } from './wifi-loss.js';
import { XsScan } from './wifi-scan.js';

/** Time to find the network and associate, then for DHCP, ms each. */
const ASSOCIATE_TIMEOUT_MS = 15_000;
const ADDRESS_TIMEOUT_MS = 15_000;
/** The SDK tells of an address only once there is an IPv6 one too; until then it is asked this often, ms. */
const ADDRESS_POLL_MS = 250;
/** A connected station looks this often whether its address is still there (an expired lease is no event), ms. */
const ADDRESS_WATCH_MS = 10_000;
/** The driver reports the end of an attempt late, and without saying of which: a new one waits for it, ms. */
const SETTLE_MS = 300;
/** Values of the SDK's `connection`; from `ASSOCIATED` on, the station is associated. */
const DISCONNECTED = 200;
const ASSOCIATED = 400;

type State = 'idle' | 'waiting' | 'associating' | 'addressing' | 'connected' | 'closed';

/**
 * The Wi-Fi station over the SDK's, which makes single attempts, sets no deadlines and gives no reasons. Why this one of the
 * SDK's two modules: docs/adr/0005-provisioning-on-a-chip.md.
 */
class XsWiFi implements WiFiStation {
  readonly #options: WiFiOptions;
  readonly #native: Native;
  readonly #text: Text;
  readonly #radio: SdkWiFi;
  #state: State = 'idle';
  /** The radio was told to connect since it was last told to disconnect, or reported that it had. */
  #engaged = false;
  #settled = true;
  #deadline: ReturnType<typeof Timer.set> | undefined;
  #poll: ReturnType<typeof Timer.set> | undefined;
  #scan: XsScan | undefined;

  constructor(options: WiFiOptions, native: Native, text: Text) {
    this.#options = options;
    this.#native = native;
    this.#text = text;
    this.#radio = new SdkWiFi({ onChanged: () => this.#onChanged() });
    // From here on the driver's reasons are kept.
    native.smartlink_wifi_reason();
    native.smartlink_wifi_awake();
  }

  get address(): string | undefined {
    return this.#state === 'connected' ? this.#radio.address : undefined;
  }

  get rssi(): number | undefined {
    return this.#state === 'connected' ? this.#radio.RSSI : undefined;
  }

  connect(credentials: WiFiCredentials): void {
    this.#opened();
    this.#release();
    // The driver breaks a scan off by itself for this, and does not say so.
    this.#scan?.breakOff();
    this.#state = 'waiting';
    this.#deadline = Timer.set(() => this.#begin(credentials), this.#settled ? 0 : SETTLE_MS);
  }

  scan(onDone: (networks: readonly WiFiNetwork[]) => void): void {
    this.#opened();
    this.#scan?.breakOff();
    this.#scan = new XsScan(this.#text, (networks) => {
      if (this.#state !== 'closed') onDone(networks);
    });
  }

  disconnect(): void {
    this.#opened();
    this.#release();
    this.#state = 'idle';
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#release();
    this.#scan?.close();
    this.#state = 'closed';
    this.#radio.close();
  }

  #begin(credentials: WiFiCredentials): void {
    const { ssid, password } = credentials;
    this.#native.smartlink_wifi_reason();
    this.#state = 'associating';
    this.#deadline = Timer.set(() => this.#fail(this.#reason()), ASSOCIATE_TIMEOUT_MS);
    try {
      this.#radio.connect(password === undefined ? { SSID: ssid } : { SSID: ssid, password });
      this.#engaged = true;
      this.#settled = false;
    } catch {
      // The driver refused; the callback must not come from inside a method.
      Timer.clear(this.#deadline);
      this.#deadline = Timer.set(() => this.#fail('lost'));
    }
  }

  #onChanged(): void {
    // Not engaged: the late end of an attempt that was given up.
    if (!this.#engaged) return;
    if (this.#radio.connection === DISCONNECTED) this.#onLost();
    else if (this.#radio.connection < ASSOCIATED) return;
    else if (this.#state === 'associating') {
      Timer.clear(this.#deadline);
      this.#state = 'addressing';
      this.#deadline = Timer.set(() => this.#fail('no_address'), ADDRESS_TIMEOUT_MS);
      this.#poll = Timer.repeat(() => this.#checkAddress(), ADDRESS_POLL_MS);
      this.#checkAddress();
    } else if (this.#state === 'addressing') this.#checkAddress();
  }

  #onLost(): void {
    const loss = this.#state === 'associating' ? this.#reason() : 'lost';
    this.#engaged = false;
    this.#settled = true;
    this.#fail(loss);
  }

  #checkAddress(): void {
    if (!this.#hasAddress()) return;
    this.#stopTimers();
    this.#state = 'connected';
    this.#poll = Timer.repeat(() => {
      if (!this.#hasAddress()) this.#fail('no_address');
    }, ADDRESS_WATCH_MS);
    this.#options.onConnected();
  }

  #hasAddress(): boolean {
    const { address } = this.#radio;
    return address?.includes('.') === true && address !== '0.0.0.0';
  }

  #reason(): WiFiLoss {
    return wifiLoss(this.#native.smartlink_wifi_reason());
  }

  #fail(loss: WiFiLoss): void {
    this.#release();
    this.#state = 'idle';
    this.#options.onDisconnected(loss);
  }

  /** Ends whatever is under way, silently. */
  #release(): void {
    this.#stopTimers();
    if (!this.#engaged) return;
    this.#engaged = false;
    this.#radio.disconnect();
  }

  #stopTimers(): void {
    Timer.clear(this.#deadline);
    Timer.clear(this.#poll);
    this.#deadline = this.#poll = undefined;
  }

  #opened(): void {
    if (this.#state === 'closed') throw new Error('the station is closed');
  }
}

/** The station's constructor in the shape of the port. */
export function xsWiFi(native: Native, text: Text): WiFiConstructor {
  return class extends XsWiFi {
    constructor(options: WiFiOptions) {
      super(options, native, text);
    }
  };
}
