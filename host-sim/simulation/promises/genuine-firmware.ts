import type { WorldPromise } from '../promise.js';

export const genuineFirmware: WorldPromise = {
  name: 'genuine-firmware',
  why: 'Who can have a board run what he likes has the board, and the network behind it.',
  watch: (world, broken) => ({
    boot: (device) => {
      const { product, version } = device;
      if (version === product.firmwareVersion) return;
      const isGenuine = world.builds.genuine(product.productKey).some((build) => build.version === version);
      if (!isGenuine) broken(device, `It runs version ${version}, which its makers have not built and signed.`);
    },
  }),
};
