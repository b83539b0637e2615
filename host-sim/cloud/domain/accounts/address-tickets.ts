import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { SealBox } from '../secrets.js';
import type { CodeTarget } from './addresses.js';

const LIFETIME_S = 600;

export interface IssuedTicket {
  readonly ticket: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/**
 * Tickets that say: this user has shown that his address is his. Nothing of them is kept, and with another address they are
 * void.
 */
export class AddressTickets {
  readonly #box: SealBox;
  readonly #environment: CloudEnvironment;

  constructor({ box, environment }: { box: SealBox; environment: CloudEnvironment }) {
    this.#box = box;
    this.#environment = environment;
  }

  issue(userId: number, address: CodeTarget): IssuedTicket {
    const until = String(this.#environment.now() + LIFETIME_S * 1_000);
    return { ticket: this.#box.seal(until, purposeOf(userId, address)).toString('base64url'), expiresIn: LIFETIME_S };
  }

  /** @throws CloudError `invalid_code`: of another user or address, expired, or made up */
  check(ticket: string, userId: number, address: CodeTarget): void {
    const until = this.#box.open(Buffer.from(ticket, 'base64url'), purposeOf(userId, address));
    if (until === undefined || Number(until) <= this.#environment.now()) {
      throw new CloudError('invalid_code', 'the ticket does not fit or has expired: verify the present address again');
    }
  }
}

function purposeOf(userId: number, { channel, address }: CodeTarget): string {
  return `address ticket ${userId} ${channel} ${address}`;
}
