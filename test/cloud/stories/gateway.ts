import mqtt from 'mqtt';
import { bearer, gateway } from '../support/gateway.js';
import { caOf, unpack } from '../support/tls.js';
import { type Dialect, NEW_VERSION } from './story.js';

const PERSON = { username: 'anna', password: 'password123' };

/** The gateway, as its app calls it: commands go over MQTT, by a certificate of the gateway's PKI and the user's login. */
export const GATEWAY: Dialect = {
  name: 'gateway',
  arrive: async (t) => {
    await gateway(t, 'POST /api/midpauthc/user/mgt/register/v1', PERSON);
    return (await gateway(t, 'POST /accessToken', PERSON)).body.data.token;
  },
  find: async (t, token, serial) => {
    const route = `GET /api/blusmartprod/device/group/v2/findDevicePage?keyword=${serial}`;
    const found = (await gateway(t, route, undefined, bearer(token))).body.data.list[0];
    return { ...found, isUpdated: found.firmwareVersion === NEW_VERSION };
  },
  read: async (t, token, deviceId) => {
    const route = `GET /api/bluiotdata/aecc/v1/getDeviceRealTimeData?deviceId=${deviceId}`;
    const { properties } = (await gateway(t, route, undefined, bearer(token))).body.data;
    return Object.fromEntries(Object.entries<{ value: unknown }>(properties).map(([key, { value }]) => [key, value]));
  },
  turn: async (t, token, deviceId, position) => {
    const { userId } = (await gateway(t, 'GET /api/midpauthc/user/account/v1', undefined, bearer(token))).body.data;
    const issued = (await gateway(t, 'POST /api/midppkic/cert/app/v1/pfx', {}, bearer(token))).body.data;
    const { cert, key } = await unpack(issued.pfx, issued.password);
    const app = await mqtt.connectAsync(t.cloud.tls.mtlsUrl, {
      ...{ ca: caOf(t), cert, key, clientId: `app-${issued.serialNumber}` },
      ...{ username: String(userId), password: token, reconnectPeriod: 0 },
    });
    const topic = `/sys/SW-SERVO-001/${deviceId}/thing/service/property/set`;
    await app.publishAsync(topic, JSON.stringify({ params: { action: 'toggle', position } }), { qos: 1 });
    await app.endAsync();
  },
  update: async (t, token, deviceId) => {
    const versions = `GET /api/blusmartprod/device/firmware/v3/latest/firmwareVerList/batch?deviceIds=${deviceId}`;
    const [offered] = (await gateway(t, versions, undefined, bearer(token))).body.data.list;
    if (!offered.isUpgradable) throw new Error(JSON.stringify(offered));
    const order = { deviceId, packageId: offered.packageId };
    const route = 'POST /api/blusmartprod/device/firmware/v1/appSentDeviceRemoteUpgrade';
    const answer = await gateway(t, route, order, bearer(token));
    if (answer.status !== 200) throw new Error(answer.body.msg);
  },
};
