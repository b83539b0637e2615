import { filter, nullable, object, text, time } from '../../../api/schema-parts.js';
import type { UserDeviceChange } from '../../../store/user-device-store.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';
import { DEVICE, DEVICE_SN, ID, PRODUCT_KEY } from './schemas.js';

const QR_CODE = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,1024}$' };
const NULL = { type: 'null' };
const MAX_KG_PER_KWH = 5;

/** Binding boards, finding them, and what users set of them. */
export const BASIC: Readonly<Record<string, Endpoint>> = {
  'POST /device/basic/v2/bind': endpoint<{ body: BindBody }>({
    id: 'gatewayBind',
    summary: 'Bind a board, or join the space of one by its QR code',
    description:
      'Either `deviceSN`: a board of `proj_default` goes into `spaceId`, the caller’s oldest space, or one that is made for him; what is bound to him already stays as it is, and what is somebody else’s does not exist. Where several products have a board of that serial number, `productKey` is required. Or `qrCode`, of getQrCodeEncrypt: the caller becomes a member of the board’s space.',
    errors: ['device_not_found', 'project_not_found', 'forbidden', 'invalid_code'],
    localized: true,
    body: {
      ...object(
        {
          deviceSN: nullable(DEVICE_SN),
          productKey: nullable(PRODUCT_KEY),
          spaceId: nullable(ID),
          name: nullable(text(128)),
          qrCode: nullable(QR_CODE),
        },
        [],
      ),
    },
    data: DEVICE,
    run: ({ services: { homes }, user, body, language }) =>
      homes.devices.get(user, homes.binding.bind(user, body, language), language),
  }),
  'POST /device/basic/v2/unbind': endpoint<{ body: { deviceId: string } }>({
    id: 'gatewayUnbind',
    summary: 'Give a board back',
    description:
      'It is in `proj_default` again; members of its space lose it, and what users set of it for themselves is forgotten. For the owner of its space; a member ends his share by delShareMember.',
    errors: ['device_not_found', 'forbidden'],
    body: object({ deviceId: ID }),
    data: NULL,
    run: ({ services, user, body }) => {
      services.homes.binding.unbind(user, body.deviceId);
      return null;
    },
  }),
  'POST /device/basic/v1/update': endpoint<{ body: { deviceId: string; name: string } }>({
    id: 'gatewayRenameDevice',
    summary: 'Rename a device, for everybody',
    description: 'For its owner and for members, as `PUT /api/v1/devices/:deviceId` is.',
    errors: ['device_not_found'],
    localized: true,
    body: object({ deviceId: ID, name: text(128) }),
    data: DEVICE,
    run: ({ services, user, body: { deviceId, name }, language }) => {
      services.devices.update(user, deviceId, { name }, language);
      return services.homes.devices.get(user, deviceId, language);
    },
  }),
  'GET /device/basic/v1/findDeviceByBluetooth': endpoint<{ query: { name?: string; mac?: string } }>({
    id: 'gatewayFindByBluetooth',
    summary: 'Find a device by what its board says over BLE',
    description:
      'By `name`, which is that of its product and the last four characters of the serial number, or by `mac`, the serial number with or without colons. Of what the caller sees.',
    errors: ['device_not_found'],
    localized: true,
    query: object({ name: filter(text(64)), mac: filter({ type: 'string', pattern: '^[A-Za-z0-9_:-]{1,64}$' }) }, []),
    data: DEVICE,
    run: ({ services, user, query, language }) => services.homes.devices.byBluetooth(user, query, language),
  }),
  'GET /device/basic/v1/deviceRemoteSearch': endpoint<{ query: ListQuery & { keyword: string } }>({
    id: 'gatewayRemoteSearch',
    summary: 'Look for devices by a part of serial number, id, name or alias',
    errors: [],
    localized: true,
    query: object({ keyword: text(128), ...LIST_QUERY }, ['keyword']),
    data: listOf(DEVICE),
    run: ({ services, user, query, language }) => {
      const { keyword } = query;
      return toList(
        services.homes.devices.search(user, { keyword, ...pageRequest(query) }, language),
        (device) => device,
      );
    },
  }),
  'POST /device/basic/v1/updateUserDeviceInfo': endpoint<{ body: { deviceId: string } & UserDeviceChange }>({
    id: 'gatewayUpdateUserDevice',
    summary: 'Set one’s own alias of a device, and a remark',
    description: 'Nobody else sees them. What is left out stays; an empty text takes it back.',
    errors: ['device_not_found', 'forbidden'],
    localized: true,
    body: object({ deviceId: ID, alias: nullable(text(128, 0)), remark: nullable(text(512, 0)) }, ['deviceId']),
    data: DEVICE,
    run: ({ services: { homes }, user, body: { deviceId, alias, remark }, language }) => {
      const set = (said: string | null | undefined) => (said === '' ? null : said);
      homes.settings.set(user, deviceId, { alias: set(alias), remark: set(remark) });
      return homes.devices.get(user, deviceId, language);
    },
  }),
  'POST /device/basic/v1/updateEmissionRate': endpoint<{ body: { deviceId: string; emissionRate: number | null } }>({
    id: 'gatewayUpdateEmissionRate',
    summary: 'Set how much CO₂ a kWh of a device stands for',
    description: 'kg a kWh; the caller’s own, and null takes it back. Statistics of energy reckon with it.',
    errors: ['device_not_found', 'forbidden'],
    localized: true,
    body: object({
      deviceId: ID,
      emissionRate: nullable({ type: 'number', minimum: 0, maximum: MAX_KG_PER_KWH }),
    }),
    data: DEVICE,
    run: ({ services: { homes }, user, body: { deviceId, emissionRate }, language }) => {
      homes.settings.set(user, deviceId, { emissionRate });
      return homes.devices.get(user, deviceId, language);
    },
  }),
  'GET /device/basic/v1/getQrCodeEncrypt': endpoint<{ query: { deviceId: string } }>({
    id: 'gatewayQrCode',
    summary: 'A QR code that lets somebody into the space of a device',
    description:
      'For its owner. The text is encrypted; it works once, within 10 minutes, at bind, while the device is in that space and the space is the owner’s.',
    errors: ['device_not_found', 'forbidden'],
    query: object({ deviceId: ID }),
    data: object({ qrCode: QR_CODE, expiresAt: time }),
    run: ({ services, user, query }) => services.homes.invitations.create(user, query.deviceId),
  }),
};

interface BindBody {
  readonly deviceSN?: string;
  readonly productKey?: string;
  readonly spaceId?: string;
  readonly name?: string;
  readonly qrCode?: string;
}
