import { decodeText, encodeText } from '../../host-sim/xs/guest-wire.js';
import { portalCodec } from './portal-codecs.js';

/* Runs inside XS. */
const text = { decode: decodeText, encode: encodeText };
(globalThis as unknown as { handleCommand: (message: ArrayBuffer) => ArrayBuffer }).handleCommand = (message) =>
  portalCodec(text, new Uint8Array(message)).slice().buffer as ArrayBuffer;
