import type { FastifyRequest } from 'fastify';
import type { ActivationService, BrokerAddress } from '../domain/activation.js';
import type { DeviceService, Language } from '../domain/devices.js';
import type { ProductService } from '../domain/products.js';
import type { TokenBuckets } from '../domain/rate-limits.js';
import type { UserService, UserView } from '../domain/users.js';
import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { Logger } from '../events.js';

/** What routes work on. */
export interface ApiServices {
  readonly environment: CloudEnvironment;
  readonly log: Logger;
  readonly users: UserService;
  readonly products: ProductService;
  readonly devices: DeviceService;
  readonly activation: ActivationService;
  readonly broker: BrokerAddress;
  /** Refill of the activation limit, a second; 0 switches it off. */
  readonly activationRate: number;
}

/** The user whose token a request carries (RFC 6750, 2.1). @throws CloudError `unauthorized` */
export async function requestUser(request: FastifyRequest, users: UserService): Promise<UserView> {
  const [, token] = /^Bearer +([^ ]+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (token === undefined) throw new CloudError('unauthorized', 'a bearer token is required');
  return users.authenticate(token);
}

/** Refuses a request beyond the limit of its address. @throws CloudError `too_many_requests` */
export function limitByAddress(buckets: TokenBuckets, request: FastifyRequest): void {
  const retryAfterS = buckets.take(request.ip ?? '');
  if (retryAfterS > 0)
    throw new CloudError('too_many_requests', 'too many requests from this address', { retryAfterS });
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
