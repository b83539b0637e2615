import { WrongField } from '../core/environment.js';
import { isObject, parseJsonObject } from '../core/json-guard.js';
import { isVersion } from '../core/version.js';
import { MAX_URL_CHARACTERS } from './package-url.js';

const MAX_SIZE = 0xffff_ffff;
/** The module of a board that is its firmware. */
const FIRMWARE = 'default';

/** What the cloud offers. Nothing of it is proven: the package is. */
export interface UpgradeOffer {
  readonly version: string;
  readonly url: string;
}

/**
 * Reads an upgrade message (Alink `ota/device/upgrade`): its version, and where the package is. What it says of digests and
 * signatures is not looked at.
 * @param text the message, of any shape
 * @returns `undefined` where it is for another module than the firmware
 * @throws {WrongField} naming the field that cannot be used
 */
export function readUpgradeMessage(text: string): UpgradeOffer | undefined {
  const message = parseJsonObject(text);
  if (message === undefined) throw new WrongField('the message must be a JSON object with "code" and "data"');
  const { code, data } = message;
  if (code !== '1000' && code !== 1000) throw new WrongField('code must be "1000"');
  if (!isObject(data)) throw new WrongField('data must be an object with "version", "size" and "url"');
  const { module = FIRMWARE, isDiff = 0, version, size, url } = data;
  if (module !== FIRMWARE) return undefined;
  if (isDiff !== 0 && isDiff !== false) throw new WrongField('data.isDiff must be 0: this board takes whole images');
  if (typeof version !== 'string' || !isVersion(version)) {
    throw new WrongField('data.version must be three numbers with dots between, as in 1.2.3 or 1.2.3-beta.1');
  }
  if (typeof size !== 'number' || !Number.isInteger(size) || size < 1 || size > MAX_SIZE) {
    throw new WrongField(`data.size must be the bytes of the file, 1 to ${MAX_SIZE}`);
  }
  if (typeof url !== 'string' || url.length > MAX_URL_CHARACTERS || !/^https?:\/\/[\x21-\x7e]+$/.test(url)) {
    throw new WrongField(`data.url must be an http:// or https:// address of at most ${MAX_URL_CHARACTERS} characters`);
  }
  return { version, url };
}
