/**
 * What must not stand in a line that is pasted into a terminal: there a control character ends the paste or the line, and
 * signs that turn the direction of writing hide what the line does. A newline is no danger within quotes.
 */
const NOT_PASTED = /[^\P{C}\n]+/gu;

/**
 * A text as one word of a POSIX shell, whatever is in it. Characters that cannot be pasted come out of a `printf`.
 * @throws {RangeError} NUL, which no word can hold
 */
export function shellWord(text: string): string {
  if (text.includes('\0')) throw new RangeError('a shell cannot pass on a text with NUL in it');
  if (/^[A-Za-z0-9_./:=,@%+-]+$/.test(text)) return text;
  const quoted = text.replaceAll("'", `'\\''`).replace(NOT_PASTED, (signs) => `'"$(printf '${octal(signs)}')"'`);
  return `'${quoted}'`;
}

function octal(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
