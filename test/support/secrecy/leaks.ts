/** A line that tells a secret, with the secret. */
export interface Leak {
  readonly secret: string;
  readonly line: string;
}

/**
 * What is told on purpose, to the one person who is to know it, and where. Everything else that tells a secret is a leak.
 */
const TOLD_ON_PURPOSE: readonly RegExp[] = [
  // `board --no-set-up` tells who is at the keyboard what the label would: with it he sets the board up.
  /(?<=^\{"event":"setup",.*)"label":\{[^{}]*\}/,
  // The first start tells whoever is at the keyboard the password that it has made.
  /(?<=^ {2}account {2}dev, password )\S+ (?=\(kept in )/,
];

/** Secrets are looked for by their first characters. */
const PREFIX = 8;

/** Every line in which one of the secrets (8 characters or more each) stands. */
export function findLeaks(secrets: Iterable<string>, said: Iterable<string>): Leak[] {
  const byPrefix = new Map<string, string[]>();
  for (const secret of secrets) {
    // As it is, and as JSON writes it.
    for (const written of new Set([secret, JSON.stringify(secret).slice(1, -1)])) {
      const prefix = written.slice(0, PREFIX);
      const known = byPrefix.get(prefix);
      if (known === undefined) byPrefix.set(prefix, [written]);
      else known.push(written);
    }
  }
  const leaks: Leak[] = [];
  for (const text of said) {
    for (const whole of text.split('\n')) {
      const line = TOLD_ON_PURPOSE.reduce((rest, pattern) => rest.replace(pattern, ''), whole);
      for (let at = 0; at + PREFIX <= line.length; at++) {
        const found = byPrefix.get(line.slice(at, at + PREFIX))?.find((secret) => line.startsWith(secret, at));
        if (found === undefined) continue;
        leaks.push({ secret: found, line });
        break;
      }
    }
  }
  return leaks;
}
