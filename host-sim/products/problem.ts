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
