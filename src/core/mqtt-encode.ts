import type { Text } from './text.js';

/** Control packet types (MQTT 3.1.1, 2.2.1). */
export const CONNECT = 1;
export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const SUBSCRIBE = 8;
export const SUBACK = 9;
export const UNSUBACK = 11;
export const PINGREQ = 12;
export const PINGRESP = 13;
export const DISCONNECT = 14;

/** Bytes kept free for a fixed header. Most packets need just these, for a remaining length from 128 to 16,383; others are moved. */
const HEADER_ROOM = 3;

export interface ConnectPacket {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  /** Seconds, 0 to 65535. */
  readonly keepAliveS: number;
  readonly will: { readonly topic: string; readonly payload: string };
}

/**
 * Builders of packets, in place: each writes one packet into `into` at `offset` and returns the offset after it,
 * or −1 when it does not fit. No packet is copied or built as an object of its own.
 */

/** CONNECT, clean session, with user name and password; the will is QoS 1 and retained (MQTT 3.1.1, 3.1). */
export function encodeConnect(text: Text, into: Uint8Array, offset: number, packet: ConnectPacket): number {
  let at = offset + HEADER_ROOM;
  if (at + 10 > into.length) return -1;
  at = putBytes(into, at, 0x00, 0x04, 0x4d, 0x51);
  at = putBytes(into, at, 0x54, 0x54, 0x04, 0xee);
  at = putU16(into, at, packet.keepAliveS);
  at = putString(text, into, at, packet.clientId);
  at = putString(text, into, at, packet.will.topic);
  at = putString(text, into, at, packet.will.payload);
  at = putString(text, into, at, packet.username);
  at = putString(text, into, at, packet.password);
  return at < 0 ? -1 : closePacket(into, offset, CONNECT << 4, at);
}

/** PUBLISH (3.3). `packetId` 0: QoS 0; else QoS 1. */
export function encodePublish(
  text: Text,
  into: Uint8Array,
  offset: number,
  topic: Uint8Array,
  payload: string,
  packetId: number,
  retain: boolean,
): number {
  let at = offset + HEADER_ROOM;
  if (at + topic.length + 4 > into.length) return -1;
  at = putU16(into, at, topic.length);
  into.set(topic, at);
  at += topic.length;
  if (packetId !== 0) at = putU16(into, at, packetId);
  at = text.encode(payload, into, at);
  if (at < 0) return -1;
  return closePacket(into, offset, (PUBLISH << 4) | (packetId === 0 ? 0 : 2) | (retain ? 1 : 0), at);
}

/** SUBSCRIBE to whole topics, all at one QoS (3.8). */
export function encodeSubscribe(
  text: Text,
  into: Uint8Array,
  offset: number,
  packetId: number,
  topics: readonly string[],
  qos: 0 | 1,
): number {
  let at = offset + HEADER_ROOM;
  if (at + 2 > into.length) return -1;
  at = putU16(into, at, packetId);
  for (const topic of topics) {
    at = putString(text, into, at, topic);
    if (at < 0 || at === into.length) return -1;
    into[at++] = qos;
  }
  return closePacket(into, offset, (SUBSCRIBE << 4) | 2, at);
}

/** PUBACK (3.4). */
export function encodePuback(into: Uint8Array, offset: number, packetId: number): number {
  if (offset + 4 > into.length) return -1;
  into[offset] = PUBACK << 4;
  into[offset + 1] = 2;
  return putU16(into, offset + 2, packetId);
}

/** PINGREQ or DISCONNECT: a packet without a body (3.12, 3.14). */
export function encodeEmpty(into: Uint8Array, offset: number, type: number): number {
  if (offset + 2 > into.length) return -1;
  into[offset] = type << 4;
  into[offset + 1] = 0;
  return offset + 2;
}

/** Puts the fixed header, for a remaining length below 2,097,152, before a body that stands at `offset + HEADER_ROOM`. */
function closePacket(into: Uint8Array, offset: number, first: number, bodyEnd: number): number {
  const body = offset + HEADER_ROOM;
  let length = bodyEnd - body;
  let at = offset + 2;
  for (let rest = length >> 7; rest > 0; rest >>= 7) at++;
  const end = at + length;
  if (end > into.length) return -1;
  if (at !== body) into.copyWithin(at, body, bodyEnd);
  into[offset] = first;
  for (at = offset + 1; length > 127; length >>= 7) into[at++] = (length & 127) | 128;
  into[at] = length;
  return end;
}

function putBytes(into: Uint8Array, at: number, a: number, b: number, c: number, d: number): number {
  into[at] = a;
  into[at + 1] = b;
  into[at + 2] = c;
  into[at + 3] = d;
  return at + 4;
}

function putU16(into: Uint8Array, at: number, value: number): number {
  into[at] = value >> 8;
  into[at + 1] = value & 255;
  return at + 2;
}

/** A string of 1.5.3: two bytes of length, then UTF-8. Passes a failure (`at` −1) through. */
function putString(text: Text, into: Uint8Array, at: number, value: string): number {
  if (at < 0 || at + 2 > into.length) return -1;
  const end = text.encode(value, into, at + 2);
  if (end < 0 || end - at - 2 > 0xffff) return -1;
  putU16(into, at, end - at - 2);
  return end;
}
