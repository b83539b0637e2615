/**
 * Every error word that the HTTP API answers, with its HTTP status, which is also the envelope's `code`
 * (API reference, 6; settled in the specification of the cloud).
 */
export const ERROR_STATUS = {
  invalid_parameter: 400,
  invalid_product_key: 400,
  device_not_activated: 400,
  no_control_params: 400,
  control_not_supported: 400,
  user_exists: 400,
  product_exists: 400,
  product_in_use: 400,
  device_exists: 400,
  project_in_use: 400,
  package_in_use: 400,
  campaign_ended: 400,
  invalid_code: 400,
  unauthorized: 401,
  invalid_password: 401,
  invalid_signature: 401,
  forbidden: 403,
  product_disabled: 403,
  device_disabled: 403,
  device_in_use: 403,
  not_found: 404,
  device_not_found: 404,
  product_not_found: 404,
  project_not_found: 404,
  package_not_found: 404,
  campaign_not_found: 404,
  user_domain_not_found: 404,
  too_many_requests: 429,
  internal_error: 500,
  not_implemented: 501,
  broker_unavailable: 503,
  device_timeout: 504,
} as const satisfies Record<string, number>;

export type ErrorWord = keyof typeof ERROR_STATUS;

/** A request that is refused: a machine word and its status, a sentence for a person in `detail`. Never holds a secret. */
export class CloudError extends Error {
  readonly word: ErrorWord;
  readonly status: number;
  readonly detail: string | undefined;
  /** Seconds after which trying again makes sense (RFC 9110, 10.2.3). */
  readonly retryAfterS: number | undefined;

  constructor(word: ErrorWord, detail?: string, extra: { status?: number; retryAfterS?: number } = {}) {
    super(detail === undefined ? word : `${word}: ${detail}`);
    this.name = 'CloudError';
    this.word = word;
    this.status = extra.status ?? ERROR_STATUS[word];
    this.detail = detail;
    this.retryAfterS = extra.retryAfterS;
  }
}

/** Why a cloud could not start. */
export type StartErrorCode =
  /** `data`: `port`, `listener` (a `ListenerName`). */
  | 'port_in_use'
  /** Any other reason not to listen. `data`: `host`, `port`, `listener`, `reason` (a system error code). */
  | 'listen_failed'
  /** `data`: `dataDir`, `reason`. */
  | 'data_dir_unwritable'
  /** Another cloud runs on this directory. `data`: `dataDir`. */
  | 'data_dir_in_use'
  /** As many clouds share this directory as can. `data`: `most`. */
  | 'too_many_clouds'
  /** A file of the directory is not what this program wrote. `data`: `file`. */
  | 'data_dir_corrupt'
  /** Another program has the database open. `data`: `file`. */
  | 'database_in_use'
  /** The database was written by a newer program. `data`: `version`, `supported`. */
  | 'database_too_new'
  | 'sqlite_missing'
  /** The external broker takes this account for nobody's, or lets it not hear the boards. `data`: `url`, `why`. */
  | 'broker_refused'
  /** `data`: `urls`, `why`. */
  | 'broker_unreachable'
  /** It takes the connection, and nobody there answers who may say who connects. `data`: `urls`. */
  | 'broker_not_controlled'
  /** `data`: `option`. */
  | 'invalid_option';

/** A cloud that could not start; `message` is one sentence for a person. Everything opened before is closed again. */
export class CloudStartError extends Error {
  readonly code: StartErrorCode;
  readonly data: Readonly<Record<string, string | number>>;

  constructor(
    code: StartErrorCode,
    message: string,
    data: Readonly<Record<string, string | number>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CloudStartError';
    this.code = code;
    this.data = data;
  }
}
