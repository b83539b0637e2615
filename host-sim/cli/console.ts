import type { Writable } from 'node:stream';
import { plainText } from '../products/plain-text.js';

const CODES = { dim: 2, bold: 1, green: 32, yellow: 33, red: 31, cyan: 36 } as const;

export type Colour = keyof typeof CODES;

/** Colours `text` where the stream is a terminal and the person has not asked for none (`NO_COLOR`). */
export function paint(stream: { readonly isTTY?: boolean }, colour: Colour, text: string): string {
  const wanted = stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return wanted ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
}

/** One JSON object a line, for scripts; nothing in it moves a terminal. */
export function writeJson(stream: Writable, value: object): void {
  stream.write(`${plainText(JSON.stringify(value))}\n`);
}

/** Says what works but is most likely not what is wanted. */
export function warn(sentence: string): void {
  process.stderr.write(`${paint(process.stderr, 'yellow', 'warning:')} ${sentence}\n`);
}

/** Says what of a product definition works but deserves a second look. */
export function warnOfProduct({ message }: { readonly message: string }): void {
  warn(message);
}
