import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { ApiKeyRow, ApiKeyStore } from '../store/api-key-store.js';
import { type Page, type PageRequest, pageOf } from './paging.js';
import { hashSecret, randomId, secretFits } from './secrets.js';
import { type UserView, userView } from './users.js';

/** Keys of one user. */
const MAX_KEYS = 100;

/** A key as the list shows it: nothing that opens anything. */
export interface ApiKeyView {
  readonly keyId: string;
  readonly description: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
}

/** API reference, 2.5; the only time that key and secret are told. */
export interface NewApiKeyView {
  readonly keyId: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly description: string;
}

/** API keys of users (API reference, 2.5 to 2.7). Stored are hashes alone. */
export class ApiKeyService {
  readonly #store: ApiKeyStore;
  readonly #environment: CloudEnvironment;

  constructor(options: { store: ApiKeyStore; environment: CloudEnvironment }) {
    this.#store = options.store;
    this.#environment = options.environment;
  }

  /** @throws CloudError `forbidden`: the user has too many */
  create(user: UserView, description: string): NewApiKeyView {
    if (this.#store.count(user.userId) >= MAX_KEYS) {
      throw new CloudError('forbidden', `a user has at most ${MAX_KEYS} API keys`);
    }
    const keyId = randomId(this.#environment, 'ak_', 16);
    const apiKey = randomId(this.#environment, 'sk_', 32);
    const apiSecret = randomId(this.#environment, '', 64);
    this.#store.insert({
      keyId,
      userId: user.userId,
      keyHash: hashSecret(apiKey),
      secretHash: hashSecret(apiSecret),
      description,
      at: this.#environment.now(),
    });
    return { keyId, apiKey, apiSecret, description };
  }

  list(user: UserView, request: PageRequest): Page<ApiKeyView> {
    const { limit, offset } = pageOf(request);
    const { rows, total } = this.#store.list(user.userId, limit, offset);
    return { list: rows.map(view), total, page: request.page, size: limit };
  }

  /** Ends a key at once. @throws CloudError `not_found` */
  delete(user: UserView, keyId: string): void {
    if (!this.#store.delete(keyId, user.userId)) throw new CloudError('not_found', 'there is no such API key');
  }

  /** The user of a key and its secret. @throws CloudError `unauthorized` */
  authenticate(apiKey: string, apiSecret: string): UserView {
    const holder = this.#store.holder(hashSecret(apiKey));
    if (!secretFits(apiSecret, holder?.secret_hash) || !holder) {
      throw new CloudError('unauthorized', 'the API key or its secret is not valid');
    }
    return userView(holder);
  }
}

function view(row: ApiKeyRow): ApiKeyView {
  return { keyId: row.key_id, description: row.description, createdAt: new Date(row.created_at).toISOString() };
}
