import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A request as it came. */
export interface ApiCall {
  /** Method and path: `GET /ota/packages`. */
  readonly what: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What is answered: data in an envelope, or anything else, sent as it is. */
export type ApiAnswer =
  | { readonly data: unknown }
  | { readonly status: number; readonly body: string | object; readonly headers?: Readonly<Record<string, string>> };

/** The API of a cloud that answers what a test tells it, and keeps what it was asked. */
export class ScriptedApi {
  readonly calls: ApiCall[] = [];
  /** Answers a call; a login that it leaves out gets a token. */
  answer: (call: ApiCall, count: number) => ApiAnswer | undefined = () => undefined;
  port = 0;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param tls PEM of a key and its certificate: then it is https */
  static async start(tls?: { readonly key: string; readonly cert: string }): Promise<ScriptedApi> {
    const listen: { on: RequestListener } = { on: () => {} };
    const listener: RequestListener = (request, response) => listen.on(request, response);
    const api = new ScriptedApi(tls === undefined ? createServer(listener) : createTlsServer(tls, listener));
    listen.on = (request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const { method, url = '', headers } = request;
        const call = { what: `${method} ${url.replace('/api/v1', '')}`, headers, body: Buffer.concat(pieces) };
        api.calls.push(call);
        const count = api.calls.filter(({ what }) => what === call.what).length;
        const answer = api.answer(call, count) ?? byDefault(call);
        if ('data' in answer) {
          response.end(JSON.stringify({ code: 200, message: 'success', data: answer.data }));
          return;
        }
        const { status, body, headers: more = {} } = answer;
        response.writeHead(status, more).end(typeof body === 'string' ? body : JSON.stringify(body));
      });
    };
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    api.port = (api.#server.address() as AddressInfo).port;
    return api;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

function byDefault({ what }: ApiCall): ApiAnswer {
  if (what === 'POST /users/login') return { data: { token: 'the token of a login' } };
  return { status: 404, body: { code: 404, message: 'not_found', data: null, detail: `there is no ${what}` } };
}
