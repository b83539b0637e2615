import { CloudError } from '../../errors.js';

/** Largest file of a user, bytes. */
export const MAX_FILE_BYTES = 4_194_304;
/** Files that a user may have. */
export const MAX_FILES = 64;
/** What the files of all users may take of the disk, bytes. */
export const MAX_ALL_BYTES = 268_435_456;
/** Files that may come in one request. */
export const MAX_FILES_AT_ONCE = 10;
/** Longest name of a file, characters. */
export const MAX_NAME_LENGTH = 255;
/** Type and subtype (RFC 6838, 4.2), without parameters. */
export const CONTENT_TYPE_PATTERN = '^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,62}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,62}$';

const OF_UNKNOWN_TYPE = 'application/octet-stream';
const CONTENT_TYPE = new RegExp(CONTENT_TYPE_PATTERN);
/** What is no text, turns its direction, or is half a character. */
const UNSHOWN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * The name by which a file is kept and shown: what a client calls it, without folders and without characters that play tricks. It
 * never names anything on our disk.
 * @throws CloudError `invalid_parameter`
 */
export function fileNameOf(said: string): string {
  const name = said
    .slice(Math.max(said.lastIndexOf('/'), said.lastIndexOf('\\')) + 1)
    .replace(UNSHOWN, '_')
    .trim();
  if (name.length > MAX_NAME_LENGTH) {
    throw new CloudError('invalid_parameter', `the name of a file must have at most ${MAX_NAME_LENGTH} characters`);
  }
  return /^\.*$/.test(name) ? 'file' : name;
}

/** The type that a client says, or that of bytes of which nothing is known. */
export function contentTypeOf(said: string | null | undefined): string {
  return said && CONTENT_TYPE.test(said) ? said.toLowerCase() : OF_UNKNOWN_TYPE;
}

/** For a file over the limit. */
export function fileTooLarge(): CloudError {
  return new CloudError('invalid_parameter', `a file may have at most ${MAX_FILE_BYTES} bytes`, { status: 413 });
}
