import { filter, nullable, object } from '../../api/schema-parts.js';
import type { AttributeView, DeviceName } from '../../domain/end-users/device-deeds.js';
import { endpoint } from '../endpoint.js';
import { DEVICE, deviceView } from './device-view.js';
import { pageInfoOf, toPageInfo } from './page-info.js';
import { DK, PK } from './schemas.js';

const COMMAND_ERRORS = [
  'device_not_found',
  'device_not_activated',
  'device_disabled',
  'product_disabled',
  'control_not_supported',
  'no_control_params',
  'too_many_requests',
  'device_timeout',
] as const;

const ATTRIBUTE = object({
  resourceCode: { type: 'string', description: 'Identifier of the property.' },
  resourceName: {
    type: ['object', 'null'],
    description: 'Its name by language; null for what is not in the thing model.',
  },
  dataType: { type: ['string', 'null'] },
  unit: { type: ['string', 'null'] },
  writable: { type: 'boolean' },
  resourceValue: { description: 'The last value; null where none was reported.' },
  reportedTs: { type: ['integer', 'null'], description: 'When that was, ms since 1970.' },
});

interface ListQuery {
  readonly pkList?: string;
  readonly dk?: string;
  readonly deviceName?: string;
  readonly page: number;
  readonly pageSize: number;
}

export const BINDING = {
  'GET /enduserapi/userDeviceList': endpoint<{ query: ListQuery }>({
    id: 'endUserDeviceList',
    summary: 'List the devices of the caller',
    description:
      'Those that everybody sees, and those of the projects that he owns or shares. `Authorization` is the token as the login gave it, with or without a second `Bearer`; a token of SmartLink’s API is as good. The list is paged as PageHelper does it.',
    auth: 'token',
    errors: [],
    query: object(
      {
        pkList: filter({ type: 'string', maxLength: 2_048, description: 'Product keys, with commas.' }),
        dk: filter(DK),
        deviceName: filter({ type: 'string', maxLength: 128, description: 'A part of the name.' }),
        page: filter({ type: 'integer', minimum: 1, maximum: 1_000_000, default: 1 }),
        pageSize: filter({ type: 'integer', minimum: 1, maximum: 100, default: 10 }),
      },
      [],
    ),
    data: pageInfoOf(DEVICE),
    run: async ({ services: { endUsers }, user, query: { pkList, dk, deviceName, page, pageSize } }) => {
      const owner = await endUsers.devices.user(user);
      const productKeys = pkList?.split(',').map((key) => key.trim());
      const found = endUsers.devices.list(user, { productKeys, deviceId: dk, name: deviceName, page, size: pageSize });
      return toPageInfo(found, (device) => deviceView(device, owner));
    },
  }),
  'GET /enduserapi/getDeviceBusinessAttributes': endpoint<{ query: DeviceName }>({
    id: 'endUserAttributes',
    summary: 'A device and its properties',
    description:
      'An extension. Properties of the thing model first, in its order, then what the board reports beyond it.',
    auth: 'token',
    errors: ['device_not_found'],
    query: object({ pk: PK, dk: DK }),
    data: object({ deviceInfo: DEVICE, attributes: { type: 'array', items: ATTRIBUTE } }),
    run: async ({ services: { endUsers }, user, query }) => {
      const { device, attributes } = endUsers.deeds.attributes(user, query);
      const owner = await endUsers.devices.user(user);
      return { deviceInfo: deviceView(device, owner), attributes: attributes.map(attributeView) };
    },
  }),
  'POST /enduserapi/sendDeviceCommand': endpoint<{
    body: DeviceName & { params: Record<string, unknown>; wait?: number };
  }>({
    id: 'endUserCommand',
    summary: 'Command a device',
    description:
      'An extension. `params` are those of SmartLink’s control, at most 2 KiB. An offline board is kept the command for at most 60 s.',
    auth: 'token',
    errors: COMMAND_ERRORS,
    body: object(
      {
        pk: PK,
        dk: DK,
        params: { type: 'object' },
        wait: nullable({
          type: 'integer',
          minimum: 1,
          maximum: 60_000,
          description: 'Wait for the answer of the board, ms.',
        }),
      },
      ['pk', 'dk', 'params'],
    ),
    data: object({
      reply: {
        ...object({ code: { type: 'integer' }, message: { type: 'string' }, data: { type: 'object' } }, ['code']),
        type: ['object', 'null'],
        description: 'Of the board; null where nobody waited.',
      },
    }),
    run: async ({ services, user, body: { pk, dk, params, wait } }) => {
      const reply = await services.endUsers.deeds.command(user, { pk, dk }, params, wait);
      if (!reply) return { reply: null };
      const { id: _id, ...answer } = reply;
      return { reply: answer };
    },
  }),
  'POST /enduserapi/bindDevice': endpoint<{ body: { pk: string; sn: string } }>({
    id: 'endUserBind',
    summary: 'Bind a device',
    description:
      'An extension. Puts a board that is everybody’s into the oldest project of the caller, or one that is made for him. One that is in a project that he sees stays there; nobody else’s is taken: a serial number proves nothing.',
    auth: 'token',
    errors: ['device_not_found', 'forbidden'],
    body: object({ pk: PK, sn: { type: 'string', minLength: 1, maxLength: 64, description: 'Serial number.' } }),
    data: DEVICE,
    run: async ({ services: { endUsers }, user, body, language }) =>
      deviceView(endUsers.deeds.bind(user, body, language), await endUsers.devices.user(user)),
  }),
  'POST /enduserapi/unbindDevice': endpoint<{ body: DeviceName }>({
    id: 'endUserUnbind',
    summary: 'Unbind a device',
    description: 'An extension. Gives a board back to everybody; this is for the owner of its project.',
    auth: 'token',
    errors: ['device_not_found', 'forbidden'],
    body: object({ pk: PK, dk: DK }),
    data: { type: 'null' },
    run: ({ services, user, body }) => {
      services.endUsers.deeds.unbind(user, body);
      return null;
    },
  }),
  'POST /enduserapi/upgradeDevice': endpoint<{ body: DeviceName & { packageId?: string } }>({
    id: 'endUserUpgrade',
    summary: 'Update a device',
    description:
      'An extension. By a campaign for this board alone, with the package named or else that of the highest version for its product and chip. A board that is at it already goes on.',
    auth: 'token',
    errors: ['device_not_found', 'device_not_activated', 'device_disabled', 'package_not_found'],
    body: object({ pk: PK, dk: DK, packageId: nullable({ type: 'string', minLength: 1, maxLength: 64 }) }, [
      'pk',
      'dk',
    ]),
    data: object({ campaignId: { type: 'string' }, packageId: { type: 'string' }, version: { type: 'string' } }),
    run: ({ services, user, body: { pk, dk, packageId } }) => {
      const { state: _state, ...begun } = services.endUsers.deeds.upgrade(user, { pk, dk }, packageId);
      return begun;
    },
  }),
};

function attributeView({ identifier, model, last }: AttributeView): object {
  return {
    resourceCode: identifier,
    resourceName: model?.name ?? null,
    dataType: model?.type ?? null,
    unit: model?.unit ?? null,
    writable: model?.writable ?? false,
    resourceValue: last?.value ?? null,
    reportedTs: last ? Date.parse(last.reportedAt) : null,
  };
}
