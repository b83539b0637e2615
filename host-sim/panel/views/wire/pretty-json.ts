/** A piece of JSON in one colour. */
export interface JsonPiece {
  readonly kind: 'key' | 'string' | 'number' | 'word' | 'mark';
  readonly text: string;
}

export interface PrettyJson {
  readonly pieces: readonly JsonPiece[];
  /** Whether that was not all of it. */
  readonly isCut: boolean;
}

/** The deepest indentation, in levels; what is deeper stands under it. */
const DEEPEST = 32;
const TOKEN = /\s*("[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:])/y;

/**
 * JSON as `JSON.stringify(…, null, 2)` lays it out, but as it was written: no number loses digits, no key its double.
 * @param mostChars about so long at most
 * @returns undefined where the text is no JSON
 */
export function prettyJson(text: string, mostChars: number): PrettyJson | undefined {
  if (!isJson(text)) return undefined;
  const writer = new Writer(mostChars);
  const token = new RegExp(TOKEN);
  for (let found = token.exec(text); found !== null && !writer.isFull; found = token.exec(text)) {
    writer.write(found[1]!, nextSign(text, token.lastIndex));
  }
  return { pieces: writer.pieces, isCut: writer.isFull };
}

class Writer {
  readonly pieces: JsonPiece[] = [];
  #left: number;
  #depth = 0;
  #mark = '';

  constructor(mostChars: number) {
    this.#left = mostChars;
  }

  get isFull(): boolean {
    return this.#left < 0;
  }

  /** @param next the sign after it */
  write(token: string, next: string): void {
    switch (token[0]) {
      case '{':
      case '[':
        this.#depth++;
        this.#put('mark', next === '}' || next === ']' ? token : token + this.#line());
        break;
      case '}':
      case ']': {
        this.#depth--;
        const isEmpty = this.#mark.endsWith('{') || this.#mark.endsWith('[');
        this.#put('mark', isEmpty ? token : this.#line() + token);
        break;
      }
      case ',':
        this.#put('mark', `,${this.#line()}`);
        break;
      case ':':
        this.#put('mark', ': ');
        break;
      case '"':
        this.#put(next === ':' ? 'key' : 'string', token);
        break;
      default:
        this.#put(/^[tfn]/.test(token) ? 'word' : 'number', token);
    }
  }

  #put(kind: JsonPiece['kind'], text: string): void {
    const fits = text.length > this.#left ? `${text.slice(0, Math.max(0, this.#left))}…` : text;
    this.#left -= text.length;
    const last = this.pieces.at(-1);
    if (kind === 'mark' && last?.kind === 'mark')
      this.pieces[this.pieces.length - 1] = { kind, text: last.text + fits };
    else this.pieces.push({ kind, text: fits });
    this.#mark = kind === 'mark' ? text : '';
  }

  #line(): string {
    return `\n${'  '.repeat(Math.min(this.#depth, DEEPEST))}`;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function nextSign(text: string, from: number): string {
  let index = from;
  while (index < text.length && ' \t\r\n'.includes(text[index]!)) index++;
  return text[index] ?? '';
}
