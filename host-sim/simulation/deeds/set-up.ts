import { type Happening, type Kind, numberOf, textOf } from '../happening.js';
import { Householder } from '../householder.js';
import { homeOf } from '../places.js';

/** What people get wrong, and what they get right in the end. */
const HOWS = ['right', 'right', 'wrong password', 'wrong name', 'leaves', 'leaves'] as const;
const LEAVES_MS = { min: 200, max: 15_000 };

export const setUp: Kind = {
  what: 'set-up',
  about: 'Somebody sets a board up with a phone: rightly, with a slip, or going away in the middle of it.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    how: random.pick(HOWS),
    leavesMs: random.between(LEAVES_MS.min, LEAVES_MS.max),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const how = textOf(details, 'how');
    const request = () => {
      const home = homeOf(device, world);
      if (how === 'wrong name') return { ssid: `${home.ssid}?` };
      return how === 'wrong password' ? { ...home, password: 'not the password' } : home;
    };
    const isSlip = how.startsWith('wrong');
    const leavesAfterMs = isSlip ? 60_000 : how === 'leaves' ? numberOf(details, 'leavesMs') : undefined;
    new Householder(world, { device, request, ...(leavesAfterMs !== undefined && { leavesAfterMs }) });
  },
};

/** Somebody sets every board up, and does it well. */
export function everybodySetUp(boards: number, atMs: number): Happening[] {
  return Array.from({ length: boards }, (_, board) => ({
    atMs: atMs + board,
    what: setUp.what,
    board,
    how: 'right',
    leavesMs: 0,
  }));
}
