import type { WorldPromise } from '../promise.js';

export const badTenthStops: WorldPromise = {
  name: 'bad-tenth-stops',
  why: 'A campaign that finds a bad build is to stop by itself, with few boards hurt and none lost.',
  watch: (world, broken) => ({
    end: () => {
      const [campaign] = world.rows('SELECT status, reason, version FROM campaigns');
      if (campaign?.['status'] !== 'aborted') broken(undefined, `The campaign is ${campaign?.['status']}.`);
      if (campaign?.['reason'] === 'a user aborted it') broken(undefined, 'It did not stop by itself.');
      const updated = world.devices.filter(({ version }) => version === campaign?.['version']);
      const back = world.devices.filter(({ version, product }) => version === product.firmwareVersion);
      const isLost = world.devices.some((device) => !device.isOnline);
      if (isLost || updated.length + back.length !== world.devices.length) broken(undefined, 'Boards are lost.');
      if (updated.length === 0 || back.length === 0) broken(undefined, 'Nobody has had it, or nobody has been spared.');
      const failed = world.rows(
        "SELECT d.device_sn AS sn FROM updates u JOIN devices d ON d.seq = u.device_seq WHERE u.state = 'failed'",
      );
      const isBack = failed.every(({ sn }) => back.some(({ serial }) => serial === sn));
      if (failed.length === 0 || !isBack)
        broken(undefined, `${failed.length} boards have failed, and not all are back.`);
    },
  }),
};
