import { MAX_JSON_DEPTH } from '../../src/core/json-guard.js';
import { joinField, type ProductProblem, problem } from './problem.js';

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LITERAL = /true|false|null/y;
const SPACE = /[ \t\r\n]*/y;
/** The characters of a text up to its end, or to what is wrong in it. */
const TEXT = /(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy;

/** What people take over from languages that are almost JSON. */
const HINTS: Readonly<Record<string, string>> = {
  '/': '; remove the comment, JSON has none',
  '#': '; remove the comment, JSON has none',
  "'": '; use double quotes',
};

const AFTER_COMMA = '; remove the comma before it';
/** What is told of problems with a field: to find the place of each takes a look through the whole text. */
const MOST_PROBLEMS = 20;

/**
 * Reads a JSON text for its faults alone, and says where they are: what a parser says of them differs from engine to
 * engine, may take several lines, and often has no place. A syntax error and nesting beyond `MAX_JSON_DEPTH` end it with
 * one sentence. What a parser takes without a word is collected: a key that stands twice in an object, of which the last
 * counts, and a number beyond the range of numbers, which becomes infinite.
 */
export class JsonReader {
  readonly #text: string;
  readonly problems: ProductProblem[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** What ends the reading, in a sentence; `undefined`: a JSON parser takes the text. */
  read(): string | undefined {
    if (this.#text.trim() === '') return 'the file is not JSON: it is empty, and a { must stand in line 1, column 1';
    try {
      this.#value('', 0);
      if (this.#next() !== '') this.#unexpected('the end of the file must be');
      return undefined;
    } catch (error) {
      if (error instanceof Fault) return error.message;
      throw error;
    }
  }

  #value(field: string, depth: number): void {
    const start = this.#next();
    if (start === '{' || start === '[') {
      if (depth === MAX_JSON_DEPTH) {
        throw new Fault(
          `the file nests deeper than ${MAX_JSON_DEPTH} levels in ${this.#place()}; a product definition has no place for that, remove it`,
        );
      }
      this.#at++;
      if (start === '{') this.#object(field, depth);
      else this.#list(field, depth);
    } else if (start === '"') this.#string();
    else if (this.#match(LITERAL) === '') this.#number(field);
  }

  #object(field: string, depth: number): void {
    const places = new Map<string, number>();
    if (this.#closes('}')) return;
    do {
      if (this.#next() !== '"') {
        this.#unexpected('a key in double quotes must stand', this.#char() === '}' ? AFTER_COMMA : undefined);
      }
      const at = this.#at;
      const key = this.#string();
      const inner = joinField(field, key);
      const first = places.get(key);
      if (first !== undefined) {
        this.#tell(inner, () => `stands in ${this.#place(first)} and again in ${this.#place(at)}; remove one of them`);
      }
      places.set(key, at);
      if (this.#next() !== ':') this.#unexpected('a colon must stand');
      this.#at++;
      this.#value(inner, depth + 1);
    } while (this.#goesOn('}'));
  }

  #list(field: string, depth: number): void {
    if (this.#closes(']')) return;
    let index = 0;
    do {
      if (this.#next() === ']') this.#unexpected('a value must stand', AFTER_COMMA);
      this.#value(`${field}[${index++}]`, depth + 1);
    } while (this.#goesOn(']'));
  }

  /** Whether the list or object ends right where it begins. */
  #closes(bracket: string): boolean {
    const ends = this.#next() === bracket;
    if (ends) this.#at++;
    return ends;
  }

  #goesOn(bracket: string): boolean {
    const next = this.#next();
    if (next !== ',' && next !== bracket) this.#unexpected(`a comma or ${bracket} must stand`);
    this.#at++;
    return next === ',';
  }

  /** The text that begins here, as it means. */
  #string(): string {
    const start = this.#at++;
    this.#match(TEXT);
    const stop = this.#char();
    if (stop === '\\') this.#unexpected('no such escape may stand', '; write \\\\ for a backslash');
    if (stop !== '"') {
      const from = this.#place(start);
      throw new Fault(
        stop === '' || stop === '\n' || stop === '\r'
          ? `the file is not JSON: the text that begins in ${from} has no end on its line; close it with a double quote`
          : `the file is not JSON: in ${this.#place()} stands ${shown(stop)} inside a text; write it as an escape, like \\t, or remove it`,
      );
    }
    this.#at++;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #number(field: string): void {
    const at = this.#at;
    const number = this.#match(NUMBER);
    if (number === '') this.#unexpected('a value must stand');
    if (Number.isFinite(Number(number))) return;
    const digits = number.length > 20 ? `${number.slice(0, 20)}…` : number;
    this.#tell(field, () => `is ${digits} in ${this.#place(at)}, which no number can be; use one nearer to 0`);
  }

  #tell(field: string, rest: () => string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(problem(field, rest()));
  }

  /** The next character that means something; empty at the end. */
  #next(): string {
    this.#match(SPACE);
    return this.#char();
  }

  /** The character here, whole; empty at the end. */
  #char(): string {
    const point = this.#text.codePointAt(this.#at);
    return point === undefined ? '' : String.fromCodePoint(point);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ''] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }

  #unexpected(wanted: string, hint?: string): never {
    const char = this.#char();
    const what = char === '' ? `it ends in ${this.#place()}` : `in ${this.#place()} stands ${shown(char)}`;
    throw new Fault(`the file is not JSON: ${what} where ${wanted}${hint ?? HINTS[char] ?? ''}`);
  }

  #place(at = this.#at): string {
    return placeIn(this.#text, at);
  }
}

class Fault extends Error {}

/** Line and column of a place in a text, from 1, as an editor shows them: a line ends in LF, CR or both, a character counts once. */
export function placeIn(text: string, at: number): string {
  const lines = text.slice(0, at).split(/\r\n|\r|\n/);
  return `line ${lines.length}, column ${[...lines.at(-1)!].length + 1}`;
}

/** A character that one can see as it is, any other by its number. */
function shown(char: string): string {
  if (/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(char)) return char;
  return `U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
