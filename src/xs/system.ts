import type { BootReason, System } from '../ports/system.js';
import { bootReason } from './boot-reason.js';
import type { Native } from './native.js';

/** `ESP_MAC_WIFI_STA` */
const STATION_MAC = 0;

/** The chip: what woke it, who it is, what memory is left. */
export class XsSystem implements System {
  readonly bootReason: BootReason;
  readonly serial: string;
  readonly buildTimeMs: number;
  readonly #native: Native;

  constructor(native: Native, buildTimeMs: number) {
    this.#native = native;
    this.bootReason = bootReason(native.smartlink_boot_reason());
    this.serial = stationMac(native);
    this.buildTimeMs = buildTimeMs;
  }

  freeHeap(): number {
    return this.#native.esp_get_free_heap_size();
  }

  restart(): void {
    this.#native.smartlink_restart();
  }
}

/** The station's MAC as 12 upper-case hex digits. */
function stationMac(native: Native): string {
  const mac = new Uint8Array(6);
  const failure = native.esp_read_mac(mac.buffer, STATION_MAC);
  if (failure !== 0) throw new Error(`the station MAC cannot be read (${failure})`);
  let serial = '';
  for (const byte of mac) serial += byte.toString(16).padStart(2, '0');
  return serial.toUpperCase();
}
