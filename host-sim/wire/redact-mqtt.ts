import { bodyStart } from './mqtt-framer.js';
import { hide, redactJson } from './redact-json.js';

const CONNECT = 1;
const PUBLISH = 3;
/** MQTT 3.1.1, 3.1.2.2. */
const LEVELS = [3, 4];
/** Flags of a CONNECT (MQTT 3.1.1, 3.1.2.3). */
const HAS_WILL = 0x04;
const HAS_PASSWORD = 0x40;
const HAS_USER = 0x80;

/**
 * Hides the secrets in an MQTT 3.1.1 packet, in place: a CONNECT's password, and what `redactJson` hides in a payload. A packet
 * that is broken, or of a kind that is not known, is hidden but for its fixed header.
 * @param isCut its end is missing
 */
export function redactMqtt(packet: Uint8Array, isCut: boolean): void {
  const body = bodyStart(packet);
  const type = packet[0]! >> 4;
  if (type === CONNECT) redactConnect(packet, body);
  else if (type === PUBLISH) redactPublish(packet, body, isCut);
  // 0 and 15 are reserved (MQTT 3.1.1, 2.2.1); in MQTT 5 the latter carries proofs.
  else if (type === 0 || type === 15) hide(packet, body);
}

function redactConnect(packet: Uint8Array, body: number): void {
  const level = fieldEnd(packet, body);
  const flags = packet[level + 1] ?? 0;
  // MQTT 5 has properties here, some of them proofs.
  let at = LEVELS.includes(packet[level] ?? 0) ? fieldEnd(packet, level + 4) : Number.NaN;
  if ((flags & HAS_WILL) !== 0) {
    const payload = fieldEnd(packet, at);
    at = fieldEnd(packet, payload);
    if (at <= packet.length) redactPayload(packet.subarray(payload + 2, at), false);
  }
  if ((flags & HAS_USER) !== 0) at = fieldEnd(packet, at);
  if ((flags & HAS_PASSWORD) !== 0) {
    const end = fieldEnd(packet, at);
    if (end <= packet.length) hide(packet, at + 2, end);
    at = end;
  }
  if (at !== packet.length) hide(packet, body);
}

function redactPublish(packet: Uint8Array, body: number, isCut: boolean): void {
  const qos = (packet[0]! >> 1) & 3;
  const payload = fieldEnd(packet, body) + (qos === 0 ? 0 : 2);
  if (payload <= packet.length) redactPayload(packet.subarray(payload), isCut);
  else hide(packet, body);
}

function redactPayload(payload: Uint8Array, isCut: boolean): void {
  if (payload.length > 0) redactJson(payload, isCut);
}

/** Where a field ends that begins with its length; beyond the packet, or no number, where there is none. */
function fieldEnd(packet: Uint8Array, at: number): number {
  return at + 2 + ((packet[at]! << 8) | packet[at + 1]!) + (at + 2 <= packet.length ? 0 : Number.NaN);
}
