import type { PackageError } from '../core/package-header.js';
import type { HttpFailure } from '../http/client.js';
import type { UpdateStep } from './transfer.js';

/** Why one try to transfer a package ended. */
export interface TryFailure {
  readonly step: UpdateStep;
  readonly code: string;
  /** One sentence. Never the token in a file's URL. */
  readonly message: string;
  /** What becomes of the job: it is over, it goes on later, or it begins anew later. */
  readonly next: 'end' | 'retry' | 'restart';
  /** The server wants not to be asked before that, ms. */
  readonly waitMs?: number | undefined;
}

/** A failure of the download. */
export function downloadFailure(next: TryFailure['next'], code: string, message: string): TryFailure {
  return { step: -2, code, message, next };
}

/** The exchange with the server did not come to its end. */
export function exchangeFailure(failure: HttpFailure): TryFailure {
  return downloadFailure('retry', failure, sentence(failure));
}

/** The flash, of the slot or of the record. What it has lost cannot be mended by trying again. */
export function burnFailure(code: string, message: string): TryFailure {
  return { step: -4, code, message, next: 'end' };
}

/** A package that is not taken: it cannot be believed, or it is not for this board. */
export function refusal({ code, message }: PackageError): TryFailure {
  return { step: isUntrue(code) ? -3 : -1, code, message, next: 'end' };
}

function isUntrue(code: PackageError['code']): boolean {
  switch (code) {
    case 'wrong_product':
    case 'wrong_chip':
    case 'not_newer':
    case 'below_floor':
    case 'too_large':
      return false;
    default:
      return true;
  }
}

function sentence(failure: HttpFailure): string {
  switch (failure) {
    case 'dns_failed':
      return 'the name of the server of the package could not be looked up';
    case 'connect_failed':
    case 'connect_timeout':
      return 'the server of the package could not be reached';
    case 'closed':
      return 'the connection to the server of the package broke off';
    case 'untrusted':
      return 'the server of the package is not one that this board believes';
    case 'no_tls':
      return 'the package is to come over TLS, which this build has not';
    case 'idle_timeout':
      return 'the server of the package fell silent';
    case 'deadline':
      return 'the server of the package did not answer in time';
    case 'malformed_answer':
      return 'what the server of the package answered is not HTTP';
  }
}
