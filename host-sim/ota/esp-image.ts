/** What an application image begins with, and how long its header is (ESP-IDF, esp_app_format.h: esp_image_header_t). */
const MAGIC = 0xe9;
const HEADER_BYTES = 24;
const CHIP_ID_AT = 12;

/** Chips that a product may have, by what stands in their images (esp_chip_id_t). */
const CHIPS: ReadonlyMap<number, string> = new Map([
  [0, 'ESP32'],
  [5, 'ESP32-C3'],
  [9, 'ESP32-S3'],
]);

/** Which chip an image is for, as products name it, or its number where no product has that chip; `undefined`: it is no image. */
export function chipOfImage(image: Uint8Array): string | undefined {
  if (image.length <= HEADER_BYTES || image[0] !== MAGIC) return undefined;
  const id = image[CHIP_ID_AT]! | (image[CHIP_ID_AT + 1]! << 8);
  return CHIPS.get(id) ?? `a chip with the number ${id}`;
}
