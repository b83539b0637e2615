import { type Kind, numberOf, textOf } from '../happening.js';

export const packetGarbage: Kind = {
  what: 'packet-garbage',
  about: 'Bytes that are no MQTT reach a board on its session.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    hex: random.bytes(random.between(1, 24)).toString('hex'),
  }),
  begin: (world, details) => {
    world.wires.tapOf(world.device(numberOf(details, 'board')))?.inject(Buffer.from(textOf(details, 'hex'), 'hex'));
  },
};
