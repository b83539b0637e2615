import { argument, exit, random, readInput, writeOutput } from 'lin-native';

/**
 * `mc/ffi` of the Linux program. The serial is the third argument, 12 hex digits; without it a fixed one. Of the ports that a chip
 * may have it has the serial line, which is its standard input and output.
 */
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

  smartlink_ports(): number {
    return 1;
  }

  smartlink_boot_reason(): number {
    return 1;
  }

  smartlink_restart(): void {
    exit(0);
  }

  esp_ota_mark_app_valid_cancel_rollback(): number {
    return 0;
  }

  smartlink_ota_state(): number {
    return -1;
  }

  smartlink_ota_roll_back(): void {}

  smartlink_wifi_reason(): number {
    return 0;
  }

  smartlink_wifi_awake(): void {}

  smartlink_ap_start(_ssid: string, _password: string, _address: string, _stations: number): number {
    return -1;
  }

  smartlink_ap_stations(): number {
    return 0;
  }

  smartlink_ap_stop(): void {}

  smartlink_serial_open(): number {
    return 0;
  }

  smartlink_serial_read(into: ArrayBuffer, length: number): number {
    return readInput(into, length);
  }

  smartlink_serial_write(bytes: ArrayBuffer, length: number): void {
    writeOutput(bytes, length);
  }

  smartlink_ble_guard(): void {}

  smartlink_ble_known(): void {}

  smartlink_ble_room(): number {
    return 0;
  }

  smartlink_ble_disconnect(): void {}
}
