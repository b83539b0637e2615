import type { IncomingMessage, ServerResponse } from 'node:http';

/** Something else on the API's ports, by its own rules: the cloud passes requests on and knows nothing of it. */
export interface Mount {
  /** Whether a path is its own, also where nothing is there. */
  serves(path: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** What `GET /env` tells this caller among its `urls`: a name and a path; undefined: nothing. */
  announce?(request: IncomingMessage): { readonly name: string; readonly path: string } | undefined;
}
