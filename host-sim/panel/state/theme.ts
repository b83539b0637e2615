import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { recall, remember } from './preferences.js';

export type Theme = 'auto' | 'light' | 'dark';
export const THEMES: readonly Theme[] = ['auto', 'light', 'dark'];

const chosen = signal<Theme>(THEMES.find((one) => one === recall('theme')) ?? 'auto');

/** What the person chose; `auto`: as the system has it. */
export const theme: ReadonlySignal<Theme> = chosen;

const system = matchMedia('(prefers-color-scheme: dark)');
const systemDark = signal(system.matches);
system.addEventListener('change', () => {
  systemDark.value = system.matches;
});

export function wear(next: Theme): void {
  chosen.value = next;
  remember('theme', next);
}

/** Whether the page is dark now, for what is drawn without style sheets. */
export function isDark(): boolean {
  return chosen.value === 'dark' || (chosen.value === 'auto' && systemDark.value);
}

effect(() => {
  if (chosen.value === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = chosen.value;
});
