import type { BootReason } from '../ports/system.js';

/** What ESP-IDF's reset reason (`esp_reset_reason_t`) means. */
export function bootReason(reason: number): BootReason {
  switch (reason) {
    case 3: // software, asked for
      return 'restart';
    case 4: // panic, or an abort of XS
    case 13: // eFuse error
    case 15: // CPU lock-up
      return 'crash';
    case 5: // interrupt watchdog
    case 6: // task watchdog
    case 7: // other watchdogs
      return 'watchdog';
    case 9: // brown-out
    case 14: // power glitch
      return 'brown_out';
    default: // power-on, reset pin, USB and JTAG, wake from deep sleep, unknown
      return 'power_on';
  }
}
