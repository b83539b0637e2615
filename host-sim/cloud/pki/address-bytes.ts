import { isIPv4 } from 'node:net';

/** The 4 or 16 bytes of an IP address, as certificates hold it (RFC 5280, 4.2.1.6). */
export function addressBytes(address: string): Uint8Array {
  if (isIPv4(address)) return Uint8Array.from(address.split('.'), Number);
  // URLs have the one canonical form: groups of hex digits, at most one `::` (RFC 5952).
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const before = groups(head);
  const after = groups(tail ?? '');
  const between = new Array<number>(8 - before.length - after.length).fill(0);
  return Uint8Array.from([...before, ...between, ...after].flatMap((group) => [group >> 8, group & 0xff]));
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
