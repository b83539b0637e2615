import { SimSource } from '../../world/sim-source.js';
import { boardLike, choose, inputsLike } from '../choose.js';
import { type Kind, numberOf } from '../happening.js';
import type { SimDevice } from '../sim-device.js';

export const measure: Kind = {
  what: 'measure',
  about: 'What a board measures changes: a window opens or closes, a voltage rises or falls.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    choice: random.uint32(),
    share: random.between(0, 1_000) / 1_000,
    overMs: random.chance(0.5) ? 0 : random.between(1_000, 60_000),
  }),
  begin: (world, details) => {
    const device = boardLike(world, numberOf(details, 'board'), (one) => sensors(one).length > 0);
    const input = device && choose(sensors(device), numberOf(details, 'choice'));
    if (input === undefined) return;
    const share = numberOf(details, 'share');
    const part = device!.world.inputs[input]!;
    if (part instanceof SimSource) {
      part.set(share, numberOf(details, 'overMs'));
      return;
    }
    const contact = device!.world.contact(input);
    if (share < 0.5) contact.close();
    else contact.open();
  },
};

function sensors(device: SimDevice): number[] {
  return [...inputsLike(device, 'digital'), ...inputsLike(device, 'analog')];
}
