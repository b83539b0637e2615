import type { ErrorWord } from '../errors.js';
import type { RouteSchemas, SCHEMAS } from './schemas.js';

/** What the reference says of a route beside its schemas. */
export interface Operation {
  readonly id: string;
  readonly tag: string;
  /** Of its request and its answer's `data`; absent: those of `SCHEMAS` by its id. */
  readonly schemas?: RouteSchemas;
  readonly summary: string;
  readonly description?: string;
  /** `user`: a token or an API key; `token`: an API key is not enough; `hook`: the secret of the MQTT hooks. */
  readonly auth: 'none' | 'user' | 'token' | 'hook';
  /** Beside those that its schemas and its authentication bring. */
  readonly errors: readonly ErrorWord[];
  /** Answers without envelope. */
  readonly bare?: true;
  /** Answers in the envelope of another API: success and errors. */
  readonly dialect?: 'gateway' | 'enduser';
  /** The body of its request is a file, or a form of files in the field `file`. */
  readonly takesFile?: true | 'form';
  /** Its request is a form of texts, and its answer a word of plain text. */
  readonly takesForm?: true;
  /** A request that cannot be read is answered as one that is refused. */
  readonly deniesUnreadable?: true;
  /** Its answer is a file. */
  readonly givesFile?: true;
  /** Nothing but errors is ever answered. */
  readonly unserved?: true;
  /** Texts for people follow Accept-Language. */
  readonly localized?: true;
}

/** One of SmartLink's own. */
export interface OwnOperation extends Operation {
  readonly id: keyof typeof SCHEMAS;
  readonly tag: keyof typeof TAGS;
}

/** What the operations of SmartLink's API are about; dialects have tags of their own. */
export const TAGS = {
  Users: 'Accounts, logins and API keys (API reference, chapter 2).',
  Products: 'What boards are made as (chapter 3). Products belong to all users.',
  Devices: 'Boards: activation, state, commands, history (chapter 4).',
  Projects: 'What devices are in, and who sees them. An extension.',
  Certificates: 'Client certificates, which open MQTT on the mutual TLS port; the usual login follows. An extension.',
  Updates: 'Firmware packages, and campaigns that bring them to boards. An extension.',
  'MQTT hooks': 'Questions of an external MQTT broker. An extension, off unless configured.',
  Operator: 'For who runs the cloud: these take a token of the development account. An extension.',
  Service: 'Whether the cloud is up.',
} as const;
