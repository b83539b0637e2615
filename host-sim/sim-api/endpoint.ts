import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Boards } from './boards.js';
import type { ErrorWord } from './errors.js';
import type { Streams } from './streams.js';
import type { WireRing } from './wire-ring.js';

/** What an endpoint works with. */
export interface SimServices {
  readonly boards: Boards;
  readonly ring: WireRing;
  readonly streams: Streams;
  /** What happened to these boards, or to all, for `smartlink world --replay`. */
  recording(serials?: readonly string[]): object;
  /** Whether the caller's token still opens anything. */
  mayStay(request: IncomingMessage): Promise<boolean>;
}

/** A request whose path, query and body have been checked. */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly raw: IncomingMessage;
  readonly response: ServerResponse;
}

/** A call as the document tells of it. */
export interface Described {
  readonly method: 'GET' | 'PATCH' | 'PUT';
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly params?: object;
  readonly query?: object;
  /** What bodies look like; `checked` by the endpoint itself where that depends on the board. */
  readonly body?: { readonly schema: object; readonly checked: boolean };
  /** Beside those that every request may meet. */
  readonly errors: readonly ErrorWord[];
  /** `data` of its answer; with a type, all of it. */
  readonly answer: { readonly schema: object; readonly type?: string };
}

/** One call of this API: what it takes, what it gives, and what it does. */
export interface Endpoint extends Described {
  /** Its answer; undefined: it answers by itself. */
  run(services: SimServices, call: Call): unknown;
}

/** An endpoint by its description, which is what its path, query and body have been checked by when it runs. */
export function endpoint<P, Q = unknown, B = unknown>(
  described: Described,
  run: (services: SimServices, call: Call<P, Q, B>) => unknown,
): Endpoint {
  return { ...described, run: run as Endpoint['run'] };
}
