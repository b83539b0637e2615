import type { Writable } from 'node:stream';

const CODES = { dim: 2, bold: 1, green: 32, yellow: 33, red: 31, cyan: 36 } as const;

export type Colour = keyof typeof CODES;

/** Colours `text` where the stream is a terminal and the person has not asked for none (`NO_COLOR`). */
export function paint(stream: NodeJS.WriteStream, colour: Colour, text: string): string {
  const wanted = stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return wanted ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
}

/** One JSON object a line, for scripts. */
export function writeJson(stream: Writable, value: object): void {
  stream.write(`${JSON.stringify(value)}\n`);
}

/**
 * Lines that are rewritten in place on a terminal, one a key. Elsewhere each change is a line of its own.
 * More lines than `limit` are left out, and `summary` stands below them.
 */
export class LiveLines {
  readonly #stream: NodeJS.WriteStream;
  readonly #limit: number;
  readonly #lines = new Map<string, string>();
  readonly #last = new Map<string, string>();
  #drawn = 0;
  #scheduled: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream, limit = 12) {
    this.#stream = stream;
    this.#limit = limit;
  }

  set(key: string, line: string): void {
    if (!this.#lines.has(key) && this.#lines.size >= this.#limit && key !== 'summary') return;
    this.#lines.set(key, line);
    if (this.#stream.isTTY) this.#scheduled ??= setTimeout(() => this.draw(), 50);
    else if (this.#last.get(key) !== line) this.#stream.write(`${line}\n`);
    this.#last.set(key, line);
  }

  /** Draws what has changed; on a terminal only. */
  draw(): void {
    clearTimeout(this.#scheduled);
    this.#scheduled = undefined;
    if (!this.#stream.isTTY) return;
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : '';
    this.#stream.write(`${up}${[...this.#lines.values()].map((line) => `\u001b[2K${line}\n`).join('')}`);
    this.#drawn = this.#lines.size;
  }

  /** What is drawn stays; the next lines are drawn below. */
  settle(): void {
    this.draw();
    this.#drawn = 0;
  }
}
