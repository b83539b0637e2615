import { hide, redactJson } from './redact-json.js';
import { isSecretHeader, redactText } from './secret-names.js';

const LF = 0x0a;
const CR = 0x0d;

/** A header without its secrets, as long as before. */
export function redactHeader(name: string, value: string): string {
  return isSecretHeader(name) ? '*'.repeat(value.length) : redactText(value);
}

export interface Line {
  /** Where it stands. */
  readonly start: number;
  readonly end: number;
  /** One character for each byte. */
  readonly text: string;
}

/** Where the body of a request begins, and the lines of its head: the last one is cut off where there is no body. */
export function splitRequest(bytes: Uint8Array): {
  readonly lines: readonly Line[];
  readonly body: number | undefined;
} {
  const lines: Line[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== LF) continue;
    const end = at > start && bytes[at - 1] === CR ? at - 1 : at;
    if (end === start) return { lines, body: at + 1 };
    lines.push(lineAt(bytes, start, end));
    start = at + 1;
  }
  if (start < bytes.length) lines.push(lineAt(bytes, start, bytes.length));
  return { lines, body: undefined };
}

function lineAt(bytes: Uint8Array, start: number, end: number): Line {
  return { start, end, text: Buffer.from(bytes.subarray(start, end)).toString('latin1') };
}

/**
 * Hides the secrets in an HTTP request, in place: headers by their names, what `redactText` finds in the rest of the head, what
 * `redactJson` does in the body.
 * @param isCut its end is missing
 */
export function redactRequest(bytes: Uint8Array, isCut: boolean): void {
  const { lines, body } = splitRequest(bytes);
  for (const [index, line] of lines.entries()) {
    const isWhole = body !== undefined || index < lines.length - 1;
    bytes.set(Buffer.from(redactLine(line.text, index === 0, isWhole), 'latin1'), line.start);
  }
  if (body !== undefined && body < bytes.length) redactBody(bytes.subarray(body), lines, isCut);
}

function redactLine(text: string, isFirst: boolean, isWhole: boolean): string {
  if (isFirst) return redactText(text);
  const colon = text.indexOf(':');
  // What belongs to the line before, or to nothing.
  if (colon < 1 || /^[ \t]/.test(text) || !isWhole) return '*'.repeat(text.length);
  const name = text.slice(0, colon);
  const value = text.slice(colon + 1).trimStart();
  return text.slice(0, text.length - value.length) + redactHeader(name.trim(), value);
}

function redactBody(body: Uint8Array, lines: readonly Line[], isCut: boolean): void {
  if (lines.some(({ text }) => /^(?:content|transfer)-encoding[ \t]*:/i.test(text))) hide(body);
  else redactJson(body, isCut);
}
