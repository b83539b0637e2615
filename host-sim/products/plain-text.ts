/**
 * What a terminal would act on instead of showing it: control characters (C0, C1), line and paragraph separators, what
 * turns the direction of a text round, byte order marks, and halves of surrogate pairs.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * A text from outside on one line, with what a terminal would act on as JSON writes it: `\u001b`. What is JSON stays the
 * same JSON.
 */
export function plainText(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
