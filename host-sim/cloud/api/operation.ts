import type { ErrorWord } from '../errors.js';
import type { SCHEMAS } from './schemas.js';

/** What the reference says of a route beside its schemas. */
export interface Operation {
  readonly id: keyof typeof SCHEMAS;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description?: string;
  /** `user`: a token or an API key; `token`: an API key is not enough; `hook`: the secret of the MQTT hooks. */
  readonly auth: 'none' | 'user' | 'token' | 'hook';
  /** Beside those that its schemas and its authentication bring. */
  readonly errors: readonly ErrorWord[];
  /** Answers without envelope. */
  readonly bare?: true;
  /** Answers in the envelope of another API: success and errors. */
  readonly dialect?: 'gateway';
  /** The body of its request is a file. */
  readonly takesFile?: true;
  /** Its answer is a file. */
  readonly givesFile?: true;
  /** `statusText` follows Accept-Language. */
  readonly localized?: true;
}

export const TAGS = {
  Users: 'Accounts, logins and API keys (API reference, chapter 2).',
  Products: 'What boards are made as (chapter 3). Products belong to all users.',
  Devices: 'Boards: activation, state, commands, history (chapter 4).',
  Projects: 'What devices are in, and who sees them. An extension.',
  Certificates: 'Client certificates, which open MQTT on the mutual TLS port; the usual login follows. An extension.',
  Updates: 'Firmware packages, and campaigns that bring them to boards. An extension.',
  'MQTT hooks': 'Questions of an external MQTT broker. An extension, off unless configured.',
  Service: 'Whether the cloud is up.',
  Gateway: 'The same cloud in the words of a gateway of microservices: answers are `{"code","msg","data"}`.',
} as const;
