import { parseHttpUrl } from '../core/url.js';
import { HttpRequest } from '../http/client.js';
import type { Security } from '../net/connection.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';

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
    const url = parseHttpUrl(apiUrl);
    if (url === undefined || (url.secure && security === undefined)) {
      this.#soon = host.timer.set(() => onFailed('the API address cannot be used'));
      return;
    }
    this.#request = new HttpRequest({
      network: host.network,
      timer: host.timer,
      text: host.text,
      host: url.host,
      port: url.port,
      security: url.secure ? security : undefined,
      method: 'GET',
      path: `${url.path.replace(/\/$/, '')}/healthz`,
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
