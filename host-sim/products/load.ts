import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Product } from '../../src/core/product.js';
import schema from '../../src/products/product.schema.json' with { type: 'json' };
import swDim001 from '../../src/products/sw-dim-001.json' with { type: 'json' };
import swGen001 from '../../src/products/sw-gen-001.json' with { type: 'json' };
import swRelay002 from '../../src/products/sw-relay-002.json' with { type: 'json' };
import swSense001 from '../../src/products/sw-sense-001.json' with { type: 'json' };
import swServo001 from '../../src/products/sw-servo-001.json' with { type: 'json' };
import { InvalidProductError, type ProductProblem, problem } from './problem.js';
import { schemaProblem } from './schema-problem.js';
import { checkSemantics } from './semantics.js';

export { InvalidProductError, type ProductProblem } from './problem.js';

const SHIPPED: readonly (readonly [string, unknown])[] = [
  ['sw-servo-001.json', swServo001],
  ['sw-relay-002.json', swRelay002],
  ['sw-dim-001.json', swDim001],
  ['sw-sense-001.json', swSense001],
  ['sw-gen-001.json', swGen001],
];
const MOST_BYTES = 256 * 1024;

/** A definition that was checked. */
export interface CheckedProduct {
  /** The file's name, for messages. */
  readonly file: string;
  /** Complete and frozen; absent when there are errors. */
  readonly product?: Product;
  readonly errors: readonly ProductProblem[];
  /** What works but deserves a second look. */
  readonly warnings: readonly ProductProblem[];
}

const once: { validate?: ValidateFunction; shipped?: readonly Product[] } = {};

/** Checks a parsed definition and completes it with every default. Never throws and never changes what it is given. */
export function checkProduct(json: unknown, fileName: string): CheckedProduct {
  const file = basename(fileName);
  let completed: unknown;
  try {
    const text = JSON.stringify(json);
    completed = text === undefined ? undefined : JSON.parse(text);
  } catch {
    completed = undefined;
  }
  if (typeof completed !== 'object' || completed === null || Array.isArray(completed)) {
    return { file, errors: [problem('', 'the definition must be a JSON object')], warnings: [] };
  }
  once.validate ??= new Ajv2020({ useDefaults: true, allErrors: true, discriminator: true, verbose: true }).compile(
    schema,
  );
  const { validate } = once;
  if (!validate(completed)) return { file, errors: distinct((validate.errors ?? []).map(schemaProblem)), warnings: [] };
  delete (completed as { $schema?: string }).$schema;
  const product = completed as unknown as Product;
  const { errors, warnings } = checkSemantics(product);
  return errors.length > 0 ? { file, errors, warnings } : { file, product: freeze(product), errors, warnings };
}

/**
 * The complete product that a parsed definition means.
 * @throws {InvalidProductError} with a list of everything that is wrong with it.
 */
export function parseProduct(json: unknown, fileName: string): Product {
  const { product, errors } = checkProduct(json, fileName);
  if (!product) throw new InvalidProductError(basename(fileName), errors);
  return product;
}

/**
 * Checks a definition file as it stands on the disk. Never throws.
 */
export function checkProductFile(path: string): CheckedProduct {
  const file = basename(path);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code ?? 'unknown error'})`;
    return {
      file,
      errors: [problem('', `${why}; give the path of a product definition or one of ${shippedKeys()}`)],
      warnings: [],
    };
  }
  if (text.length > MOST_BYTES)
    return { file, errors: [problem('', 'the file is over 256 KiB; is it a product definition?')], warnings: [] };
  try {
    return checkProduct(JSON.parse(text.replace(/^\uFEFF/, '')), path);
  } catch (error) {
    return { file, errors: [problem('', `the file is not JSON: ${(error as Error).message}`)], warnings: [] };
  }
}

/**
 * A shipped product by its key (`SW-SERVO-001`, in any case), or a maker's own by the path of its file.
 * `onWarning` is told what deserves a second look in a maker's file.
 * @throws {InvalidProductError} when there is no such product or its definition is wrong.
 */
export function loadProduct(pathOrKey: string, onWarning?: (warning: ProductProblem) => void): Product {
  const shipped = shippedProducts().find(({ productKey }) => productKey.toLowerCase() === pathOrKey.toLowerCase());
  if (shipped) return shipped;
  const { file, product, errors, warnings } = checkProductFile(pathOrKey);
  if (!product) throw new InvalidProductError(file, errors);
  if (onWarning) warnings.forEach(onWarning);
  return product;
}

/** Every product that comes with the firmware, complete. */
export function shippedProducts(): readonly Product[] {
  once.shipped ??= SHIPPED.map(([file, json]) => parseProduct(json, file));
  return once.shipped;
}

/** A shipped definition as its file reads, without the defaults: what a maker's own may start from. */
export function shippedDefinition(productKey: string): Record<string, unknown> | undefined {
  const found = SHIPPED.map(([, json]) => json as { readonly productKey: string }).find(
    (json) => json.productKey.toLowerCase() === productKey.toLowerCase(),
  );
  return found && structuredClone({ ...found });
}

function shippedKeys(): string {
  return shippedProducts()
    .map(({ productKey }) => productKey)
    .join(', ');
}

function distinct(problems: readonly ProductProblem[]): ProductProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ field }) => !seen.has(field) && seen.add(field));
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}
