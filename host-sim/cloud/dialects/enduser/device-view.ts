import { object } from '../../api/schema-parts.js';
import type { BoundDevice, DeviceUser } from '../../domain/end-users/bound-devices.js';
import { uidOf } from '../../domain/end-users/end-user-tokens.js';

const UPGRADE_STATUS = { none: 0, running: 1, updated: 2, failed: 3 } as const;

/** One field of a device: what it says here, and how that is found out. */
interface Field {
  readonly schema: object;
  readonly value: (device: BoundDevice, user: DeviceUser) => unknown;
}

const said = (description: string, type: string, value: Field['value']): Field => ({
  schema: { type: [type, 'null'], description },
  value,
});
const constant = (description: string, value: string | number | boolean): Field => ({
  schema: { const: value, description },
  value: () => value,
});
/** What this cloud has nothing to say about. */
const nothing = (description: string): Field => ({ schema: { type: 'null', description }, value: () => null });

/** The same time, as text and as a number. */
const time = (name: string, description: string, value: (device: BoundDevice) => number | null) => ({
  [name]: said(`${description}, \`YYYY-MM-DD hh:mm:ss\`, UTC.`, 'string', (device) => timeText(value(device))),
  [`${name}Ts`]: said(`${description}, ms since 1970.`, 'integer', value),
});

/** Every field of a device in the list of a user's devices, in the order of the vendor's example. */
const FIELDS: Readonly<Record<string, Field>> = {
  productKey: said('Key of its product.', 'string', ({ productKey }) => productKey),
  deviceKey: said('Its device id.', 'string', ({ deviceId }) => deviceId),
  deviceTag: nothing('A second name of the vendor’s: there is none here.'),
  deviceName: said('Its name.', 'string', ({ name }) => name),
  deviceStatus: {
    schema: { type: 'string', enum: ['Online', 'Off'], description: '`Online` or `Off`, as `onlineStatus` is 1 or 0.' },
    value: ({ isOnline }) => (isOnline ? 'Online' : 'Off'),
  },
  protocol: constant('What boards speak.', 'MQTT'),
  productName: said('Name of its product.', 'string', ({ productName }) => productName),
  logoImage: nothing('Products have no image.'),
  signalStrength: said(
    'Percent: its last `wifi_rssi`, of which −100 dBm is 0 and −50 dBm is 100; null where it never told one.',
    'string',
    ({ signalPercent }) => (signalPercent === null ? null : String(signalPercent)),
  ),
  uid: said('Of the caller.', 'string', (_device, { userId }) => uidOf(userId)),
  userName: said('Of the caller.', 'string', (_device, { username }) => username),
  phone: said('Of the caller, without international code.', 'string', (_device, { phone }) => phone),
  locateType: nothing('Boards do not know where they are.'),
  deviceType: said('1 his own or everybody’s, 2 shared with him.', 'integer', ({ sharedBy }) =>
    sharedBy === null ? 1 : 2,
  ),
  ownerUid: said('Who shares it with him.', 'string', ({ sharedBy }) => (sharedBy === null ? null : uidOf(sharedBy))),
  shareCode: nothing('Nobody is shown how it was shared.'),
  authKey: nothing('A secret, told to nobody.'),
  authCode: nothing('A secret, told to nobody.'),
  bindingCode: nothing('A secret, told to nobody.'),
  btPwd: nothing('A secret, told to nobody.'),
  btLastUseTime: nothing('Boards are not controlled over Bluetooth.'),
  verified: said(
    '1 where it proves by a signature which board it is, 0 where its serial number is enough.',
    'integer',
    ({ isProved }) => Number(isProved),
  ),
  status: constant('The binding holds.', 1),
  networkType: nothing('The vendor’s numbers are not documented.'),
  accessType: constant('Connects by itself, not through a gateway.', '0'),
  sn: said('Its serial number.', 'string', ({ deviceSN }) => deviceSN),
  bindMode: nothing('The cloud does not keep by which way it was bound.'),
  onlineStatus: said('1 online, 0 not: offline, disabled or never activated.', 'integer', ({ isOnline }) =>
    Number(isOnline),
  ),
  bindStatus: said('1 bound to a project of his or shared with him, 0 everybody’s.', 'integer', ({ projectId }) =>
    Number(projectId !== null),
  ),
  ...time('deviceCreateTime', 'When it was made known to the cloud', ({ createdAt }) => createdAt),
  ...time('activeTime', 'When it first activated', ({ activatedAt }) => activatedAt),
  ...time('deviceBindTime', 'Since when it is in its project', ({ boundAt }) => boundAt),
  ...time('lastConnTime', 'When it last came online', ({ cameOnlineAt }) => cameOnlineAt),
  ...time('lastOfflineTime', 'When the cloud last saw it go', ({ wentOfflineAt }) => wentOfflineAt),
  invaildTime: nothing('Bindings do not expire. (The vendor’s spelling.)'),
  invaildTimeTs: nothing('As `invaildTime`.'),
  fid: said('Its family: the project that it is bound to.', 'string', ({ projectId }) => projectId),
  frid: nothing('Projects have no rooms.'),
  bindingType: nothing('The vendor’s numbers are not documented.'),
  capabilitiesBitmask: constant('Bit 0: reached through the cloud.', 1),
  sharingExpireAt: nothing('Shares do not expire.'),
  sharingExpireTimeTs: nothing('As `sharingExpireAt`.'),
  upgradeStatus: said(
    'Its newest campaign: 0 nothing done, 1 under way, 2 updated, 3 failed; null where it was in none.',
    'integer',
    ({ update }) => (update === null ? null : UPGRADE_STATUS[update]),
  ),
  userConfirmStatus: nothing('Updates ask nobody.'),
  isNative: nothing('The cloud knows nothing of an app’s pages.'),
  isMatter: constant('No board speaks Matter.', 0),
  firstItemCode: said('Category of its product.', 'string', ({ category }) => category || null),
  firstItemName: nothing('Categories have no names of their own.'),
  secondItemCode: nothing('Categories have one level.'),
  secondItemName: nothing('Categories have one level.'),
  lowPowerProduct: constant('Boards stay connected.', false),
  lowPowerCache: nothing('As `lowPowerProduct`.'),
  lowPowerStatus: constant('As `lowPowerProduct`.', false),
  aiCapabilityStatus: constant('There is none.', false),
  lowPowerAlive: constant('As `lowPowerProduct`.', 0),
  planId: nothing('Updates of a plan of the vendor’s: see `upgradeStatus`.'),
  gdid: nothing('There are no groups of devices that are devices.'),
  groupState: constant('As `gdid`.', 0),
  groupDeviceDeviceNum: nothing('As `gdid`.'),
  matterInfo: nothing('As `isMatter`.'),
};

export const DEVICE = object(Object.fromEntries(Object.entries(FIELDS).map(([name, { schema }]) => [name, schema])));

/** A device as the list shows it to a user. */
export function deviceView(device: BoundDevice, user: DeviceUser): Record<string, unknown> {
  return Object.fromEntries(Object.entries(FIELDS).map(([name, { value }]) => [name, value(device, user)]));
}

function timeText(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
