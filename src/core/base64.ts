const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const STANDARD = `${LETTERS_AND_DIGITS}+/`;
const FOR_URLS = `${LETTERS_AND_DIGITS}-_`;

/** Reads base64 (RFC 4648, 4) with its padding and nothing else. `undefined` for anything that is not exactly that. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return decode(text, text.length - padding, STANDARD);
}

/** Reads base64url without padding (RFC 7515, 2) and nothing else. `undefined` for anything that is not exactly that. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  return text.length % 4 === 1 ? undefined : decode(text, text.length, FOR_URLS);
}

function decode(text: string, length: number, alphabet: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    const value = alphabet.indexOf(text[i]!);
    if (value < 0) return undefined;
    bits = (bits << 6) | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at++] = bits >>> held;
    bits &= (1 << held) - 1;
  }
  // What is left over of the last character says nothing, and so must be nothing.
  return bits === 0 ? bytes : undefined;
}
