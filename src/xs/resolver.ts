// biome-ignore lint/style/useNodejsImportProtocol: the SDK's module of that name
import Net from 'net';
import type { ResolveOptions, Resolver } from '../ports/socket.js';

function resolve(options: ResolveOptions): void {
  const { host } = options;
  Net.resolve(host, (_host, address) => {
    // Sockets here speak IPv4.
    if (address === undefined || address.includes(':')) options.onError();
    else options.onResolved(host, address);
  });
}

/**
 * Names looked up by lwIP: with the servers that DHCP named, its own retries and a cache by time to live. One at a time; a
 * look-up cannot be taken back, so a caller ignores an answer that it no longer wants.
 */
export const xsResolver: Resolver = Object.freeze({ resolve });
