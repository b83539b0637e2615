import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { createApp, type SendFailure } from './app.js';
import type { ApiServices } from './context.js';
import type { AddressLimits } from './limits.js';
import type { Mount } from './mount.js';

/** Another API over the same services, with paths and an envelope of its own. */
export interface Dialect {
  /** Whether a path is this API's, even where it is none that could be served. */
  serves(path: string): boolean;
  readonly sendFailure: SendFailure;
  /** Adds its routes. */
  register(app: FastifyInstance, services: ApiServices, limits: AddressLimits): Promise<void>;
}

/** A dialect that is built when it is first asked for: its routes cost time that most clouds, and every virtual one, can save. */
export class LazyDialect implements Mount {
  readonly #dialect: Dialect;
  readonly #services: ApiServices;
  readonly #limits: AddressLimits;
  #app: Promise<FastifyInstance> | undefined;

  constructor(dialect: Dialect, services: ApiServices, limits: AddressLimits) {
    this.#dialect = dialect;
    this.#services = services;
    this.#limits = limits;
  }

  serves(path: string): boolean {
    return this.#dialect.serves(path);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#app ??= this.#create();
    this.#app.then(
      (app) => app.routing(request, response),
      (error: Error) => {
        // The next request tries again.
        this.#app = undefined;
        this.#services.log.error('request_failed', { why: error.message, stack: error.stack });
        response.destroy();
      },
    );
  }

  async close(): Promise<void> {
    const app = await this.#app?.catch(() => undefined);
    await app?.close();
  }

  async #create(): Promise<FastifyInstance> {
    const app = createApp(this.#services, this.#dialect.sendFailure);
    await this.#dialect.register(app, this.#services, this.#limits);
    await app.ready();
    return app;
  }
}
