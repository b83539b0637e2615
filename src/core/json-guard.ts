/**
 * Whether `text` nests no deeper than `maxDepth`. A JSON parser recurses on the native stack, which on a board is a few
 * kilobytes: hostile nesting must be refused before it is parsed.
 */
export function nestsWithin(text: string, maxDepth: number): boolean {
  if (opensWithin(text, maxDepth)) return true;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === 0x5c) i++;
      else if (c === 0x22) quoted = false;
    } else if (c === 0x22) quoted = true;
    else if (c === 0x5b || c === 0x7b) {
      if (++depth > maxDepth) return false;
    } else if (c === 0x5d || c === 0x7d) depth--;
  }
  return true;
}

/** The cheap and common case: too few brackets to nest that deep, counted by the engine's own search. */
function opensWithin(text: string, max: number): boolean {
  let count = 0;
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at + 1)) if (++count > max) return false;
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) if (++count > max) return false;
  return true;
}

/** Whether `value` is a plain JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Nesting that every message and answer of the platform stays within. */
export const MAX_JSON_DEPTH = 16;

/** Parses a JSON object that came from outside; `undefined` for anything else, malformed or nested too deep. */
export function parseJsonObject(text: string): Record<string, unknown> | undefined {
  if (!nestsWithin(text, MAX_JSON_DEPTH)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
