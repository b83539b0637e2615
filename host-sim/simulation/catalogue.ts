import { command } from './deeds/command.js';
import { wifiLost } from './faults/wifi-lost.js';
import type { Kind } from './happening.js';
import type { WorldPromise } from './promise.js';
import { noSecret } from './promises/no-secret.js';
import { online } from './promises/online.js';
import type { Scenario } from './scenario.js';
import { dayAtHome } from './scenarios/day-at-home.js';

/** Everything that can happen in a world. */
export const KINDS: readonly Kind[] = [command, wifiLost];

/** What holds in every world. */
export const PROMISES: readonly WorldPromise[] = [online, noSecret];

/** Worlds to live through. */
export const SCENARIOS: readonly Scenario[] = [dayAtHome];
