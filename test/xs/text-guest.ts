import { decodeText, encodeText } from '../../host-sim/xs/guest-wire.js';

/*
 * Runs inside XS. Byte 0 of a message says what to do with the rest: 0 decodes it and encodes the result; 1 takes it for
 * UTF-16 code units and encodes those. The answer is the UTF-8, or the one byte 0xFF for a TypeError.
 */
(globalThis as unknown as { handleCommand: (message: ArrayBuffer) => ArrayBuffer }).handleCommand = (message) => {
  const bytes = new Uint8Array(message);
  const into = new Uint8Array(2 + 4 * bytes.length);
  try {
    const text = bytes[0] === 0 ? decodeText(bytes, 1, bytes.length) : fromUnits(new DataView(message, 1));
    const end = encodeText(text, into, 2);
    if (encodeText(text, new Uint8Array(end), 2) !== end) throw new Error('an exact fit does not fit');
    if (end > 2 && encodeText(text, new Uint8Array(end - 1), 2) !== -1) throw new Error('one byte too few fits');
    return into.buffer.slice(2, end);
  } catch (error) {
    if (error instanceof TypeError) return Uint8Array.of(0xff).buffer;
    throw error;
  }
};

function fromUnits(units: DataView): string {
  let text = '';
  for (let at = 0; at + 1 < units.byteLength; at += 2) text += String.fromCharCode(units.getUint16(at));
  return text;
}
