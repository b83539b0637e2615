import { type Kind, numberOf } from '../happening.js';
import { impersonate } from '../impostor.js';
import { readPackets } from '../mqtt-tap.js';

const CONNECT = 1;
const SUBSCRIBE = 8;
const FAILURE = 0x80;

export const suback: Kind = {
  what: 'suback',
  about: 'For a while the broker takes sessions, and refuses their subscriptions.',
  draw: (random) => ({ forMs: random.between(2_000, 120_000) }),
  begin: (world, details) => {
    impersonate(world, {
      door: 'mqtt',
      forMs: numberOf(details, 'forMs'),
      answer: (peer, said) => {
        const packets = readPackets(said);
        const last = packets.at(-1);
        if (last === undefined) return;
        if (last[0]! >> 4 === CONNECT) peer.write(Buffer.of(0x20, 2, 0, 0));
        if (last[0]! >> 4 !== SUBSCRIBE) return;
        peer.onData = undefined;
        const codes = new Array<number>(countFilters(last)).fill(FAILURE);
        peer.write(Buffer.from([0x90, 2 + codes.length, last[idAt(last)]!, last[idAt(last) + 1]!, ...codes]));
      },
    });
  },
};

/** Where the packet id stands (MQTT 3.1.1, 3.8.2). */
function idAt(packet: Buffer): number {
  let at = 1;
  while (packet[at]! >= 0x80) at++;
  return at + 1;
}

function countFilters(packet: Buffer): number {
  let count = 0;
  for (let at = idAt(packet) + 2; at < packet.length; count++) at += 2 + packet.readUInt16BE(at) + 1;
  return count;
}
