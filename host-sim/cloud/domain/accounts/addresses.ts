import { CloudError } from '../../errors.js';

/** Where somebody is reached: a phone number (E.164) or an e-mail address. */
export interface CodeTarget {
  readonly channel: 'sms' | 'mail';
  readonly address: string;
}

/** E.164, as every phone number is kept. */
export const PHONE_PATTERN = '^\\+[1-9][0-9]{6,14}$';
export const MAIL_PATTERN = '^[^\\s@]+@[^\\s@]+$';
const PHONE = new RegExp(PHONE_PATTERN);
const MAIL = new RegExp(MAIL_PATTERN);

/** A name with the letter case aside that the database sets aside, and no more: of other letters each is itself. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

export function isPhoneNumber(text: string): boolean {
  return PHONE.test(text);
}

/** Where a text says that somebody is reached; undefined: it does not. */
export function addressIn(text: string): CodeTarget | undefined {
  if (isPhoneNumber(text)) return { channel: 'sms', address: text };
  return MAIL.test(text) ? { channel: 'mail', address: text } : undefined;
}

/** @throws CloudError `invalid_parameter` */
export function parseAddress(text: string, field: string): CodeTarget {
  const target = addressIn(text);
  if (target) return target;
  throw new CloudError(
    'invalid_parameter',
    `${field} must be an e-mail address, or a phone number with its country code, like +4915112345678`,
  );
}
