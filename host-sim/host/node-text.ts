import type { Text } from '../../src/ports/text.js';

/** They keep nothing: one is enough for all boards of a process. */
const NODE_TEXT: Text = Object.freeze(makeText());

/** UTF-8 by Node's own coders. */
export function createNodeText(): Text {
  return NODE_TEXT;
}

function makeText(): Text {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const encoder = new TextEncoder();
  return {
    decode: (bytes, start, end) => decoder.decode(bytes.subarray(start, end)),
    encode: (text, into, offset) => {
      const { read, written } = encoder.encodeInto(text, into.subarray(offset));
      return read === text.length ? offset + written : -1;
    },
  };
}
