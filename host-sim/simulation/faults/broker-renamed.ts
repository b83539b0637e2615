import { endCloud } from '../cloud-ends.js';
import { type Kind, numberOf } from '../happening.js';
import { leadNames } from '../names.js';

/** A board that was online tries so often before it asks the API again, and waits so long at most for each try, ms. */
const AFTERMATH_MS = 20 * 150_000;
/** The cloud is away for so long meanwhile, ms. */
const DOWN_MS = 10_000;

export const brokerRenamed: Kind = {
  what: 'broker-renamed',
  about: 'The broker goes by another name from now on, and the old one leads nowhere: only the API knows the new one.',
  draw: (random) => ({ number: random.between(1, 1_000) }),
  begin: (world, details) => {
    const { cloud, network, devices, obstacles } = world;
    endCloud(world, 'stop', DOWN_MS);
    network.forget(cloud.brokerHost);
    cloud.brokerHost = `broker${numberOf(details, 'number')}.home`;
    leadNames(world);
    for (const { index } of devices) {
      obstacles.put(index, 'the broker has another name');
      obstacles.release(index, 'the broker has another name', DOWN_MS + AFTERMATH_MS);
    }
  },
};
