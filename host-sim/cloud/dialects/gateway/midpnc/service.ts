import type { Microservice } from '../microservice.js';
import { CAPTCHA_ENDPOINTS } from './captcha.js';
import { NOTIFY_ENDPOINTS } from './notify.js';

/** Codes that show whose an address is, and what users are told. */
export const MIDPNC: Microservice = {
  name: 'midpnc',
  title: 'notifications and captcha',
  endpoints: { ...CAPTCHA_ENDPOINTS, ...NOTIFY_ENDPOINTS },
};
