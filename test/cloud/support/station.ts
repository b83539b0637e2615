import type { CloudOptions } from '../../../host-sim/cloud/cloud.js';
import type { TestBoard } from './board.js';
import { TestClock } from './clock.js';
import { type Activation, startCloud, type TestCloud } from './fixture.js';
import { type Ask, userOf } from './gateway.js';
import { PRODUCTS, STATION } from './products.js';

export interface StationCloud {
  readonly t: TestCloud;
  readonly clock: TestClock;
  readonly activation: Activation;
  readonly deviceId: string;
  readonly board: TestBoard;
  /** Asks the telemetry as its user. */
  readonly ask: Ask;
  /** Posts properties, of now where no time is given. */
  readonly post: (params: object, time?: number) => Promise<unknown>;
  /** Posts an event of this level. */
  readonly complain: (name: string, level: string, value?: object) => Promise<unknown>;
}

/** A cloud in virtual time with a power station that is online, and a user. */
export async function startStation(options: Partial<CloudOptions> = {}): Promise<StationCloud> {
  const clock = new TestClock();
  const t = await startCloud({ environment: clock.environment, products: [...PRODUCTS, STATION], ...options });
  const activation = await t.activate('PS500', STATION.productKey);
  const board = await t.online(activation, { time: clock.now });
  const { deviceId, topics } = activation;
  return {
    t,
    clock,
    activation,
    deviceId,
    board,
    ask: await userOf(t, 'bluiotdata', 'anna'),
    post: (params, time = clock.now) => board.say(topics.propertyPost, { params, time }),
    complain: (name, level, value = {}) =>
      board.say(topics.eventPost.replace('+', name), { id: '1', params: { level, value, time: clock.now } }),
  };
}

/** Binds the station to a new space of somebody who is called so, and gives him back with the id of that space. */
export async function inSpaceOf(t: TestCloud, deviceId: string, name: string): Promise<{ ask: Ask; spaceId: string }> {
  const owner = await userOf(t, 'blusmartprod', name);
  const { deviceSN } = (await t.as('GET', `/devices/${deviceId}`)).body.data;
  const device = (await owner('POST', '/device/basic/v2/bind', { deviceSN })).body.data;
  return { ask: await userOf(t, 'bluiotdata', name), spaceId: device.spaceId };
}
