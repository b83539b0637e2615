import type { WiFiLoss } from '../../../src/ports/wifi.js';
import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf, textOf } from '../happening.js';

const REASONS: readonly WiFiLoss[] = ['lost', 'wrong_password', 'no_such_network', 'no_address'];

export const wifiLost: Kind = {
  what: 'wifi-lost',
  about: 'The access point of a place sends its stations away, and for a while refuses them, each time in another way.',
  draw: (random, boards) => ({
    place: random.between(0, boards - 1),
    reason: random.pick(REASONS),
    forMs: random.between(1_000, 150_000),
  }),
  begin: (world, details) => {
    const { number, point } = world.place(numberOf(details, 'place'));
    const reason = textOf(details, 'reason') as WiFiLoss;
    const spell = { value: true, forMs: numberOf(details, 'forMs'), keepsOff: world.boardsOf(number) };
    if (reason === 'no_such_network') {
      const apply = (isGone = false): void => {
        point.isOn = !isGone;
      };
      forAWhile(world, { ...spell, what: `access point ${number} is off`, apply });
      return;
    }
    if (reason === 'no_address') {
      const apply = (isGone = false): void => {
        point.hasDhcp = !isGone;
      };
      forAWhile(world, { ...spell, what: `no DHCP in ${number}`, apply });
    }
    // As a router answers that is just starting.
    if (reason === 'wrong_password') {
      const apply = (isOdd = false): void => {
        point.takesKeys = !isOdd;
      };
      forAWhile(world, { ...spell, what: `access point ${number} takes no key`, apply });
    }
    point.disassociate(reason);
  },
};
