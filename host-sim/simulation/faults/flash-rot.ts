import { NETWORK_RECORD } from '../../../src/records/network-record.js';
import { choose } from '../choose.js';
import { type Kind, numberOf } from '../happening.js';
import { Householder } from '../householder.js';

const OBSTACLE = 'a record that rotted';
/**
 * A board without its activation asks for another, and is told to wait as long as the cloud takes it to be online: one and a
 * half keep alives, and then up to two minutes.
 */
const AFTERMATH_MS = 240_000;

export const flashRot: Kind = {
  what: 'flash-rot',
  about: 'While a board has no power, a bit of one of its records flips, or the end of it gets lost.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    record: random.uint32(),
    at: random.uint32(),
    bit: random.between(0, 8),
    offMs: random.between(100, 20_000),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const { flash, index } = device;
    world.obstacles.put(index, OBSTACLE);
    device.cut();
    const key = choose(flash.keys, numberOf(details, 'record'));
    if (key !== undefined) flash.rot(key, numberOf(details, 'at'), numberOf(details, 'bit'));
    world.tell(`rot in ${key} of #${index}`);
    world.time.timer.set(
      () => {
        device.powerOn();
        const release = (): void => world.obstacles.release(index, OBSTACLE, AFTERMATH_MS);
        // Somebody comes and tells it its network again.
        if (key === NETWORK_RECORD) new Householder(world, { device, onEnd: release });
        else release();
      },
      numberOf(details, 'offMs'),
    );
  },
};
