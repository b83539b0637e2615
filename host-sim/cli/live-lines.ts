/** What a terminal is to us. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A line is cut to what the terminal is wide, or this where it does not say. */
const DEFAULT_COLUMNS = 80;
/** Changes that follow each other within this time are drawn together, ms. */
const DRAW_DELAY_MS = 50;
const ESC = '\u001b';
const COLOUR = new RegExp(`${ESC}\\[\\d+m`, 'y');

/**
 * Lines that are rewritten in place on a terminal, one a key. Elsewhere each change is a line of its own.
 * More than `limit` are not shown: then `footer` stands below them.
 */
export class LiveLines {
  readonly #stream: Terminal;
  readonly #footer: (hidden: number) => string;
  readonly #limit: number;
  readonly #live: boolean;
  readonly #lines = new Map<string, string>();
  readonly #hidden = new Set<string>();
  #drawn = 0;
  #scheduled: NodeJS.Timeout | undefined;

  /** @param footer what to say of as many lines that are not shown */
  constructor(stream: Terminal, footer: (hidden: number) => string, limit = 12) {
    this.#stream = stream;
    this.#footer = footer;
    this.#limit = limit;
    this.#live = stream.isTTY === true && process.env['TERM'] !== 'dumb';
  }

  set(key: string, line: string): void {
    if (this.#lines.get(key) === line) return;
    if (this.#lines.size >= this.#limit && !this.#lines.has(key)) this.#hidden.add(key);
    else {
      this.#lines.set(key, line);
      if (!this.#live) this.#stream.write(`${line.trimEnd()}\n`);
    }
    if (this.#live) this.#scheduled ??= setTimeout(() => this.#draw(), DRAW_DELAY_MS);
  }

  /** Takes a line away; where each change is a line of its own, what was written stays. */
  remove(key: string): void {
    this.#hidden.delete(key);
    if (this.#lines.delete(key) && this.#live) this.#scheduled ??= setTimeout(() => this.#draw(), DRAW_DELAY_MS);
  }

  /** What is shown stays; only what changes from now on is shown again, below whatever is written next. */
  settle(): void {
    clearTimeout(this.#scheduled);
    if (this.#live && this.#scheduled !== undefined) this.#draw();
    else if (!this.#live && this.#hidden.size > 0) this.#stream.write(`${this.#footer(this.#hidden.size)}\n`);
    this.#scheduled = undefined;
    this.#lines.clear();
    this.#hidden.clear();
    this.#drawn = 0;
  }

  #draw(): void {
    this.#scheduled = undefined;
    const lines = [...this.#lines.values()];
    if (this.#hidden.size > 0) lines.push(this.#footer(this.#hidden.size));
    // A line that wraps would be two, and the cursor would not go far enough up the next time.
    const columns = this.#stream.columns || DEFAULT_COLUMNS;
    const up = this.#drawn > 0 ? `${ESC}[${this.#drawn}A` : '';
    const below = lines.length < this.#drawn ? `${ESC}[J` : '';
    this.#stream.write(
      `${up}${lines.map((line) => `${ESC}[2K${cutTo(line.trimEnd(), columns - 1)}\n`).join('')}${below}`,
    );
    this.#drawn = lines.length;
  }
}

/** As much of a line as `columns` have room for; what is cut off shows as `…`. Colours take no room, and end with the line. */
export function cutTo(line: string, columns: number): string {
  let width = 0;
  let cut = 0;
  for (let at = 0; at < line.length; ) {
    COLOUR.lastIndex = at;
    const colour = COLOUR.exec(line);
    if (colour) {
      at += colour[0].length;
      continue;
    }
    // What has room together with the `…`.
    if (width < columns) cut = at;
    if (++width > columns) return `${line.slice(0, cut)}…${line.includes(ESC) ? `${ESC}[0m` : ''}`;
    at += String.fromCodePoint(line.codePointAt(at)!).length;
  }
  return line;
}
