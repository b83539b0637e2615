import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SimApiError } from './errors.js';

/** Addresses of this machine, as the kernel writes them. */
const LOOPBACK = /^(::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/;
/** Names that no name server decides about. */
const OWN_HOST = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\])(?::(\d{1,5}))?$/i;
const OWN_SITES = ['same-origin', 'none'];

/** Whether a request comes from a program on this machine. */
function isFromHere({ socket }: IncomingMessage): boolean {
  return LOOPBACK.test(socket.remoteAddress ?? '');
}

/**
 * Refuses who may not even ask: other machines, pages of other sites, and names that somebody else's name server leads here.
 * @throws SimApiError `forbidden` with the field that says so
 */
export function checkCaller(request: IncomingMessage): void {
  if (!isFromHere(request)) throw forbidden('The simulated world is for programs on its own machine: ask from there.');
  if (!request.url?.startsWith('/')) throw forbidden('The target must be a path: give it as /sim/v1/….');
  const host = only(request, 'host');
  const { scheme, usualPort } =
    'encrypted' in request.socket ? { scheme: 'https', usualPort: 443 } : { scheme: 'http', usualPort: 80 };
  const { localPort } = request.socket;
  const own = OWN_HOST.exec(host ?? '');
  if (!own || Number(own[1] ?? usualPort) !== localPort) {
    throw forbidden(`Host must be 127.0.0.1, localhost or [::1], with port ${localPort}: call it by one of these.`);
  }
  const origin = only(request, 'origin');
  if (origin !== undefined && origin.toLowerCase() !== `${scheme}://${host}`.toLowerCase()) {
    throw forbidden('Origin must be the own one or absent: pages of other sites may not ask.');
  }
  const site = only(request, 'sec-fetch-site');
  if (site !== undefined && !OWN_SITES.includes(site)) {
    throw forbidden('Sec-Fetch-Site must be same-origin or none: pages of other sites may not ask.');
  }
  if (request.method === 'OPTIONS') throw forbidden('The method must not be OPTIONS: no other site is let in.');
}

/** Whether who asks may ask here, a token apart. */
export function isWelcome(request: IncomingMessage): boolean {
  try {
    checkCaller(request);
    return true;
  } catch {
    return false;
  }
}

/** A field that stands there once or not at all. @throws SimApiError `forbidden` */
function only({ headersDistinct }: IncomingMessage, name: string): string | undefined {
  const values = headersDistinct[name] ?? [];
  if (values.length > 1) throw forbidden(`${name} must stand there once.`);
  return values[0];
}

function forbidden(sentence: string): SimApiError {
  return new SimApiError('forbidden', sentence);
}

/** Says whether a token that is not the world's own is as good. */
export type Authenticate = (token: string) => Promise<boolean>;

/** Whoever has the world's own token, or another one that somebody vouches for. */
export class Tokens {
  readonly #own: Buffer;
  readonly #authenticate: Authenticate;

  constructor(own: string, authenticate: Authenticate) {
    this.#own = digest(own);
    this.#authenticate = authenticate;
  }

  /** @throws SimApiError `unauthorized`, the same whatever is wrong with it */
  async check(request: IncomingMessage): Promise<void> {
    const token = /^Bearer +([^ ]+) *$/i.exec(only(request, 'authorization') ?? '')?.[1];
    if (token !== undefined && (timingSafeEqual(digest(token), this.#own) || (await this.#authenticate(token)))) return;
    throw new SimApiError(
      'unauthorized',
      'Authorization must be "Bearer" and the token of sim.json, or of a login of the development account.',
    );
  }
}

/** All of one length, as the comparison wants it. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
