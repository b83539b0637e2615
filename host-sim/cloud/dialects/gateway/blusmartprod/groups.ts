import { filter, object, text } from '../../../api/schema-parts.js';
import type { DeviceSearch } from '../../../domain/homes/home-devices.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';
import { DEVICE, ID, PRODUCT_KEY } from './schemas.js';

const MAX_SORTED = 500;

const findDevicePage = (version: number) =>
  endpoint<{ query: ListQuery & DeviceSearch }>({
    id: `gatewayFindDevicePageV${version}`,
    summary: 'Every device that the caller sees',
    description:
      'Those of `proj_default`, too, in the order in which they became known. `keyword` is a part of serial number, id, name or alias. Versions 1 to 3 are the same.',
    errors: [],
    localized: true,
    query: object(
      {
        keyword: filter(text(128)),
        productKey: filter(PRODUCT_KEY),
        status: filter({
          type: 'integer',
          minimum: 0,
          maximum: 3,
          description: '0 inactive, 1 online, 2 offline, 3 disabled.',
        }),
        spaceId: filter(ID),
        ...LIST_QUERY,
      },
      [],
    ),
    data: listOf(DEVICE),
    run: ({ services, user, query, language }) =>
      toList(services.homes.devices.search(user, { ...query, ...pageRequest(query) }, language), (device) => device),
  });

/** Lists of devices, and the order that a user gives them. */
export const GROUPS: Readonly<Record<string, Endpoint>> = {
  'POST /device/group/v1/updateDeviceSortData': endpoint<{ body: { deviceIds: string[] } }>({
    id: 'gatewaySortDevices',
    summary: 'Put one’s devices into an order',
    description: 'The caller’s own order, for homeDevices; devices that are not named come after these.',
    errors: ['device_not_found', 'forbidden'],
    body: object({ deviceIds: { type: 'array', items: ID, maxItems: MAX_SORTED, uniqueItems: true } }),
    data: { type: 'null' },
    run: ({ services, user, body }) => {
      services.homes.settings.sort(user, body.deviceIds);
      return null;
    },
  }),
  'GET /device/group/v1/homeDevices': endpoint<{ query: ListQuery }>({
    id: 'gatewayHomeDevices',
    summary: 'The devices that are bound: those in the caller’s own and shared spaces',
    description: 'Top devices first, then in the caller’s own order, then all others.',
    errors: [],
    localized: true,
    query: object(LIST_QUERY, []),
    data: listOf(DEVICE),
    run: ({ services, user, query, language }) =>
      toList(services.homes.devices.home(user, pageRequest(query), language), (device) => device),
  }),
  'GET /device/group/v1/findDevicePage': findDevicePage(1),
  'GET /device/group/v2/findDevicePage': findDevicePage(2),
  'GET /device/group/v3/findDevicePage': findDevicePage(3),
  'POST /device/group/v1/deviceTop': endpoint<{ body: { deviceId: string; isTop: boolean } }>({
    id: 'gatewayTopDevice',
    summary: 'Put a device to the top of one’s list, or take it from there',
    errors: ['device_not_found', 'forbidden'],
    localized: true,
    body: object({ deviceId: ID, isTop: { type: 'boolean' } }),
    data: DEVICE,
    run: ({ services: { homes }, user, body: { deviceId, isTop }, language }) => {
      homes.settings.set(user, deviceId, { isTop });
      return homes.devices.get(user, deviceId, language);
    },
  }),
};
