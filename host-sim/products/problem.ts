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

/** A problem whose sentence begins with its field. */
export function problem(field: string, rest: string): ProductProblem {
  return { code: 'invalid_product', field, message: field === '' ? rest : `${field} ${rest}` };
}

/** What a check has found so far. */
export class Findings {
  readonly errors: ProductProblem[] = [];
  /** What works but deserves a second look. */
  readonly warnings: ProductProblem[] = [];

  error(field: string, rest: string): void {
    this.errors.push(problem(field, rest));
  }

  warn(field: string, rest: string): void {
    this.warnings.push(problem(field, rest));
  }
}

/** What to do about a lower end that is not below the upper one. */
export function mendOfEnds(min: number, max: number): string {
  return min > max ? 'swap them' : 'they must differ';
}
