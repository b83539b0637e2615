import SdkWiFi from 'embedded:network/interface/wifi';
import Timer from 'timer';
import type { AccessPoint, AccessPointConstructor, AccessPointOptions } from '../ports/wifi.js';
import type { Native } from './native.js';

/**
 * Not ESP-IDF's 192.168.4.1: that is the router of a common maker too, and a station whose name server has the board's own
 * address asks itself for the cloud.
 */
const ADDRESS = '198.18.71.1';
/** The stations are counted this often, ms. */
const POLL_MS = 500;

/**
 * The chip's access point, through ESP-IDF (`esp32/wifi.c`): the SDK's module for the station has none. Its DHCP server names the
 * board as router and as name server.
 */
class XsAccessPoint implements AccessPoint {
  readonly address = ADDRESS;
  readonly #native: Native;
  #poll: ReturnType<typeof Timer.set> | undefined;
  #stations = 0;

  constructor(options: AccessPointOptions, native: Native) {
    this.#native = native;
    // Starts the driver, should no station have done so.
    new SdkWiFi({}).close();
    native.smartlink_ap_start(options.ssid, options.password, ADDRESS, options.maxStations);
    this.#poll = Timer.repeat(() => {
      const stations = native.smartlink_ap_stations();
      if (stations === this.#stations) return;
      this.#stations = stations;
      options.onStations(stations);
    }, POLL_MS);
  }

  close(): void {
    if (this.#poll === undefined) return;
    Timer.clear(this.#poll);
    this.#poll = undefined;
    this.#native.smartlink_ap_stop();
  }
}

/** The access point's constructor in the shape of the port. */
export function xsAccessPoint(native: Native): AccessPointConstructor {
  return class extends XsAccessPoint {
    constructor(options: AccessPointOptions) {
      super(options, native);
    }
  };
}
