import { nullable, object, time } from '../../../api/schema-parts.js';
import { pageOfAll } from '../../../domain/paging.js';
import type { EnergyRole } from '../../../domain/telemetry/energy-model.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { ALARMS, ALARMS_DESCRIPTION, ALARMS_QUERY, type AlarmsQuery, listAlarms } from '../alarm-list.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';
import { DEVICE_QUERY, NUMBER_OR_NULL, READINGS, TEXT } from './schemas.js';

interface DeviceQuery {
  readonly deviceId: string;
}

/** How devices are now, and when they were not there. */
export const LIVE: Readonly<Record<string, Endpoint>> = {
  'GET /aecc/v1/getDeviceRealTimeData': endpoint<{ query: DeviceQuery }>({
    id: 'gatewayRealTimeData',
    summary: 'The last value of all that a device has reported',
    errors: ['device_not_found'],
    localized: true,
    query: object(DEVICE_QUERY),
    data: object({
      deviceId: TEXT,
      online: { type: 'boolean' },
      status: { type: 'string', enum: ['inactive', 'online', 'offline', 'disabled'] },
      reportedAt: { ...nullable(time), description: 'Of the newest value.' },
      properties: READINGS,
    }),
    run: ({ services, user, query, language }) => services.telemetry.readings.realTime(user, query.deviceId, language),
  }),
  'GET /aecc/v1/getDeviceBatteryDetailData': part('battery', 'gatewayBatteryDetail', 'battery', '`battery…` and `soc`'),
  'GET /aecc/v1/getDevicePvDetailData': part('pv', 'gatewayPvDetail', 'solar panels', '`pv…` and `solar…`'),
  'GET /aecc/v1/getDeviceLoadDetailData': part('load', 'gatewayLoadDetail', 'load', '`load…`'),
  'GET /aecc/v1/getDeviceGridDetailData': part('grid', 'gatewayGridDetail', 'grid', '`grid…`'),
  'GET /aecc/v1/getDeviceAlarmList': endpoint<{ query: AlarmsQuery }>({
    id: 'gatewayAlarmList',
    summary: 'Alarms of one device, or of all, newest first',
    description: ALARMS_DESCRIPTION,
    errors: ['device_not_found'],
    localized: true,
    query: ALARMS_QUERY,
    data: ALARMS,
    run: listAlarms,
  }),
  'GET /realtime/v1/getDeviceLastAlive': endpoint<{ query: DeviceQuery }>({
    id: 'gatewayLastAlive',
    summary: 'When a device was heard of last',
    errors: ['device_not_found'],
    query: object(DEVICE_QUERY),
    data: object({
      deviceId: TEXT,
      online: { type: 'boolean' },
      lastAlive: {
        ...nullable(time),
        description: 'Its last post or event, or when it was activated, came online or went; null before all of these.',
      },
      lastOnlineAt: { ...nullable(time), description: 'When it last came online or went offline.' },
    }),
    run: ({ services, user, query }) => services.telemetry.readings.lastAlive(user, query.deviceId),
  }),
  'GET /device/iotData/v1/blackout/stats': endpoint<{ query: DeviceQuery & ListQuery }>({
    id: 'gatewayBlackoutStats',
    summary: 'The times for which a board was away',
    description:
      'From its going offline to its coming back, as the cloud saw them: the last 100, for 90 days. A board that was online when the cloud stopped has not gone by that, and a time in which the cloud was not there itself counts as no seconds. Whether the power was cut says only the board, by the reason of its boot; where it tells none, the reason is `unknown`.',
    errors: ['device_not_found'],
    query: object({ ...DEVICE_QUERY, ...LIST_QUERY }, ['deviceId']),
    data: object({
      deviceId: TEXT,
      count: { type: 'integer' },
      totalSeconds: { type: 'integer' },
      longestSeconds: { type: 'integer' },
      since: { ...time, description: 'Since when all of them are known.' },
      blackouts: listOf(
        object({
          from: time,
          to: { ...nullable(time), description: 'Null while it is away.' },
          seconds: { type: 'integer', description: 'What of it the cloud has seen.' },
          reason: {
            type: 'string',
            enum: ['power_on', 'brown_out', 'restart', 'crash', 'watchdog', 'connection', 'unknown'],
            description:
              'Of the boot that ended it, or `connection` where the board ran on; `power_on` and `brown_out` are cuts of its power.',
          },
        }),
      ),
    }),
    run: ({ services, user, query }) => {
      const { blackouts, ...stats } = services.telemetry.blackouts.stats(user, query.deviceId, pageRequest(query));
      return { ...stats, blackouts: toList(blackouts, (blackout) => blackout) };
    },
  }),
  'POST /device/iotData/v1/blackout/clear': endpoint<{ body: DeviceQuery }>({
    id: 'gatewayBlackoutClear',
    summary: 'Forget the times for which a board was away',
    description: 'Also one that goes on. For the owner of its space.',
    errors: ['device_not_found', 'forbidden'],
    body: object(DEVICE_QUERY),
    data: { type: 'null' },
    run: ({ services, user, body }) => {
      services.telemetry.blackouts.clear(user, body.deviceId);
      return null;
    },
  }),
  'GET /device/openWeatherAlert/v1/queryDeviceWeatherNoticePage': endpoint<{ query: ListQuery }>({
    id: 'gatewayWeatherNotices',
    summary: 'Warnings of the weather: none',
    description: 'No weather service is connected to this cloud, so the list is always empty.',
    errors: [],
    query: object(LIST_QUERY, []),
    data: listOf({ type: 'object' }),
    run: ({ query }) => toList(pageOfAll([], pageRequest(query)), (notice) => notice),
  }),
  'GET /device/openWeatherAlert/v1/queryDisasterDeviceBackupPowerPage': endpoint<{ query: ListQuery }>({
    id: 'gatewayBackupPower',
    summary: 'The devices that have a battery, and how full it is',
    description:
      'Those whose thing model measures one, whatever the weather: of that nobody tells this cloud. Empty where there is none.',
    errors: [],
    query: object(LIST_QUERY, []),
    data: listOf(
      object({
        deviceId: TEXT,
        deviceName: TEXT,
        online: { type: 'boolean' },
        soc: { ...NUMBER_OR_NULL, description: '%; null where it was never reported, or is not measured.' },
        reportedAt: nullable(time),
      }),
    ),
    run: ({ services, user, query }) =>
      toList(services.telemetry.readings.withBattery(user, pageRequest(query)), (device) => device),
  }),
};

/** One part of an installation. */
function part(role: EnergyRole, id: string, what: string, keys: string): Endpoint {
  return endpoint<{ query: DeviceQuery }>({
    id,
    summary: `What a device measures of its ${what}`,
    description: `By the thing model of its product: the properties whose keys begin with ${keys}, of which those in W or kW are power and those in Wh or kWh energy${role === 'battery' ? ', and one in % the state of charge' : ''}; of several the first counts. A product that measures none has nulls: nothing is reckoned from what is switched on.`,
    errors: ['device_not_found'],
    localized: true,
    query: object(DEVICE_QUERY),
    data: object({
      deviceId: TEXT,
      isPresent: { type: 'boolean', description: 'Whether the product measures any of it.' },
      power: { ...NUMBER_OR_NULL, description: 'W' },
      energy: { ...NUMBER_OR_NULL, description: 'As its counter stands, kWh.' },
      ...(role === 'battery' && { soc: { ...NUMBER_OR_NULL, description: '%' } }),
      reportedAt: { ...nullable(time), description: 'Of the newest value.' },
      properties: READINGS,
    }),
    run: ({ services, user, query, language }) =>
      services.telemetry.readings.part(user, query.deviceId, role, language),
  });
}
