import type { Text } from './text.js';

/**
 * What both forms of the Improv Wi-Fi standard have in common (improv-wifi.com/serial, improv-wifi.com/ble 2.4): numbers, and the
 * body of a command and of a result, `command, length, data`.
 */

/** Current state. On a serial line there is no `AUTHORIZATION_REQUIRED`, and `AUTHORIZED` is called ready. */
export const IMPROV_STATE = Object.freeze({
  AUTHORIZATION_REQUIRED: 0x01,
  AUTHORIZED: 0x02,
  PROVISIONING: 0x03,
  PROVISIONED: 0x04,
});

/** Error state. */
export const IMPROV_ERROR = Object.freeze({
  NONE: 0x00,
  INVALID_PACKET: 0x01,
  UNKNOWN_COMMAND: 0x02,
  UNABLE_TO_CONNECT: 0x03,
  NOT_AUTHORIZED: 0x04,
  UNKNOWN: 0xff,
});

/**
 * Commands. Those that read and set a host name (0x05) and a device name (0x06) are optional; a board has one name, which is its
 * product's, so here they are unknown.
 */
export const IMPROV_COMMAND = Object.freeze({
  WIFI_SETTINGS: 0x01,
  /** On a serial line. */
  CURRENT_STATE: 0x02,
  /** Over BLE. */
  IDENTIFY: 0x02,
  DEVICE_INFO: 0x03,
  SCAN: 0x04,
});

/** Most bytes of a body. */
export const IMPROV_BODY_BYTES = 2 + 255;

/** The sum of `bytes[start, end)`, its lowest 8 bits. */
export function improvChecksum(bytes: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let at = start; at < end; at++) sum += bytes[at]!;
  return sum & 0xff;
}

/** Whether `bytes[start, end)` is a body: its length is what it says. */
export function isImprovBody(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 2 && bytes[start + 1] === end - start - 2;
}

/** The two texts of a body with Wi-Fi settings; `undefined` where they do not fill it, or are not UTF-8. */
export function readWifiSettings(
  text: Text,
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly ssid: string; readonly password: string } | undefined {
  const ssid = start + 3;
  const password = ssid + (bytes[start + 2] ?? 0) + 1;
  if (password > end || password + bytes[password - 1]! !== end) return undefined;
  try {
    return { ssid: text.decode(bytes, ssid, password - 1), password: text.decode(bytes, password, end) };
  } catch {
    return undefined;
  }
}

/**
 * Writes the body of a result, `command` with a list of texts, into `into` at `offset`; returns the offset after it. Texts beyond the
 * first one that does not fit into a body of `maxBytes` are left out, by whole rows of `columns`.
 */
export function encodeImprovResult(
  text: Text,
  into: Uint8Array,
  offset: number,
  command: number,
  values: readonly string[],
  columns = 1,
  maxBytes = IMPROV_BODY_BYTES,
): number {
  const limit = Math.min(offset + Math.min(maxBytes, IMPROV_BODY_BYTES), into.length);
  let end = offset + 2;
  let at = end;
  for (let i = 0; i < values.length; i++) {
    const next = text.encode(values[i]!, into, at + 1);
    if (next < 0 || next > limit) break;
    into[at] = next - at - 1;
    at = next;
    if (i % columns === columns - 1) end = at;
  }
  into[offset] = command;
  into[offset + 1] = end - offset - 2;
  return end;
}
