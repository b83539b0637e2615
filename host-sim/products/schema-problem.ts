import type { ErrorObject } from 'ajv';
import { joinField, type ProductProblem, problem } from './problem.js';

/** What each pattern of the schema means. */
const PATTERNS: Readonly<Record<string, string>> = {
  '^[A-Za-z0-9_-]{1,32}$': '1 to 32 letters, digits, _ or -',
  '^[a-z0-9_-]{1,32}$': '1 to 32 lower-case letters, digits, _ or -',
  '^\\d{1,5}\\.\\d{1,5}\\.\\d{1,5}(-[0-9A-Za-z.-]{1,16})?$': 'a version like 1.0.0 or 1.0.0-beta.1',
  '^[a-z0-9_]{1,32}$': '1 to 32 lower-case letters, digits or _',
  '^[a-z0-9_]{1,48}$': '1 to 48 lower-case letters, digits or _',
  '^#[0-9A-Fa-f]{6}$': 'a colour like #FF6B35',
  '^[a-z][a-z0-9_]{0,31}$': 'up to 32 lower-case letters, digits or _, a letter first',
};

/** Says in a sentence what the schema found wrong. */
export function schemaProblem(error: ErrorObject): ProductProblem {
  const field = fieldOf(error.instancePath);
  const { params } = error;
  const parent = (error.parentSchema ?? {}) as {
    properties?: Readonly<Record<string, { readonly examples?: readonly unknown[] }>>;
    oneOf?: readonly { $ref?: string }[];
    description?: string;
  };
  switch (error.keyword) {
    case 'required': {
      const missing = params['missingProperty'] as string;
      const example = parent.properties?.[missing]?.examples?.[0];
      const like = example === undefined ? '' : `, like ${JSON.stringify(example)}`;
      const kinds = missing === 'type' && parent.oneOf ? `, one of ${kindsOf(parent.oneOf)}` : like;
      return problem(joinField(field, missing), `is required and missing; add it${kinds}`);
    }
    case 'additionalProperties': {
      const unknown = params['additionalProperty'] as string;
      const like = nearest(unknown, Object.keys(parent.properties ?? {}));
      return problem(joinField(field, unknown), `is not known here; ${like ? `did you mean ${like}?` : 'remove it'}`);
    }
    case 'discriminator':
      return problem(
        joinField(field, 'type'),
        `must be one of ${kindsOf(parent.oneOf ?? [])}${got(params['tagValue'])}`,
      );
    case 'type':
      return problem(field, `must be ${article(params['type'] as string)}${got(error.data)}`);
    case 'enum':
      return problem(field, `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}${got(error.data)}`);
    case 'const':
      return problem(field, `must be ${JSON.stringify(params['allowedValue'])}${got(error.data)}`);
    case 'minimum':
      return problem(field, `must be at least ${params['limit']}${got(error.data)}`);
    case 'maximum':
      return problem(field, `must be at most ${params['limit']}${got(error.data)}`);
    case 'exclusiveMinimum':
      return problem(field, `must be above ${params['limit']}${got(error.data)}`);
    case 'minLength':
      return problem(field, 'must not be empty');
    case 'maxLength':
      return problem(field, `must have at most ${params['limit']} characters`);
    case 'minItems':
      return problem(field, `must have at least ${entries(params['limit'])}`);
    case 'maxItems':
      return problem(field, `must have at most ${entries(params['limit'])}`);
    case 'uniqueItems':
      return problem(field, 'names a value twice; remove one');
    case 'pattern':
      return problem(field, `must be ${PATTERNS[params['pattern'] as string] ?? params['pattern']}${got(error.data)}`);
    default:
      return problem(field, error.message ?? 'is wrong');
  }
}

/** The kinds of output, input or property that there are: `servo, relay, dimmer`. */
function kindsOf(oneOf: readonly { $ref?: string }[]): string {
  return oneOf.map(({ $ref }) => ($ref ?? '').replace(/^.*\//, '').replace(/Property$/, '')).join(', ');
}

/** `/outputs/0/pin` as `outputs[0].pin`. */
function fieldOf(instancePath: string): string {
  let field = '';
  for (const part of instancePath.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    field = /^\d+$/.test(name) ? `${field}[${name}]` : joinField(field, name);
  }
  return field;
}

function entries(count: number): string {
  return count === 1 ? '1 entry' : `${count} entries`;
}

function article(type: string): string {
  if (type === 'integer') return 'a whole number';
  if (type === 'string') return 'a text';
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return 'a list';
  return type === 'object' ? 'an object' : `a ${type}`;
}

function got(value: unknown): string {
  if (value === undefined) return '';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return `, not ${text.length > 40 ? `${text.slice(0, 40)}…` : text}`;
}

function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = 3;
  for (const candidate of candidates) {
    const distance = editDistance(word.slice(0, 64).toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
