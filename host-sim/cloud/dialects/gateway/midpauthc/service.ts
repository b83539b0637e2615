import type { Microservice } from '../microservice.js';
import { ACCOUNT_ENDPOINTS } from './account.js';
import { LOGIN_ENDPOINTS } from './login.js';
import { SOCIAL_ENDPOINTS } from './social.js';

/** Accounts of people. */
export const MIDPAUTHC: Microservice = {
  name: 'midpauthc',
  title: 'accounts',
  endpoints: { ...LOGIN_ENDPOINTS, ...ACCOUNT_ENDPOINTS, ...SOCIAL_ENDPOINTS },
};
