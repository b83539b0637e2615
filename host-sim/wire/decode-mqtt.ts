import mqttPacket, { type Packet } from 'mqtt-packet';
import { bodyStart } from './mqtt-framer.js';

/** What a packet says beside its name. */
export interface MqttReading {
  readonly fields: Readonly<Record<string, unknown>>;
  /** Of a PUBLISH. */
  readonly topic: string;
  readonly payload: string;
}

/** By type (MQTT 3.1.1, 2.2.1). */
const NAMES = [
  ...['RESERVED', 'CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP'],
  ...['SUBSCRIBE', 'SUBACK', 'UNSUBSCRIBE', 'UNSUBACK', 'PINGREQ', 'PINGRESP', 'DISCONNECT', 'AUTH'],
];

/** CONNECT, CONNACK, PUBLISH, … */
export function packetName(packet: Uint8Array): string {
  return NAMES[packet[0]! >> 4]!;
}

/** Reads MQTT 3.1.1 packets, or their beginnings. What it has read last it still knows. */
export class MqttReader {
  #packet: Uint8Array | undefined;
  #reading: MqttReading | undefined;

  /** One that cannot be read says that it is malformed. */
  read(packet: Uint8Array): MqttReading {
    if (this.#reading === undefined || packet !== this.#packet) {
      this.#packet = packet;
      this.#reading = readingOf(parse(packet));
    }
    return this.#reading;
  }
}

function readingOf(packet: Packet | undefined): MqttReading {
  if (packet === undefined) return { fields: { malformed: true }, topic: '', payload: '' };
  const fields = fieldsOf(packet);
  if (packet.cmd !== 'publish') return { fields, topic: '', payload: '' };
  return { fields, topic: packet.topic, payload: packet.payload.toString() };
}

function parse(packet: Uint8Array): Packet | undefined {
  let found: Packet | undefined;
  const parser = mqttPacket.parser({ protocolVersion: 4 });
  parser.on('packet', (one) => {
    found = one;
  });
  parser.on('error', () => {
    found = undefined;
  });
  try {
    parser.parse(whole(packet));
  } catch {
    return undefined;
  }
  return found;
}

/** A packet whose header says how long it is here, also where its end is missing. */
function whole(packet: Uint8Array): Buffer {
  const body = packet.subarray(bodyStart(packet));
  const header = [packet[0]!];
  let left = body.length;
  do {
    header.push((left % 128) + (left >= 128 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from(header), body]);
}

function fieldsOf(packet: Packet): Record<string, unknown> {
  switch (packet.cmd) {
    case 'connect': {
      const { clientId, username, keepalive, clean, protocolVersion, will } = packet;
      const shown = will && { topic: will.topic, qos: will.qos, retain: will.retain };
      return { clientId, username, keepalive, clean, protocolVersion, ...(shown && { will: shown }) };
    }
    case 'connack':
      return { returnCode: packet.returnCode, sessionPresent: packet.sessionPresent };
    case 'publish': {
      const { qos, retain, dup, messageId } = packet;
      return { qos, retain, dup, ...(messageId !== undefined && { messageId }) };
    }
    case 'subscribe':
      return {
        messageId: packet.messageId,
        subscriptions: packet.subscriptions.map(({ topic, qos }) => ({ topic, qos })),
      };
    case 'suback':
      return { messageId: packet.messageId, granted: packet.granted };
    case 'unsubscribe':
      return { messageId: packet.messageId, topics: packet.unsubscriptions };
    default:
      return packet.messageId === undefined ? {} : { messageId: packet.messageId };
  }
}
