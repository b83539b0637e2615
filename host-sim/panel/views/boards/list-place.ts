import { signal } from '@preact/signals';
import { type Arrangement, EVERYTHING } from './arrange.js';

/** How the list is filtered and ordered. It stays while a board's own page is looked at. */
export const arrangement = signal<Arrangement>(EVERYTHING);

/** How far the list was scrolled when it was left, px. */
export const scrolled = { toPx: 0 };
