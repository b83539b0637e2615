import { crc32 } from 'node:zlib';
import { BLOCK_BYTES, type NorFlash } from './nor-flash.js';

/** What an entry says of its image (ESP-IDF: `esp_ota_img_states_t`). */
export const ImageState = Object.freeze({
  new: 0,
  pending: 1,
  valid: 2,
  invalid: 3,
  aborted: 4,
  undefined: 0xffffffff,
} as const);

/** Two of them, each in a block of its own, so that one is whole while the other is written. */
export type Sector = 0 | 1;

/** Of `esp_ota_select_entry_t`: sequence, label (20 bytes), state, checksum; all little-endian. */
const ENTRY_BYTES = 32;
const STATE_AT = 24;
const CRC_AT = 28;
const BLANK = 0xffffffff;

export interface OtaEntry {
  /** From 1; the higher one counts, and odd ones mean slot 0. */
  readonly sequence: number;
  readonly state: number;
  readonly crc: number;
}

/** The partition `otadata` of ESP-IDF: which of two slots starts, and what is known of it. */
export class OtaData {
  /** Blocks that it takes, from the beginning of the flash. */
  static readonly blocks = 2;
  readonly #flash: NorFlash;

  constructor(flash: NorFlash) {
    this.#flash = flash;
  }

  entry(sector: Sector): OtaEntry {
    const bytes = Buffer.alloc(ENTRY_BYTES);
    this.#flash.read(bytes, sector * BLOCK_BYTES);
    return { sequence: bytes.readUInt32LE(0), state: bytes.readUInt32LE(STATE_AT), crc: bytes.readUInt32LE(CRC_AT) };
  }

  /** The sector whose entry says what starts; `undefined` where neither does. */
  get active(): Sector | undefined {
    const [first, second] = [this.entry(0), this.entry(1)];
    if (isGood(first) && isGood(second)) return first.sequence >= second.sequence ? 0 : 1;
    if (isGood(first)) return 0;
    return isGood(second) ? 1 : undefined;
  }

  /** Whether both entries are ruled out: blank, or of images that have failed. */
  get isRuledOut(): boolean {
    return isRuledOut(this.entry(0)) && isRuledOut(this.entry(1));
  }

  /** Whether no entry has ever been written whole. */
  get isInitial(): boolean {
    return [this.entry(0), this.entry(1)].every(
      (entry) => entry.sequence === BLANK || entry.crc !== crcOf(entry.sequence),
    );
  }

  /** Whether a sector's entry is whole and not ruled out. */
  isGood(sector: Sector): boolean {
    return isGood(this.entry(sector));
  }

  /** Erases a sector and writes its entry anew: two operations, which the power can go between. */
  write(sector: Sector, sequence: number, state: number): void {
    const bytes = Buffer.alloc(ENTRY_BYTES, 0xff);
    bytes.writeUInt32LE(sequence, 0);
    bytes.writeUInt32LE(state, STATE_AT);
    bytes.writeUInt32LE(crcOf(sequence), CRC_AT);
    this.#flash.eraseBlock(sector);
    this.#flash.write(bytes, sector * BLOCK_BYTES);
    this.#flash.sync();
  }
}

/** Which slot an entry means. */
export function slotOf({ sequence }: OtaEntry): 0 | 1 {
  return (sequence - 1) % 2 === 0 ? 0 : 1;
}

function isRuledOut({ sequence, state }: OtaEntry): boolean {
  return sequence === BLANK || state === ImageState.invalid || state === ImageState.aborted;
}

function isGood(entry: OtaEntry): boolean {
  return !isRuledOut(entry) && entry.crc === crcOf(entry.sequence);
}

/** Of the sequence alone, as `bootloader_common_ota_select_crc`. */
function crcOf(sequence: number): number {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(sequence);
  return crc32(bytes, BLANK);
}
