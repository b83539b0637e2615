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
