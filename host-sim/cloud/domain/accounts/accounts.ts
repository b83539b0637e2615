import type { Core } from '../core.js';
import { VerificationCodes } from './verification-codes.js';

/** What belongs to a person's account beside his login. */
export interface Accounts {
  readonly codes: VerificationCodes;
}

export function createAccounts({ environment, events }: Core): Accounts {
  return { codes: new VerificationCodes({ environment, events }) };
}
