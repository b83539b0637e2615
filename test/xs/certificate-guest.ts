import { GuestCrypto } from '../../host-sim/xs/guest-crypto.js';
import { decodeText, encodeText, Outgoing } from '../../host-sim/xs/guest-wire.js';
import { checkCertificateChain } from '../../src/core/certificate-chain.js';

/*
 * Runs inside XS. A message is a check as JSON, its certificates as lists of bytes; the answer is what comes of it: `trusted`,
 * or the code.
 */
const crypto = new GuestCrypto(new Outgoing());

(globalThis as unknown as { handleCommand: (message: ArrayBuffer) => ArrayBuffer }).handleCommand = (message) => {
  const check = JSON.parse(decodeText(new Uint8Array(message), 0, message.byteLength));
  const ders = (lists: number[][]): Uint8Array[] => lists.map((list) => Uint8Array.from(list));
  const verdict = checkCertificateChain(crypto, { ...check, chain: ders(check.chain), anchors: ders(check.anchors) });
  const into = new Uint8Array(64);
  return into.buffer.slice(0, encodeText(verdict.trusted ? 'trusted' : verdict.code, into, 0));
};
