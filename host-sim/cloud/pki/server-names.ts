import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];
/** What a certificate can hold beside addresses; RFC 1034, 3.5. */
const HOST_NAME = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/;
/** Every address of this machine (IPv4, IPv6). */
const ANY = ['0.0.0.0', '::'];
const LINK_LOCAL = /^fe80:/i;

/**
 * The names and addresses by which a cloud is called: the loopback's, its host's, its public name's, and where it listens on
 * every address of this machine, all of these as they are now.
 */
export function serverNames({ host, publicHost }: { host: string; publicHost?: string | undefined }): string[] {
  const own = ANY.includes(host) ? addresses() : [host];
  const names = [...LOOPBACK, ...own, publicHost ?? ''].map((name) => name.toLowerCase());
  return [...new Set(names)].filter((name) => isIP(name) || HOST_NAME.test(name));
}

function addresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !LINK_LOCAL.test(address))
    .map(({ address }) => address);
}
