/** What the page keeps of a person's taste, beyond the session. Nothing secret. */
export type Preference = 'language' | 'theme';

const PREFIX = 'smartlink.';

/** Undefined where nothing is kept, or nothing may be. */
export function recall(name: Preference): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: Preference, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // A browser that keeps nothing shows what was chosen until the page is closed.
  }
}
