import type { Measure } from '../measure.js';
import { boards } from './boards.js';
import { brokers } from './brokers.js';
import { cloud } from './cloud.js';
import { latency } from './latency.js';
import { rom } from './rom.js';
import { worlds } from './worlds.js';
import { xs } from './xs.js';
import { xs32 } from './xs32.js';

/** In the order of the goals. */
export const MEASURES: readonly Measure[] = [xs, xs32, rom, boards, latency, brokers, cloud, worlds];
