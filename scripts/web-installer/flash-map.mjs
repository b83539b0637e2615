import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../moddable.mjs';

const PARTITIONS = join(ROOT, 'src', 'xs', 'esp32', 'partitions.csv');

/** Where ESP-IDF puts the partition table unless it is told otherwise, which we do not do; it has one sector. */
const TABLE_OFFSET = 0x8000;
const TABLE_BYTES = 0x1000;

/**
 * What is different about a chip: its name at ESP Web Tools (which is `chipModel` in a product), where its ROM looks for the boot
 * loader, and its number in the header of an image (`esp_chip_id_t`).
 */
export const CHIPS = Object.freeze({
  esp32: { family: 'ESP32', bootloaderOffset: 0x1000, imageId: 0 },
  esp32c3: { family: 'ESP32-C3', bootloaderOffset: 0x0, imageId: 5 },
  esp32s3: { family: 'ESP32-S3', bootloaderOffset: 0x0, imageId: 9 },
});

/** What a build writes on a chip: the file that ESP-IDF makes, and its place, bytes; in order. */
export function flashMap(target, partitions = readPartitions()) {
  const { bootloaderOffset } = CHIPS[target];
  return [
    { file: 'bootloader.bin', offset: bootloaderOffset, size: TABLE_OFFSET - bootloaderOffset, holds: 'image' },
    { file: 'partition-table.bin', offset: TABLE_OFFSET, size: TABLE_BYTES, holds: 'table' },
    { file: 'ota_data_initial.bin', ...partitions.get('otadata'), holds: 'data' },
    { file: 'xs_esp32.bin', ...partitions.get('ota_0'), holds: 'image' },
  ];
}

/** Offset and size in bytes of each partition, by its name. */
export function readPartitions(file = PARTITIONS) {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((field) => field.trim()));
  return new Map(rows.map(([name, , , offset, size]) => [name, { offset: Number(offset), size: Number(size) }]));
}
