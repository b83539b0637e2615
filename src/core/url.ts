/** An `http:` or `https:` URL taken apart. */
export interface HttpUrl {
  /** Over TLS. */
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** Path with query, beginning with a slash or empty. */
  readonly path: string;
}

/** Reads `http[s]://host[:port][/path]`. `undefined` for anything else: other schemes, credentials, fragments, bad ports. */
export function parseHttpUrl(url: string): HttpUrl | undefined {
  const match = /^http(s?):\/\/([A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?(\/[\x21-\x22\x24-\x7e]*)?$/.exec(url);
  if (!match) return undefined;
  const secure = match[1] === 's';
  const port = match[3] === undefined ? defaultPort(secure) : Number(match[3]);
  if (port < 1 || port > 65535) return undefined;
  return { secure, host: match[2]!, port, path: match[4] ?? '' };
}

/** The port of a URL that names none. */
export function defaultPort(secure: boolean): number {
  return secure ? 443 : 80;
}

/** An address that a peer gave as `host` or `host:port`, taken apart. `undefined` when malformed. */
export function parseHostPort(server: string): { readonly host: string; readonly port?: number } | undefined {
  const match = /^([A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?$/.exec(server);
  if (!match) return undefined;
  const host = match[1]!;
  if (match[2] === undefined) return { host };
  const port = Number(match[2]);
  return port >= 1 && port <= 65535 ? { host, port } : undefined;
}

/** Whether `host` is an IPv4 address in dotted form, which needs no look-up. */
export function isIPv4(host: string): boolean {
  const parts = host.split('.');
  return parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}
