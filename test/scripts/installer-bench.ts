import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');

const places = createRequire(import.meta.url).resolve.paths('esp-web-tools') ?? [];

/** Why no page can be made here; in CI it can. */
export const NO_TOOLS =
  places.some((place) => existsSync(join(place, 'esp-web-tools'))) || process.env['CI'] === 'true'
    ? undefined
    : 'esp-web-tools is not installed (npm ci)';

/** A chip's name, its number in the header of an image, and where its boot loader stands (data sheets; ESP-IDF's `esp_chip_id_t`). */
export const CHIPS = {
  esp32: { family: 'ESP32', id: 0, bootloader: 0x1000 },
  esp32c3: { family: 'ESP32-C3', id: 5, bootloader: 0 },
  esp32s3: { family: 'ESP32-S3', id: 9, bootloader: 0 },
} as const;

export type Target = keyof typeof CHIPS;

const PRODUCT = {
  productKey: 'SW-SERVO-001',
  name: { en: 'Switch servo', zh: '开关舵机' },
  firmwareVersion: '1.2.3',
};

/** A folder with what `npm run build:esp32` would have made, of bytes that mean nothing. */
export class MadeUpBuilds {
  readonly folder = mkdtempSync(join(tmpdir(), 'smartlink-installer-'));
  readonly builds = join(this.folder, 'esp32');
  readonly out = join(this.folder, 'page');

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  build(target: Target, { product = {}, settings = {} } = {}): void {
    const config = {
      product: { ...PRODUCT, chipModel: CHIPS[target].family, ...product },
      settings: { environment: { name: 'dev', apiUrl: 'http://cloud.example:8080' }, ...settings },
    };
    mkdirSync(this.images(target), { recursive: true });
    writeFileSync(join(this.builds, target, 'manifest.json'), JSON.stringify({ config }));
    this.write(target, 'bootloader.bin', image(target, 200));
    this.write(target, 'partition-table.bin', Buffer.from([0xaa, 0x50, 1, 2]));
    this.write(target, 'ota_data_initial.bin', Buffer.alloc(0x2000, 0xff));
    this.write(target, 'xs_esp32.bin', image(target, 5_000));
  }

  images(target: Target): string {
    return join(this.builds, target, 'output/bin/esp32', target, 'release/smartlink');
  }

  write(target: Target, file: string, bytes: Uint8Array): void {
    writeFileSync(join(this.images(target), file), bytes);
  }

  /** Runs the command on these builds. */
  make(...args: string[]): SpawnSyncReturns<string> {
    return installer('--builds', this.builds, '--out', this.out, ...args);
  }
}

export function installer(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync('node', ['scripts/web-installer.mjs', ...args], { cwd: ROOT, encoding: 'utf8' });
}

/** An image of so many bytes, as far as its header says. */
export function image(target: Target, length: number): Buffer {
  const bytes = Buffer.alloc(length, target.length);
  bytes[0] = 0xe9;
  bytes.writeUInt16LE(CHIPS[target].id, 12);
  return bytes;
}
