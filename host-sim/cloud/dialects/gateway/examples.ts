import type { Examples } from '../../api/openapi.js';
import BLUIOTDATA from './bluiotdata/examples.json' with { type: 'json' };
import ALARMS from './blusmartprod/alarm-examples.json' with { type: 'json' };
import HOMES from './blusmartprod/examples.json' with { type: 'json' };
import MIDPPKIC from './midppkic/examples.json' with { type: 'json' };

/** Requests of the gateway and their answers, by the id of their operation. */
export const GATEWAY_EXAMPLES = { ...MIDPPKIC, ...HOMES, ...ALARMS, ...BLUIOTDATA } as Examples;
