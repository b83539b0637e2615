/** What must stand where a text stops being JSON. */
export type Wanted = 'value' | 'key' | 'colon' | 'comma or ]' | 'comma or }' | 'end';

export interface JsonFault {
  readonly wanted: Wanted;
  /** Where, from 1; columns in characters of a line. */
  readonly line: number;
  readonly column: number;
  /** What stands there; empty: the text ends. */
  readonly found: string;
}

const SPACE = /[ \t\n\r]*/y;
/** Its signs: all from the space on, but the quote and the backslash. */
const STRING = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/y;
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/**
 * Where and why a text is not JSON (RFC 8259), which no two browsers say in the same words; undefined where it is. A loop and no
 * recursion: it is asked about whatever is pasted.
 */
export function jsonFault(text: string): JsonFault | undefined {
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const fault = (wanted: Wanted): JsonFault => ({
    wanted,
    ...placeOf(text, at),
    found: [...text.slice(at, at + 2)][0] ?? '',
  });
  /** Of what is open: what closes it. */
  const open: ('}' | ']')[] = [];
  let wanted: Wanted = 'value';
  for (;;) {
    skip(SPACE);
    const sign = text[at];
    const closes = open.at(-1);
    switch (wanted) {
      case 'value':
        if (sign === '{' || sign === '[') {
          at++;
          open.push(sign === '{' ? '}' : ']');
          skip(SPACE);
          // An empty one may close at once; after a comma it may not.
          if (text[at] === open.at(-1)) wanted = afterValue(open);
          else wanted = sign === '{' ? 'key' : 'value';
          continue;
        }
        if (!skip(STRING) && !skip(SCALAR)) return fault('value');
        wanted = afterValue(open);
        continue;
      case 'key':
        if (!skip(STRING)) return fault('key');
        wanted = 'colon';
        continue;
      case 'colon':
        if (sign !== ':') return fault('colon');
        at++;
        wanted = 'value';
        continue;
      case 'end':
        return sign === undefined ? undefined : fault('end');
      default:
        if (sign === ',') wanted = closes === '}' ? 'key' : 'value';
        else if (sign === closes) {
          open.pop();
          wanted = afterValue(open);
        } else return fault(wanted);
        at++;
    }
  }
}

function afterValue(open: readonly ('}' | ']')[]): Wanted {
  const closes = open.at(-1);
  return closes === undefined ? 'end' : `comma or ${closes}`;
}

function placeOf(text: string, at: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: [...before.at(-1)!].length + 1 };
}
