import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordStores } from '../../src/ports/storage.js';
import { makeFolder, writeFileAtomic } from '../files/files.js';
import { FolderInUseError, FolderLock } from '../files/folder-lock.js';
import { type FlashMedium, MemoryMedium } from '../world/flash-medium.js';
import { FileMedium } from './file-medium.js';
import { FileStorage } from './file-storage.js';
import { createMemoryStores } from './memory-storage.js';

const SERIAL = /^[A-Za-z0-9_-]{1,64}$/;
/** While another process numbers its boards: how long to wait for it, and how often to look, ms. */
const NUMBERING_TIMEOUT_MS = 5_000;
const NUMBERING_POLL_MS = 10;

/** Another running process has a board's flash. */
export class BoardInUseError extends Error {
  readonly code = 'board_in_use';
  readonly data: { readonly serial: string; readonly pid: number };

  constructor(serial: string, pid: number) {
    super(
      `process ${pid} runs board ${serial} of this data folder already: stop that one, or choose another serial number with --sn or another folder with --data.`,
    );
    this.data = { serial, pid };
  }
}

/**
 * Where simulated boards keep their flash: `boards/<product key>/<serial>` of a data directory, or nowhere. A board's
 * folder is one process's for as long as it is claimed: two would be one device with two minds.
 */
export class BoardFolder {
  readonly #folder: string | undefined;
  readonly #locks = new Map<string, FolderLock>();

  /** @param dataDir data directory, or `:memory:`. @throws when it cannot be written */
  constructor(dataDir: string, productKey: string) {
    if (dataDir === ':memory:') return;
    this.#folder = join(dataDir, 'boards', productKey);
    makeFolder(this.#folder);
  }

  /**
   * Claims the first `count` boards that no other process has, and returns their serial numbers: like a station MAC, made at
   * random once and kept. @throws {NodeJS.ErrnoException} where it cannot be written; nothing is claimed then
   */
  async claim(count: number): Promise<string[]> {
    if (this.#folder === undefined) return extend([], count);
    const numbering = await this.#startNumbering(this.#folder);
    try {
      const known = this.#read(this.#folder);
      const free: string[] = [];
      for (const serial of known) if (free.length < count && this.#tryClaim(serial)) free.push(serial);
      const serials = extend(known, count - free.length);
      if (serials.length === known.length) return free;
      const fresh = serials.slice(known.length);
      for (const serial of fresh) this.claimSerial(serial);
      writeFileAtomic(join(this.#folder, 'serials.json'), `${JSON.stringify(serials)}\n`);
      return [...free, ...fresh];
    } catch (error) {
      this.release();
      throw error;
    } finally {
      numbering.release();
    }
  }

  /** Claims the board of this serial number. @throws BoardInUseError */
  claimSerial(serial: string): void {
    if (this.#folder === undefined) return;
    const folder = join(this.#folder, serial);
    makeFolder(folder);
    try {
      this.#locks.set(serial, FolderLock.take(folder));
    } catch (error) {
      throw error instanceof FolderInUseError ? new BoardInUseError(serial, error.data.pid) : error;
    }
  }

  /** The records of one board; the secrets are in a folder below the others. */
  stores(serial: string): RecordStores {
    if (this.#folder === undefined) return createMemoryStores();
    const folder = join(this.#folder, serial);
    return { storage: new FileStorage(folder), secrets: new FileStorage(join(folder, 'secrets')) };
  }

  /** The flash that has the firmware of one board; no record has such a name. */
  medium(serial: string): FlashMedium {
    if (this.#folder === undefined) return new MemoryMedium();
    return new FileMedium(join(this.#folder, serial, 'firmware.flash'));
  }

  /** Leaves all claimed boards to others. May be called twice. */
  release(): void {
    for (const lock of this.#locks.values()) lock.release();
    this.#locks.clear();
  }

  #tryClaim(serial: string): boolean {
    try {
      this.claimSerial(serial);
      return true;
    } catch (error) {
      if (error instanceof BoardInUseError) return false;
      throw error;
    }
  }

  /** One process at a time numbers boards, so that none of its numbers is lost. */
  async #startNumbering(folder: string): Promise<FolderLock> {
    for (const begun = performance.now(); ; ) {
      try {
        return FolderLock.take(folder);
      } catch (error) {
        if (!(error instanceof FolderInUseError) || performance.now() - begun > NUMBERING_TIMEOUT_MS) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, NUMBERING_POLL_MS));
    }
  }

  #read(folder: string): string[] {
    const path = join(folder, 'serials.json');
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    const serials = parseSerials(text);
    if (serials === undefined) {
      throw new Error(`${path} is damaged: mend it, or remove it to give the boards new serial numbers.`);
    }
    return serials;
  }
}

function parseSerials(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return undefined;
    return value.every((entry) => typeof entry === 'string' && SERIAL.test(entry)) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `serials` and `count` new ones. */
function extend(serials: readonly string[], count: number): string[] {
  const all = new Set(serials);
  while (all.size < serials.length + count) all.add(randomSerial());
  return [...all];
}

/** A locally administered unicast address, as a station MAC is written: 12 upper-case hex digits. */
function randomSerial(): string {
  const bytes = randomBytes(6);
  bytes[0] = (bytes[0]! & 0xfc) | 0x02;
  return bytes.toString('hex').toUpperCase();
}
