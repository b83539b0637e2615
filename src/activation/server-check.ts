import { HttpRequest } from '../http/client.js';
import type { Security } from '../net/connection.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import { apiEndpoint } from './api-endpoint.js';

export interface ServerCheckOptions {
  readonly host: Host;
  /** Base URL of the cloud's API. */
  readonly apiUrl: string;
  readonly security: Security | undefined;
  /** Any answer at all: the server is the one that it should be. */
  onAnswered(): void;
  /** Neither is called twice, nor the other after it, nor from inside the constructor, nor after `close()`. */
  onFailed(reason: string): void;
  /** The `Date` header of the answer. */
  onDate(header: string): void;
}

/** One `GET {api}/healthz`: whether the API can be reached, by whoever is trusted now, and without changing anything there. */
export class ServerCheck {
  readonly #host: Host;
  readonly #request: HttpRequest | undefined;
  #soon: TimerHandle | undefined;

  constructor(options: ServerCheckOptions) {
    const { host, apiUrl, security, onAnswered, onFailed, onDate } = options;
    this.#host = host;
    const endpoint = apiEndpoint(host, apiUrl, security);
    if (typeof endpoint === 'string') {
      this.#soon = host.timer.set(() => onFailed(endpoint));
      return;
    }
    this.#request = new HttpRequest({
      ...endpoint,
      method: 'GET',
      path: `${endpoint.path}/healthz`,
      onHead: (_status, headers) => {
        const date = headers.get('date');
        if (date !== undefined) onDate(date);
      },
      onBody: () => {},
      onComplete: onAnswered,
      onFailed,
    });
  }

  /** Gives it up, silently. May be called twice. */
  close(): void {
    this.#host.timer.clear(this.#soon);
    this.#soon = undefined;
    this.#request?.close();
  }
}
