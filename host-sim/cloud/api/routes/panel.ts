import type { FastifyInstance } from 'fastify';
import { webSocketSource } from '../../place.js';
import { acceptsGzip } from '../accept-encoding.js';
import { dropCors } from '../app.js';
import { namesTag } from '../byte-range.js';
import { type ApiServices, requestHost } from '../context.js';
import { CompressibleFile, type PanelFiles } from '../panel-files.js';

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  vary: 'Accept-Encoding',
} as const;

/** Hosts that browsers trust without TLS. */
const LOCAL_HOST = /^(localhost|127(\.\d+){3}|::1)$/i;

/** The page, by whose name the newest of the others are found, and the others, whose names change with them. */
const PAGE_CACHING = 'no-cache';
const FILE_CACHING = 'public, max-age=31536000, immutable';

/** The panel: a page and what it loads, which no other site may read, frame or add to. An extension. */
export function panelRoutes(app: FastifyInstance, services: ApiServices, files: PanelFiles): void {
  const { place, isSecure } = services;
  for (const [path, content] of files) {
    const file = new CompressibleFile(content);
    app.get(path, async (request, reply) => {
      const { 'accept-encoding': accepted, 'if-none-match': known } = request.headers;
      const { bytes, tag, encoding } = await file.as(acceptsGzip(asText(accepted)) ? 'gzip' : 'identity');
      dropCors(reply);
      const host = requestHost(request);
      reply.headers({
        ...HEADERS,
        // Over plain HTTP from another machine browsers ignore it, and complain.
        ...((isSecure(request) || LOCAL_HOST.test(host)) && { 'cross-origin-opener-policy': 'same-origin' }),
        'content-security-policy': policy(webSocketSource(place, requestHost(request), isSecure(request))),
        'cache-control': path === '/' ? PAGE_CACHING : FILE_CACHING,
        etag: tag,
      });
      if (namesTag(known, tag)) return reply.status(304).send();
      if (encoding !== undefined) reply.header('content-encoding', encoding);
      return reply.type(content.type).send(bytes);
    });
  }
}

/** A field that came twice is one with commas (RFC 9110, 5.2). */
function asText(field: string | string[] | undefined): string | undefined {
  return Array.isArray(field) ? field.join() : field;
}

/**
 * What the page may do: run and show what comes from here, talk to this cloud, and nothing else; no text becomes markup.
 * @param socket where the cloud's WebSocket is, which listens on another port
 */
function policy(socket: string | undefined): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${socket === undefined ? '' : ` ${socket}`}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
