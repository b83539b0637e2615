import type { Examples } from '../../api/openapi.js';
import HOMES from './blusmartprod/examples.json' with { type: 'json' };
import BLUUC from './bluuc/examples.json' with { type: 'json' };
import MIDPFILEC from './midpfilec/examples.json' with { type: 'json' };
import MIDPMDATA from './midpmdata/examples.json' with { type: 'json' };
import MIDPNC_NOTIFY from './midpnc/notify-examples.json' with { type: 'json' };
import MIDPPKIC from './midppkic/examples.json' with { type: 'json' };

/** Requests of the gateway and their answers, by the id of their operation. */
export const GATEWAY_EXAMPLES = {
  ...MIDPPKIC,
  ...HOMES,
  ...MIDPNC_NOTIFY,
  ...BLUUC,
  ...MIDPFILEC,
  ...MIDPMDATA,
} as Examples;
