import { argument, exit, random } from 'lin-native';

/** `mc/ffi` of the Linux program. The serial is the third argument, 12 hex digits; without it a fixed one. */
export default class FFI {
  esp_random(): number {
    return random();
  }

  esp_get_free_heap_size(): number {
    return 0;
  }

  esp_read_mac(mac: ArrayBuffer, _type: number): number {
    const serial = argument(3) ?? '02005E000001';
    const bytes = new Uint8Array(mac);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(serial.slice(2 * i, 2 * i + 2), 16);
    return 0;
  }

  esp_wifi_set_ps(_type: number): number {
    return 0;
  }

  smartlink_boot_reason(): number {
    return 1;
  }

  smartlink_restart(): void {
    exit(0);
  }

  smartlink_wifi_reason(): number {
    return 0;
  }
}
