import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isObject, MAX_JSON_DEPTH } from '../../src/core/json-guard.js';
import type { Product } from '../../src/core/product.js';
import schema from '../../src/products/product.schema.json' with { type: 'json' };
import swDim001 from '../../src/products/sw-dim-001.json' with { type: 'json' };
import swGen001 from '../../src/products/sw-gen-001.json' with { type: 'json' };
import swRelay002 from '../../src/products/sw-relay-002.json' with { type: 'json' };
import swSense001 from '../../src/products/sw-sense-001.json' with { type: 'json' };
import swServo001 from '../../src/products/sw-servo-001.json' with { type: 'json' };
import type { WrittenProduct } from './check-effect.js';
import { readDefinition } from './definition-file.js';
import { JsonReader } from './json-fault.js';
import { plainText } from './plain-text.js';
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

/** Problems of form that are told at once. */
const MOST_TOLD = 100;

/** A definition that was checked. */
export interface CheckedProduct {
  /** The file's name, safe to print. */
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
  const file = shownName(fileName);
  if (!isObject(json)) return refused(file, 'the definition must be a JSON object');
  let completed: unknown;
  try {
    completed = copyOf(json, 0);
  } catch (error) {
    return refused(file, `the definition ${(error as Error).message}`);
  }
  once.validate ??= new Ajv2020({ useDefaults: true, allErrors: true, discriminator: true, verbose: true }).compile(
    schema,
  );
  const { validate } = once;
  if (!validate(completed)) return { file, errors: distinct((validate.errors ?? []).map(schemaProblem)), warnings: [] };
  delete (completed as { $schema?: string }).$schema;
  const product = completed as Product;
  const { errors, warnings } = checkSemantics(product, json as unknown as WrittenProduct);
  return errors.length > 0 ? { file, errors, warnings } : { file, product: freeze(product), errors, warnings };
}

/**
 * The complete product that a parsed definition means.
 * @throws {InvalidProductError} with a list of everything that is wrong with it.
 */
export function parseProduct(json: unknown, fileName: string): Product {
  const { product, errors } = checkProduct(json, fileName);
  if (!product) throw new InvalidProductError(shownName(fileName), errors);
  return product;
}

/** Checks a definition file as it stands on the disk. Never throws, and waits for nothing. */
export function checkProductFile(path: string): CheckedProduct {
  const file = shownName(path);
  const read = readDefinition(path);
  if ('why' in read) {
    const mend = read.isFixable ? '' : `; give the path of a product definition or one of ${shippedKeys()}`;
    return refused(file, `${read.why}${mend}`);
  }
  const reader = new JsonReader(read.text);
  const fault = reader.read();
  if (fault !== undefined) return refused(file, fault);
  const checked = checkProduct(JSON.parse(read.text), path);
  if (reader.problems.length > 0) {
    const told = new Set(reader.problems.map(({ field }) => field));
    const errors = [...reader.problems, ...checked.errors.filter(({ field }) => !told.has(field))];
    return { file, errors, warnings: checked.warnings };
  }
  const warnings = [...checked.warnings, ...sameKeyAsShipped(checked.product)];
  return { ...checked, warnings };
}

/**
 * A shipped product by its key (`SW-SERVO-001`, in any case), or a maker's own by the path of its file.
 * `onWarning` is told what deserves a second look in a maker's file.
 * @throws {InvalidProductError} when there is no such product or its definition is wrong.
 */
export function loadProduct(pathOrKey: string, onWarning?: (warning: ProductProblem) => void): Product {
  const shipped = shippedProduct(pathOrKey);
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

/** The shipped product of a key, in any case. */
export function shippedProduct(key: string): Product | undefined {
  return shippedProducts().find(({ productKey }) => productKey.toLowerCase() === key.toLowerCase());
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

/** By its key a product is found, so of two that have the same one of them never is. */
function sameKeyAsShipped(product: Product | undefined): ProductProblem[] {
  const shipped = product && shippedProduct(product.productKey);
  if (!shipped || isDeepStrictEqual(shipped, product)) return [];
  const rest = `${product.productKey} is the key of a shipped product, which this one is not; choose a key of your own`;
  return [problem('productKey', rest)];
}

function refused(file: string, sentence: string): CheckedProduct {
  return { file, errors: [problem('', sentence)], warnings: [] };
}

function shownName(path: string): string {
  return plainText(basename(path) || path) || '""';
}

/** A deep copy of a value as JSON writes it, but with numbers that are not finite. @throws {TypeError} in words that follow "the definition": it is none, or too deep */
function copyOf(value: unknown, depth: number): unknown {
  if (depth > MAX_JSON_DEPTH)
    throw new TypeError(`nests deeper than ${MAX_JSON_DEPTH} levels; it has no place for that`);
  if (Array.isArray(value)) return value.map((part) => copyOf(part, depth + 1));
  if (isObject(value)) {
    const entries = Object.entries(value).filter(([, part]) => part !== undefined);
    return Object.fromEntries(entries.map(([key, part]) => [key, copyOf(part, depth + 1)]));
  }
  if (value === undefined) return null;
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value;
  throw new TypeError(`holds a ${typeof value}; it must consist of JSON values alone`);
}

/** The first problem of each field, as many as a person reads. */
function distinct(problems: readonly ProductProblem[]): ProductProblem[] {
  const seen = new Set<string>();
  const told = problems.filter(({ field }) => !seen.has(field) && seen.add(field));
  if (told.length <= MOST_TOLD) return told;
  const rest = problem('', `the definition has ${told.length - MOST_TOLD} more problems; mend these first`);
  return [...told.slice(0, MOST_TOLD), rest];
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}
