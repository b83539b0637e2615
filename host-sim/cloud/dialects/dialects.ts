import type { Dialect } from '../api/lazy-dialect.js';
import { GATEWAY } from './gateway/gateway.js';

/** The APIs beside SmartLink's own. */
export const DIALECTS: readonly Dialect[] = [GATEWAY];
