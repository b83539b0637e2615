/** What the manifest's `ffi` makes on an ESP32 (there mcconfig writes this declaration itself). */
declare module 'mc/ffi' {
  export default class FFI {
    esp_random(): number;
    esp_get_free_heap_size(): number;
    esp_read_mac(mac: ArrayBuffer, type: number): number;
    esp_wifi_set_ps(type: number): number;
    smartlink_boot_reason(): number;
    smartlink_restart(): void;
    smartlink_wifi_reason(): number;
  }
}
