import type { WorldPromise } from '../promise.js';

export const genuineFirmware: WorldPromise = {
  name: 'genuine-firmware',
  why: 'Who can have a board run what he likes has the board, and the network behind it.',
  watch: (world, broken) => ({
    boot: (device) => {
      const { product, version } = device;
      if (version === product.firmwareVersion) return;
      const build = world.builds.find(product.productKey, version);
      if (build?.isGenuine !== true) broken(device, `It runs version ${version}, which its makers have not signed.`);
    },
  }),
};
