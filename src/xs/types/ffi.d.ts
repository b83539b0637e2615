/** What the manifest's `ffi` makes on an ESP32 (there mcconfig writes this declaration itself). */
declare module 'mc/ffi' {
  export default class FFI {
    esp_random(): number;
    esp_get_free_heap_size(): number;
    esp_read_mac(mac: ArrayBuffer, type: number): number;
    esp_wifi_set_ps(type: number): number;
    smartlink_ports(): number;
    smartlink_boot_reason(): number;
    smartlink_restart(): void;
    esp_ota_mark_app_valid_cancel_rollback(): number;
    smartlink_ota_state(): number;
    smartlink_ota_roll_back(): void;
    smartlink_wifi_reason(): number;
    smartlink_wifi_awake(): void;
    smartlink_ap_start(ssid: string, password: string, address: string, stations: number): number;
    smartlink_ap_stations(): number;
    smartlink_ap_stop(): void;
    smartlink_serial_open(): number;
    smartlink_serial_read(into: ArrayBuffer, length: number): number;
    smartlink_serial_write(bytes: ArrayBuffer, length: number): void;
    smartlink_ble_guard(): void;
    smartlink_ble_known(): void;
    smartlink_ble_room(): number;
    smartlink_ble_disconnect(): void;
  }
}
