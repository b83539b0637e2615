import type { Microservice } from '../endpoint.js';
import { CAPTCHA_ENDPOINTS } from './captcha.js';

/** Codes for addresses, and what people are told. */
export const MIDPNC: Microservice = {
  name: 'midpnc',
  title: 'notifications and codes',
  endpoints: { ...CAPTCHA_ENDPOINTS },
};
