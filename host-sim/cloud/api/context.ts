import type { FastifyRequest } from 'fastify';
import type { BrokerState } from '../broker/message-broker.js';
import type { BrokerAddress } from '../domain/activation.js';
import type { CertificateService } from '../domain/certificates.js';
import type { Language } from '../domain/devices.js';
import type { AccountClosing } from '../domain/people/closing.js';
import type { RateLimit } from '../domain/rate-limits.js';
import type { CloudServices } from '../domain/services.js';
import type { UserView } from '../domain/users.js';
import { CloudError } from '../errors.js';
import { apiUrl, type Place } from '../place.js';
import type { ActivationLimit } from './limits.js';

/** What routes work on. */
export interface ApiServices extends CloudServices {
  readonly certificates: CertificateService;
  readonly closing: AccountClosing;
  /** The user who runs the cloud. */
  readonly operatorId: number;
  readonly broker: BrokerAddress;
  /** Whether an external broker is there; undefined: the cloud has its own. */
  readonly brokerState: (() => BrokerState) | undefined;
  readonly place: Place;
  /** Whether a request came over TLS. */
  readonly isSecure: (request: FastifyRequest) => boolean;
  readonly activations: ActivationLimit;
  /** Off where it is undefined. */
  readonly mqttHooks: MqttHookOptions | undefined;
}

/** Who may ask on behalf of an external MQTT broker. */
export interface MqttHookOptions {
  /** Addresses or networks (`10.0.0.0/8`) that the broker asks from. */
  readonly addresses: readonly string[];
  /** What it sends as `X-Hook-Secret`, or in the path where it is RabbitMQ; at least 16 characters. */
  readonly secret: string;
}

/** Who calls, and with what he showed it: an access token of a login, or an API key. */
export interface Caller {
  readonly user: UserView;
  readonly by: 'token' | 'key';
  /** The login of a token. */
  readonly familyId?: string;
}

/** A token (RFC 6750, 2.1), also where its `Bearer` stands in front of one that an API has given with its own. */
export function bearerToken(authorization = ''): string | undefined {
  return /^Bearer +(?:Bearer +)?([^ ]+) *$/i.exec(authorization)?.[1];
}

/** The user whose token (RFC 6750, 2.1) or API key (API reference, 1.2) a request carries. @throws CloudError `unauthorized` */
async function authenticate(request: FastifyRequest, services: ApiServices): Promise<Caller> {
  const { authorization, 'x-api-key': key, 'x-api-secret': secret } = request.headers;
  if (authorization === undefined && typeof key === 'string' && typeof secret === 'string') {
    return { user: services.apiKeys.authenticate(key, secret), by: 'key' };
  }
  const token = bearerToken(authorization);
  if (token === undefined) throw new CloudError('unauthorized', 'a bearer token or an API key is required');
  const { user, familyId } = await services.users.openSession(token);
  return { user, by: 'token', familyId };
}

/** The check of a route that needs a user, made before the body is read, and who it found. */
export interface UserCheck {
  readonly onRequest: (request: FastifyRequest) => Promise<void>;
  /** The same, but a login's token is required: for what a stolen API key must not do. */
  readonly onTokenRequest: (request: FastifyRequest) => Promise<void>;
  readonly caller: (request: unknown) => UserView;
  /** The login that a token is of; undefined where an API key calls. */
  readonly login: (request: unknown) => string | undefined;
}

/** @param identify finds who calls; by default by a token or an API key */
export function checkUser(services: ApiServices, identify = authenticate): UserCheck {
  // Kept per request without touching Fastify's own request object.
  const callers = new WeakMap<FastifyRequest, Caller>();
  const check = async (request: FastifyRequest, allowed: readonly Caller['by'][]) => {
    const found = await identify(request, services);
    if (!allowed.includes(found.by))
      throw new CloudError('forbidden', 'this needs the token of a login, not an API key');
    callers.set(request, found);
  };
  return {
    onRequest: (request) => check(request, ['token', 'key']),
    onTokenRequest: (request) => check(request, ['token']),
    caller: (request) => callers.get(request as FastifyRequest)?.user as UserView,
    login: (request) => callers.get(request as FastifyRequest)?.familyId,
  };
}

/** Refuses a request beyond the limit of its address. @throws CloudError `too_many_requests` */
export function limitByAddress(limit: RateLimit, request: FastifyRequest): void {
  const retryAfterS = limit.take(request.ip ?? '');
  if (retryAfterS > 0)
    throw new CloudError('too_many_requests', 'too many requests from this address', { retryAfterS });
}

/** Before validation: no body says the same as one without fields. */
export async function allowNoBody(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}

/** zh unless the client prefers en (RFC 9110, 12.5.4). */
export function requestLanguage(request: FastifyRequest): Language {
  let best: Language = 'zh';
  let bestWeight = 0;
  for (const range of (request.headers['accept-language'] ?? '').slice(0, 512).split(',')) {
    const [tag = '', weightText] = range.trim().split(/\s*;\s*q=/i);
    const language = tag.toLowerCase().split('-', 1)[0];
    const weight = weightText === undefined ? 1 : Number(weightText);
    if ((language === 'zh' || language === 'en') && weight > bestWeight) {
      best = language;
      bestWeight = weight;
    }
  }
  return best;
}

const HOST_PATTERN = /^[A-Za-z0-9._:-]{1,253}$/;

/** The host by which the caller reached us, without port: from `Host`, or the address of the socket where that is unusable. */
export function requestHost(request: FastifyRequest): string {
  const host = request.headers.host ?? '';
  const name = host.startsWith('[') ? host.slice(1, host.indexOf(']')) : host.replace(/:\d*$/, '');
  if (HOST_PATTERN.test(name)) return name;
  return (request.socket.localAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}

/** The base URL by which the caller reached us: `http://host:port`, or `https://…` where he came that way. */
export function ownUrl({ place, isSecure }: ApiServices, request: FastifyRequest): string {
  // What answers him listens there.
  return apiUrl(place, requestHost(request), isSecure(request))!;
}
