import type { Examples } from '../../api/openapi.js';
import MIDPAUTHC from './midpauthc/examples.json' with { type: 'json' };
import MIDPNC_CAPTCHA from './midpnc/captcha-examples.json' with { type: 'json' };
import MIDPPKIC from './midppkic/examples.json' with { type: 'json' };
import ROOT from './root/examples.json' with { type: 'json' };

/** Requests of the gateway and their answers, by the id of their operation. */
export const GATEWAY_EXAMPLES = { ...ROOT, ...MIDPAUTHC, ...MIDPNC_CAPTCHA, ...MIDPPKIC } as Examples;
