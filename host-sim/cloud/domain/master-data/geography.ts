// Loaded when it is first asked for: a megabyte of tables that most clouds never need.
import { iso31661 } from 'iso-3166/1.js';
import { iso31662 } from 'iso-3166/2.js';
import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js';
import type { Language } from '../devices.js';

/** A country of ISO 3166-1. */
export interface Country {
  readonly alpha2: string;
  readonly alpha3: string;
  /** Three digits. */
  readonly numeric: string;
  readonly name: string;
  /** With a plus, as in `+86`; null where none is known. */
  readonly callingCode: string | null;
}

/** A part of a country, of ISO 3166-2. */
export interface Division {
  readonly code: string;
  /** As ISO has it: of the country's own language, in Latin letters. */
  readonly name: string;
  /** What it is a part of: another division, or the country. */
  readonly parent: string;
  readonly country: string;
}

/** All countries, by their codes; their names are those of the Unicode CLDR, or ISO's where that has none. */
export function countries(language: Language): Country[] {
  const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
  return iso31661.map(({ alpha2, alpha3, numeric, name }) => ({
    alpha2,
    alpha3,
    numeric,
    name: names.of(alpha2) ?? name,
    callingCode: isSupportedCountry(alpha2) ? `+${getCountryCallingCode(alpha2)}` : null,
  }));
}

/** Those of one country, or all. */
export function divisions(country?: string): Division[] {
  return iso31662
    .map(({ code, name, parent }) => ({ code, name, parent, country: code.slice(0, 2) }))
    .filter((division) => country === undefined || division.country === country);
}
