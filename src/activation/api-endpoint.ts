import { parseHttpUrl } from '../core/url.js';
import type { HttpRequestOptions } from '../http/client.js';
import type { Security } from '../net/connection.js';
import type { Host } from '../ports/host.js';

/** What an exchange with a cloud's API needs; `path` is that of its base URL, without a slash at its end. */
export type ApiEndpoint = Pick<
  HttpRequestOptions,
  'network' | 'timer' | 'text' | 'host' | 'port' | 'security' | 'path'
>;

/**
 * Takes the base URL of an API apart, or says why nothing can be sent there.
 * @param security whom to believe there, if it is an `https:` one
 */
export function apiEndpoint(
  { network, timer, text }: Host,
  apiUrl: string,
  security: Security | undefined,
): ApiEndpoint | string {
  const url = parseHttpUrl(apiUrl);
  if (url === undefined) return 'the API address is not an http:// or https:// URL';
  if (url.secure && security === undefined) return 'the API address is https://, and this environment has no CA';
  const { host, port } = url;
  const path = url.path.replace(/\/$/, '');
  return { network, timer, text, host, port, security: url.secure ? security : undefined, path };
}
