import { plainText } from './plain-text.js';

/** What is wrong with a product definition. */
export interface ProductProblem {
  readonly code: 'invalid_product';
  /** Where: `outputs[0].pin`; empty for the file as a whole. */
  readonly field: string;
  /** One sentence that names the field and says what to do. */
  readonly message: string;
}

/** A definition that cannot be used: everything that is wrong with it, at once. */
export class InvalidProductError extends Error {
  readonly code = 'invalid_product';
  readonly file: string;
  readonly errors: readonly ProductProblem[];

  constructor(file: string, errors: readonly ProductProblem[]) {
    super(errors.map(({ message }) => `${file}: ${message}`).join('\n'));
    this.name = 'InvalidProductError';
    this.file = file;
    this.errors = errors;
  }
}

/** A problem whose sentence begins with its field, on one line and safe to print, whatever of the file is in it. */
export function problem(field: string, rest: string): ProductProblem {
  const message = plainText(field === '' ? rest : `${field} ${rest}`);
  return { code: 'invalid_product', field: plainText(field), message };
}

/** The field of a key in what stands at `field`; a key that would break the sentence stands in quotes. */
export function joinField(field: string, key: string): string {
  const shown = key.slice(0, 64);
  if (!/^[\w$-]+$/.test(key)) return `${field}[${JSON.stringify(shown)}]`;
  return field === '' ? shown : `${field}.${shown}`;
}

/** What a check has found so far. */
export class Findings {
  readonly errors: ProductProblem[] = [];
  /** What works but deserves a second look. */
  readonly warnings: ProductProblem[] = [];

  error(field: string, rest: string): void {
    add(this.errors, problem(field, rest));
  }

  warn(field: string, rest: string): void {
    add(this.warnings, problem(field, rest));
  }
}

/** Two ways to one and the same problem tell it once. */
function add(problems: ProductProblem[], found: ProductProblem): void {
  if (!problems.some(({ message }) => message === found.message)) problems.push(found);
}

/** What to do about a lower end that is not below the upper one. */
export function mendOfEnds(min: number, max: number): string {
  return min > max ? 'swap them' : 'they must differ';
}
