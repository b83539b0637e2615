import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { recall, remember } from '../state/preferences.js';

export type Language = 'en' | 'zh';

/** The words of a part of the page, in both languages. */
export interface WordTable<T> {
  readonly en: T;
  readonly zh: T;
}

const chosen = signal<Language>(startLanguage());

/** The language of the page. Whoever reads it while drawing is drawn again when it changes. */
export const language: ReadonlySignal<Language> = chosen;

export function speak(next: Language): void {
  chosen.value = next;
  remember('language', next);
}

/** The words in the language of the page. */
export function wordsOf<T>(table: WordTable<T>): T {
  return table[chosen.value];
}

/** A text of a product's definition in the language of the page. */
export function localized(text: { readonly en: string; readonly zh: string } | string): string {
  return typeof text === 'string' ? text : text[chosen.value];
}

/** The tag for dates and numbers. */
export function locale(): string {
  return chosen.value === 'zh' ? 'zh-CN' : 'en-GB';
}

function startLanguage(): Language {
  const kept = recall('language');
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.languages
    .find((tag) => /^(en|zh)\b/i.test(tag))
    ?.toLowerCase()
    .startsWith('zh')
    ? 'zh'
    : 'en';
}

effect(() => {
  document.documentElement.lang = chosen.value === 'zh' ? 'zh-CN' : 'en';
});
