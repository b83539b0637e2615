import type { Measure } from '../measure.js';
import { rom } from './rom.js';
import { xs } from './xs.js';
import { xs32 } from './xs32.js';

/** In the order of the goals. */
export const MEASURES: readonly Measure[] = [xs, xs32, rom];
