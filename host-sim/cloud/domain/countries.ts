// Not the whole package: its table of divisions is large, and rarely needed.
import { iso31661 } from 'iso-3166/1.js';
import { CloudError } from '../errors.js';

const CODES: ReadonlySet<string> = new Set(iso31661.map(({ alpha2 }) => alpha2));

/** A country's code (ISO 3166-1 alpha-2), in upper case. @throws CloudError `invalid_parameter`: none of a country */
export function countryCode(code: string): string {
  const upper = code.toUpperCase();
  if (CODES.has(upper)) return upper;
  throw new CloudError('invalid_parameter', 'country must be a code of ISO 3166-1 alpha-2, as in CN or DE');
}
