import type { Examples } from '../../api/openapi.js';
import BLUIOTDATA from './bluiotdata/examples.json' with { type: 'json' };
import BLUIOTVPP from './bluiotvpp/examples.json' with { type: 'json' };
import ALARMS from './blusmartprod/alarm-examples.json' with { type: 'json' };
import AUTOMATION from './blusmartprod/automation-examples.json' with { type: 'json' };
import HOMES from './blusmartprod/examples.json' with { type: 'json' };
import BLUUC from './bluuc/examples.json' with { type: 'json' };
import LOGINS from './logins/examples.json' with { type: 'json' };
import MIDPAUTHC from './midpauthc/examples.json' with { type: 'json' };
import MIDPFILEC from './midpfilec/examples.json' with { type: 'json' };
import MIDPMDATA from './midpmdata/examples.json' with { type: 'json' };
import MIDPNC_CAPTCHA from './midpnc/captcha-examples.json' with { type: 'json' };
import MIDPNC_NOTIFY from './midpnc/notify-examples.json' with { type: 'json' };
import MIDPPKIC from './midppkic/examples.json' with { type: 'json' };

/** Requests of the gateway and their answers, by the id of their operation. */
export const GATEWAY_EXAMPLES = {
  ...ALARMS,
  ...AUTOMATION,
  ...BLUIOTDATA,
  ...BLUIOTVPP,
  ...BLUUC,
  ...HOMES,
  ...MIDPAUTHC,
  ...MIDPFILEC,
  ...MIDPMDATA,
  ...MIDPNC_CAPTCHA,
  ...MIDPNC_NOTIFY,
  ...MIDPPKIC,
  ...LOGINS,
} as Examples;
