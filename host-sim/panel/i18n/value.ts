import type { ThingProperty } from '../state/device.js';
import { common } from './common.js';
import { locale, type WordTable, wordsOf } from './language.js';

/** Longer values are cut where there is room for a line only, characters. */
const MOST_CHARS = 120;

interface ValueWords {
  readonly step: (range: string, step: string) => string;
}

const WORDS: WordTable<ValueWords> = {
  en: { step: (range, step) => `${range} in steps of ${step}` },
  zh: { step: (range, step) => `${range}，步长 ${step}` },
};

/** A value that a board posted, in a line: with its unit where it has one, and only the beginning of what is long. */
export function valueText(value: unknown, unit?: string): string {
  if (value === undefined || value === null) return common().unknown;
  if (typeof value === 'boolean') return value ? common().yes : common().no;
  if (typeof value === 'number') {
    const number = value.toLocaleString(locale(), { maximumFractionDigits: 6, useGrouping: false });
    if (unit === undefined) return number;
    return unit === '°' ? `${number}°` : `${number} ${unit}`;
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
}

/** What a property takes or shows, in a line; empty where its type says it all. */
export function rangeText({ type, range, step, unit, values }: ThingProperty): string {
  if (values) return values.join(' · ');
  if (type === 'boolean' || range === undefined) return '';
  const ends = `${valueText(range.min)}–${valueText(range.max, unit)}`;
  return step === undefined || (type === 'integer' && step === 1) ? ends : wordsOf(WORDS).step(ends, valueText(step));
}
