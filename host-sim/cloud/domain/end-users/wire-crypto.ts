import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';

const SHA256_HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Of the 32 hex digits of an MD5, those in the middle are the key. */
const KEY_DIGITS = [8, 24] as const;
const IV_DIGITS = 8;

/** What a request is signed with: SHA-256 over its parts and, last, the secret, with nothing between them. */
export function sign(parts: readonly (string | number)[], secret: string): Buffer {
  return createHash('sha256')
    .update(parts.join('') + secret)
    .digest();
}

/** Whether these are the hex digits, of either letter case, of the signature; takes the same time whichever of them differ. */
export function isSignedBy(signature: string, parts: readonly (string | number)[], secret: string): boolean {
  return SHA256_HEX.test(signature) && timingSafeEqual(Buffer.from(signature, 'hex'), sign(parts, secret));
}

/** The AES key and IV of a password on its way: text, whose bytes they are. The IV is the key with its halves swapped. */
export function passwordKey(random: string): { readonly key: string; readonly iv: string } {
  const key = createHash('md5')
    .update(random)
    .digest('hex')
    .toUpperCase()
    .slice(...KEY_DIGITS);
  return { key, iv: key.slice(IV_DIGITS) + key.slice(0, IV_DIGITS) };
}

/**
 * The password that a client encrypted (AES-128-CBC, PKCS #5 padding, base64), or undefined for whatever is none: ciphertext,
 * padding and text that are wrong all look alike. It hides a password from logs and glances alone: who sees the request has
 * all that opens it.
 */
export function decryptPassword(encrypted: string, random: string): string | undefined {
  if (!BASE64.test(encrypted)) return undefined;
  const { key, iv } = passwordKey(random);
  try {
    const decipher = createDecipheriv('aes-128-cbc', key, iv);
    const bytes = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()]);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
