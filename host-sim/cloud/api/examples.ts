import END_USER from '../dialects/enduser/examples.json' with { type: 'json' };
import { GATEWAY_EXAMPLES } from '../dialects/gateway/examples.js';
import OWN from './examples.json' with { type: 'json' };
import type { Examples } from './openapi.js';

/** A request and its answer for every operation that can be answered, by its id. */
export const EXAMPLES = { ...OWN, ...GATEWAY_EXAMPLES, ...END_USER } as Examples;
