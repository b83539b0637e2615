/**
 * Whether `bytes`, which XS's fatal TextDecoder took for `characters` characters, are malformed all the same: it lets the
 * lead bytes ED and F4 pass before a byte below 80. Where every byte is a character there is neither of them.
 */
export function passedMalformed(bytes: Uint8Array, characters: number): boolean {
  return characters !== bytes.length && (isFollowedByAscii(bytes, 0xed) || isFollowedByAscii(bytes, 0xf4));
}

function isFollowedByAscii(bytes: Uint8Array, lead: number): boolean {
  for (let at = bytes.indexOf(lead); at >= 0; at = bytes.indexOf(lead, at + 1)) {
    if (bytes[at + 1]! < 0x80) return true;
  }
  return false;
}

/** Bytes of a text in UTF-8, or −1 where it is not well-formed, or holds the zero that ends a text in the driver. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0) return -1;
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3;
    else {
      const next = text.charCodeAt(++at);
      if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return -1;
      bytes += 4;
    }
  }
  return bytes;
}
