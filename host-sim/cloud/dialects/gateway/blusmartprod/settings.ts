import { nullable, object, time } from '../../../api/schema-parts.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { CONTROL_ERRORS, ID, REPLY, RESULT, WAIT } from '../automation-schemas.js';
import { listOf, wholeList } from '../lists.js';

const SETTING = object({
  key: { type: 'string' },
  name: { type: 'string', description: 'By Accept-Language.' },
  type: { type: 'string', enum: ['boolean', 'integer', 'number', 'enum'] },
  unit: nullable({ type: 'string' }),
  min: nullable({ type: 'number' }),
  max: nullable({ type: 'number' }),
  step: nullable({ type: 'number' }),
  values: { type: ['array', 'null'], items: { type: 'string' } },
  value: { description: 'As the device last reported it; null where it never did.' },
  reportedAt: nullable(time),
});
const SENT = object({
  deviceId: { type: 'string' },
  settings: { type: 'object', description: 'What the device was told.' },
  result: RESULT,
  reply: REPLY,
});
const ERRORS = [...CONTROL_ERRORS, 'too_many_requests', 'device_timeout'] as const;
const READING = (unit: string) => ({
  ...object({
    value: { ...nullable({ type: 'number' }), description: 'Null: not reported so far.' },
    unit: { type: 'string', const: unit },
    reportedAt: nullable(time),
  }),
  type: ['object', 'null'],
  description: 'Null: the product does not measure it.',
});

/** What of a device can be set, and what it draws and gives. */
export const SETTINGS: Readonly<Record<string, Endpoint>> = {
  'GET /aecc/advancedSetting/v1/getSettings': endpoint<{ query: { deviceId: string } }>({
    id: 'gatewayGetSettings',
    summary: 'What of a device can be set',
    description: 'The writable properties of its product’s thing model; none where the product has no definition.',
    errors: ['device_not_found'],
    query: object({ deviceId: ID }),
    data: listOf(SETTING),
    run: ({ services, user, query, language }) =>
      wholeList(services.automation.settings.list(user, query.deviceId, language)),
  }),
  'POST /aecc/advancedSetting/v1/saveSetting': endpoint<{
    body: { deviceId: string; settings: Record<string, unknown>; wait?: number };
  }>({
    id: 'gatewaySaveSetting',
    summary: 'Set properties of a device, by one command',
    description:
      'Values by the keys of `getSettings`. Products of the control modes `dimmer` and `generic` take properties; for others it is `control_not_supported`.',
    errors: ERRORS,
    body: object({ deviceId: ID, settings: { type: 'object', minProperties: 1, maxProperties: 64 }, wait: WAIT }, [
      'deviceId',
      'settings',
    ]),
    data: SENT,
    run: ({ services, user, body }) => services.automation.settings.save(user, body.deviceId, body.settings, body.wait),
  }),
  'POST /aecc/advancedSetting/v1/resetToDefault': endpoint<{ body: { deviceId: string; wait?: number } }>({
    id: 'gatewayResetToDefault',
    summary: 'Bring every output of a device to rest, by one command',
    description:
      'Off, dark, or where it goes after a pulse, by the product’s definition. Only where its product takes properties.',
    errors: ERRORS,
    body: object({ deviceId: ID, wait: WAIT }, ['deviceId']),
    data: SENT,
    run: ({ services, user, body }) => services.automation.settings.reset(user, body.deviceId, body.wait),
  }),
  'GET /aecc/command/v1/querySystemPowerData': endpoint<{ query: { deviceId: string } }>({
    id: 'gatewaySystemPowerData',
    summary: 'What a device draws and gives, as it last reported',
    description:
      'By the product’s thing model: a property belongs to battery, pv, grid or load by its key, and measures power (W, kW) or charge (%) by its unit; `power` is of none of them. Null where the product measures nothing of it.',
    errors: ['device_not_found'],
    query: object({ deviceId: ID }),
    data: object({
      deviceId: { type: 'string' },
      online: { type: 'boolean' },
      power: READING('W'),
      battery: READING('W'),
      pv: READING('W'),
      grid: READING('W'),
      load: READING('W'),
      soc: READING('%'),
    }),
    run: ({ services, user, query }) => services.automation.systemPower(user, query.deviceId),
  }),
  'POST /device/batteryAgingMaintenance/v1/handleAging': endpoint<{
    body: { deviceId: string; enable: boolean; wait?: number };
  }>({
    id: 'gatewayHandleAging',
    summary: 'Switch the care for an aging battery',
    description:
      'Sets the property `batteryAging` where the product has it, writable and boolean; every other product has no such battery: `control_not_supported`.',
    errors: ERRORS,
    body: object({ deviceId: ID, enable: { type: 'boolean' }, wait: WAIT }, ['deviceId', 'enable']),
    data: SENT,
    run: ({ services, user, body }) =>
      services.automation.settings.handleAging(user, body.deviceId, body.enable, body.wait),
  }),
};
