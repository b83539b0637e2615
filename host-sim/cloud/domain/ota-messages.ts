import { isObject } from '../../../src/core/json-guard.js';

/** Where the file of an update stands, and which it is. Digests are lower-case hex, of the file. */
export interface UpgradeOffer {
  readonly id: number;
  readonly version: string;
  readonly url: string;
  readonly size: number;
  readonly md5: string;
  readonly sha256: string;
}

/** What a board said of the version that it runs (Alink: inform). */
export interface InformMessage {
  readonly version: string;
  /** Whether it is about the firmware, and not about another part of the board. */
  readonly isFirmware: boolean;
}

/** How far a board is, or that it failed (Alink: progress). */
export interface ProgressMessage {
  /** 0 to 100, or −1 to −4. */
  readonly step: number;
  /** One line for people; may be empty. */
  readonly detail: string;
}

const FIRMWARE = 'default';
const VERSION = /^[\x21-\x7e]{1,64}$/;
const STEP = /^(-[1-4]|\d{1,2}|100)$/;
const MAX_DETAIL_LENGTH = 256;

/** Undefined where it names no version. */
export function readInform(message: Record<string, unknown>): InformMessage | undefined {
  const { params } = message;
  if (!isObject(params)) return undefined;
  const { version, module = FIRMWARE } = params;
  if (typeof version !== 'string' || !VERSION.test(version)) return undefined;
  return { version, isFirmware: module === FIRMWARE };
}

/** Undefined where it names no step that there is. */
export function readProgress(message: Record<string, unknown>): ProgressMessage | undefined {
  const { params } = message;
  if (!isObject(params)) return undefined;
  const { step, desc } = params;
  if ((typeof step !== 'string' && typeof step !== 'number') || !STEP.test(String(step))) return undefined;
  return { step: Number(step), detail: typeof desc === 'string' ? oneLine(desc) : '' };
}

/** What tells a board of a new version (Alink: upgrade). */
export function upgradeMessage({ id, version, url, size, md5, sha256 }: UpgradeOffer): string {
  return JSON.stringify({
    code: '1000',
    data: {
      size,
      version,
      isDiff: 0,
      url,
      md5,
      sign: sha256,
      signMethod: 'SHA256',
      module: FIRMWARE,
      extData: {},
    },
    id,
    message: 'success',
  });
}

/** A board's text as it may be shown on a terminal. */
function oneLine(text: string): string {
  return text.slice(0, MAX_DETAIL_LENGTH).replace(/\p{C}/gu, ' ').trim();
}
