import { Frame, frameTypes } from '../../world/tls-frames.js';
import type { WorldPromise } from '../promise.js';

export const noSecretToStrangers: WorldPromise = {
  name: 'no-secret-to-strangers',
  why: "What a board tells somebody who has not proven himself, or in the clear, is everybody's.",
  watch: (world, broken) => ({
    connected: (device, door, isTls) => {
      // A board whose environment has a CA has no business at a door without TLS.
      if (world.cloud.pki && !isTls) broken(device, `It goes to ${door} in the clear.`);
    },
    toldStranger: (device, said) => {
      const types = frameTypes(said);
      if (types.includes(Frame.data)) broken(device, 'It tells a stranger what is for its cloud.');
      else if (types[0] !== Frame.clientHello) broken(device, 'It speaks to a stranger in the clear.');
    },
  }),
};
