import { iso31661Alpha2ToAlpha3 } from 'iso-3166/1-a2-to-1-a3.js';
import { CloudError } from '../errors.js';

/** A country's code (ISO 3166-1 alpha-2), in upper case. @throws CloudError `invalid_parameter`: of no country */
export function countryCode(code: string): string {
  const upper = code.toUpperCase();
  if (Object.hasOwn(iso31661Alpha2ToAlpha3, upper)) return upper;
  throw new CloudError('invalid_parameter', 'country must be a code of ISO 3166-1 alpha-2, like DE');
}
