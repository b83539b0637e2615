import type { Dialect } from '../api/lazy-dialect.js';
import { END_USERS } from './enduser/enduser.js';
import { GATEWAY } from './gateway/gateway.js';

/** The APIs beside SmartLink's own. */
export const DIALECTS: readonly Dialect[] = [GATEWAY, END_USERS];
