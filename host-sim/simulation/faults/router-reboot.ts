import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';

export const routerReboot: Kind = {
  what: 'router-reboot',
  about: 'The router of a place restarts: its access point is gone, then it is there for a while without the internet.',
  draw: (random, boards) => ({
    place: random.between(0, boards - 1),
    offMs: random.between(20_000, 120_000),
    deafMs: random.between(0, 120_000),
  }),
  begin: (world, details) => {
    const { number, point } = world.place(numberOf(details, 'place'));
    const offMs = numberOf(details, 'offMs');
    const keepsOff = world.boardsOf(number);
    forAWhile(world, {
      what: `access point ${number} is off`,
      value: true,
      forMs: offMs,
      keepsOff,
      apply: (isOff = false) => {
        point.isOn = !isOff;
      },
    });
    forAWhile(world, {
      what: `no uplink in ${number}`,
      value: true,
      forMs: offMs + numberOf(details, 'deafMs'),
      keepsOff,
      apply: (isCut = false) => {
        point.hasUplink = !isCut;
      },
    });
  },
};
