import { ATTRIBUTES, ask, COMMAND, LIST, signUpByPhone, UPGRADE } from '../support/end-user.js';
import type { Dialect } from './story.js';

/** The end-user OpenAPI, with its extensions where the story goes beyond the four calls. */
export const END_USER: Dialect = {
  name: 'end-user OpenAPI',
  arrive: async (t) => (await signUpByPhone(t)).accessToken.token.replace('Bearer ', ''),
  find: async (t, token, serial) => {
    const { data } = await ask(t, 'GET', LIST, { authorization: `Bearer ${token}` });
    const found = data.list.find(({ sn }: { sn: string }) => sn === serial);
    return {
      deviceId: found.deviceKey,
      online: found.onlineStatus === 1,
      // 2: the last update has been proven by the board.
      isUpdated: found.upgradeStatus === 2,
    };
  },
  read: async (t, token, deviceId) => {
    const query = { pk: 'SW-SERVO-001', dk: deviceId };
    const { attributes } = (await ask(t, 'GET', ATTRIBUTES, { query, authorization: `Bearer ${token}` })).data;
    return Object.fromEntries(
      attributes.map(({ resourceCode, resourceValue }: Record<string, string>) => [resourceCode, resourceValue]),
    );
  },
  turn: async (t, token, deviceId, position) => {
    const body = { pk: 'SW-SERVO-001', dk: deviceId, params: { action: 'toggle', position }, wait: 5_000 };
    const { code, data } = await ask(t, 'POST', COMMAND, { body, authorization: `Bearer ${token}` });
    if (code !== 200 || data.reply.code !== 200) throw new Error(`${code} ${JSON.stringify(data)}`);
  },
  update: async (t, token, deviceId) => {
    const body = { pk: 'SW-SERVO-001', dk: deviceId };
    const { code, msg } = await ask(t, 'POST', UPGRADE, { body, authorization: `Bearer ${token}` });
    if (code !== 200) throw new Error(msg);
  },
};
