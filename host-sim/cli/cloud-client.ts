import { type ClientRequest, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { plainText } from '../products/plain-text.js';
import { CliError } from './cli-error.js';

/** Without a byte in either direction for so long, a request is given up, ms. */
const SILENCE_MS = 30_000;
/** More is no answer of this API, bytes. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** What is handed to the network at a time, bytes: progress is told between. */
const PIECE_BYTES = 64 * 1024;
/** Of what a cloud says, shown to a person, characters. */
const MAX_DETAIL = 300;

const REFUSED_CERTIFICATE = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/;

/** Who calls: a login, by which a token is asked for when it is needed, or an API key. */
export type Credentials =
  | {
      readonly username: string;
      readonly password: string /** Where they are from, if they were not given. */;
      readonly file?: string;
    }
  | { readonly apiKey: string; readonly apiSecret: string };

export interface CloudClientOptions {
  /** Base URL, without `/api/v1`. */
  readonly url: string;
  /** PEM of the CAs to believe, and no others; absent: those that this machine knows. */
  readonly ca?: readonly string[];
  readonly credentials: Credentials;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `base`, by default `/api/v1`. */
  readonly path: string;
  readonly base?: string;
  readonly type?: string;
  readonly body?: Uint8Array;
  /** How many bytes of the body are on their way. */
  readonly onSent?: (bytes: number) => void;
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** The API of a cloud for one user. Every failure is a `CliError` with one sentence; its code is the cloud's word where it has one. */
export class CloudClient {
  /** Base URL, without `/api/v1` and a slash at its end. */
  readonly url: string;
  readonly #ca: readonly string[] | undefined;
  readonly #credentials: Credentials;
  #token: string | undefined;

  constructor({ url, ca, credentials }: CloudClientOptions) {
    this.url = url;
    this.#ca = ca;
    this.#credentials = credentials;
  }

  get<T>(path: string): Promise<T> {
    return this.#call<T>({ method: 'GET', path });
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.#call<T>({ method: 'POST', path, ...asJson(body) });
  }

  upload<T>(path: string, body: Uint8Array, onSent: (bytes: number) => void): Promise<T> {
    return this.#call<T>({ method: 'POST', path, type: 'application/octet-stream', body, onSent });
  }

  /** The access token of the login. @throws {CliError} `no_credentials`: an API key has none */
  async accessToken(): Promise<string> {
    await this.#signIn();
    if (this.#token !== undefined) return this.#token;
    throw new CliError('no_credentials', 'this takes a user, not an API key: give --user and --password-file.', 2);
  }

  /** Where everything is that the cloud serves, by name (`/env`): none where it does not say. */
  async urls(): Promise<Readonly<Record<string, string>>> {
    const call: Call = { method: 'GET', base: '', path: '/env' };
    try {
      const { urls } = this.#dataOf(await this.#send(call, {}), call) as { urls?: Readonly<Record<string, string>> };
      return urls ?? {};
    } catch {
      return {};
    }
  }

  async #call<T>(call: Call): Promise<T> {
    const isFirst = this.#token === undefined;
    const headers = await this.#signIn();
    let answer = await this.#send(call, headers);
    // A token ends after a day, which a rollout may outlast.
    if (answer.status === 401 && !isFirst) {
      this.#token = undefined;
      answer = await this.#send(call, await this.#signIn());
    }
    return this.#dataOf(answer, call) as T;
  }

  async #signIn(): Promise<OutgoingHttpHeaders> {
    const credentials = this.#credentials;
    if ('apiKey' in credentials) return { 'x-api-key': credentials.apiKey, 'x-api-secret': credentials.apiSecret };
    if (this.#token === undefined) {
      const { username, password, file } = credentials;
      const call: Call = { method: 'POST', path: '/users/login', ...asJson({ username, password }) };
      const answer = await this.#send(call, {});
      let data: unknown;
      try {
        data = this.#dataOf(answer, call);
      } catch (error) {
        if (file === undefined || !(error instanceof CliError) || error.code !== 'invalid_password') throw error;
        const mend = 'name the data folder of that cloud with --data, or give --user and --password-file';
        throw new CliError(error.code, `${this.url} does not know the account in ${file} (invalid_password): ${mend}.`);
      }
      const { token } = (data ?? {}) as { readonly token?: unknown };
      if (typeof token !== 'string') throw this.#notACloud();
      this.#token = token;
    }
    return { authorization: `Bearer ${this.#token}` };
  }

  #dataOf({ status, retryAfter, text }: Answer, { method, path }: Call): unknown {
    let envelope: unknown;
    try {
      envelope = JSON.parse(text);
    } catch {
      // Whatever it is, it is none.
    }
    const { code, message, data, detail } = (envelope ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof code !== 'number' || typeof message !== 'string') throw this.#notACloud(status);
    if (status === 200 && code === 200) return data;
    const word = /^[a-z_]{1,40}$/.test(message) ? message : 'refused';
    const seconds = /^\d{1,5}$/.test(retryAfter ?? '') ? ` Try again in ${retryAfter} s.` : '';
    const said = typeof detail === 'string' ? plainText(detail).slice(0, MAX_DETAIL) : undefined;
    const why = said ?? `its answer to ${method} ${path} was HTTP ${status}, without more words`;
    throw new CliError(word, `${this.url} refuses (${word}): ${why.replace(/\.$/, '')}.${seconds}`);
  }

  #send({ method, path, base = '/api/v1', type, body, onSent }: Call, headers: OutgoingHttpHeaders): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void => reject(this.#unreachable(error));
      const all = { ...headers, ...(type && { 'content-type': type }), 'content-length': body?.length ?? 0 };
      // A connection of its own: one that is kept may end just as the next request goes out.
      const options = {
        method,
        headers: all,
        agent: false,
        timeout: SILENCE_MS,
        ...(this.#ca && { ca: [...this.#ca] }),
      };
      const request = this.url.startsWith('https:') ? httpsRequest : httpRequest;
      const sent = request(this.url + base + path, options, (response) => {
        readAnswer(response).then(resolve, fail);
      });
      sent.on('timeout', () => sent.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })));
      sent.on('error', fail);
      writePieces(sent, body ?? new Uint8Array(0), onSent);
    });
  }

  #unreachable({ code = 'unknown error' }: NodeJS.ErrnoException): CliError {
    if (code === 'ECONNREFUSED') {
      const sentence = `nothing listens at ${this.url}: start the cloud, or name another with --cloud.`;
      return new CliError('cloud_unreachable', sentence);
    }
    if (REFUSED_CERTIFICATE.test(code)) {
      const mend = 'give the CA of this cloud with --ca, which of the dev cloud is ca.pem in its data folder';
      return new CliError('cloud_untrusted', `the certificate of ${this.url} cannot be believed (${code}): ${mend}.`);
    }
    if (code === 'too_large') return this.#notACloud();
    return new CliError('cloud_unreachable', `${this.url} cannot be reached (${code}).`);
  }

  #notACloud(status?: number): CliError {
    const what = status === undefined ? '' : ` (HTTP ${status})`;
    return new CliError('no_cloud', `${this.url} does not answer as a SmartLink cloud does${what}: check --cloud.`);
  }
}

function asJson(body: object): Pick<Call, 'type' | 'body'> {
  return { type: 'application/json', body: Buffer.from(JSON.stringify(body)) };
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > MAX_ANSWER_BYTES) throw Object.assign(new Error(), { code: 'too_large' });
    pieces.push(piece);
  }
  const { statusCode: status = 0, headers } = response;
  return { status, retryAfter: headers['retry-after'], text: Buffer.concat(pieces).toString() };
}

function writePieces(request: ClientRequest, body: Uint8Array, onSent?: (bytes: number) => void): void {
  let at = 0;
  const writeNext = (): void => {
    if (request.destroyed) return;
    const piece = body.subarray(at, at + PIECE_BYTES);
    at += piece.length;
    if (piece.length === 0) {
      request.end();
      return;
    }
    request.write(piece, () => {
      onSent?.(at);
      writeNext();
    });
  };
  writeNext();
}
