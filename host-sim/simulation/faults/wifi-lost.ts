import type { WiFiLoss } from '../../../src/ports/wifi.js';
import { type Kind, numberOf, textOf } from '../happening.js';

const REASONS: readonly WiFiLoss[] = ['lost', 'wrong_password', 'no_such_network', 'no_address'];

export const wifiLost: Kind = {
  what: 'wifi-lost',
  about: 'The access point of a place sends its stations away, and takes them again.',
  draw: (random, boards) => ({ place: random.between(0, boards - 1), reason: random.pick(REASONS) }),
  begin: (world, details) => {
    world.place(numberOf(details, 'place')).point.disassociate(textOf(details, 'reason') as WiFiLoss);
  },
};
