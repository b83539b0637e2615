import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { SimApiError } from './errors.js';

const OPTIONS = { strict: true, verbose: true, useDefaults: true } as const;
const exact = new Ajv(OPTIONS);
/** Paths and queries are text. */
const textual = new Ajv({ ...OPTIONS, coerceTypes: true });

/** Checks what somebody sent; what may be left out has its default afterwards. @throws SimApiError `invalid_parameter` */
export function check(schema: object, value: unknown): void {
  judge(exact.compile(schema), value);
}

/** The same for a path or a query, where a number is written as text. */
export function checkText(schema: object, value: unknown): void {
  judge(textual.compile(schema), value);
}

function judge(validate: ValidateFunction, value: unknown): void {
  if (!validate(value)) throw new SimApiError('invalid_parameter', sentenceOf(validate.errors![0]!));
}

interface Schema {
  readonly type: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** What is wrong and what would be right, in one sentence. */
function sentenceOf({ keyword, instancePath, params, parentSchema }: ErrorObject): string {
  const schema = parentSchema as Schema;
  const known = Object.keys(schema.properties ?? {});
  if (keyword === 'additionalProperties') {
    const which = known.length === 0 ? 'leave it away' : `use ${known.join(', ')}`;
    return `${JSON.stringify(String(params['additionalProperty']).slice(0, 64))} is not a field here: ${which}.`;
  }
  if (keyword === 'required') {
    const missing = String(params['missingProperty']);
    return `${missing} is missing: it must be ${rightFor(schema.properties![missing]!)}.`;
  }
  if (instancePath === '') return `The body must be a JSON object with one or more of ${known.join(', ')}.`;
  return `${instancePath.slice(1)} must be ${rightFor(schema)}.`;
}

function rightFor({ type, enum: values, minimum, maximum }: Schema): string {
  if (values) return `one of ${values.join(', ')}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'string') return 'a text';
  const what = type === 'integer' ? 'a whole number' : 'a number';
  return maximum === undefined ? `${what}, ${minimum} or more` : `${what} from ${minimum} to ${maximum}`;
}
