import { nullable, object, text } from '../../../api/schema-parts.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { ALARM, ALARMS, ALARMS_DESCRIPTION, ALARMS_QUERY, type AlarmsQuery, listAlarms } from '../alarm-list.js';

/** What boards complain of, and who has seen to it. */
export const DEVICE_ALARMS: Readonly<Record<string, Endpoint>> = {
  'GET /device/deviceAlarm/v1/queryDeviceAlarm': endpoint<{ query: AlarmsQuery }>({
    id: 'gatewayQueryAlarms',
    summary: 'Alarms of one device, or of all, newest first',
    description: ALARMS_DESCRIPTION,
    errors: ['device_not_found'],
    localized: true,
    query: ALARMS_QUERY,
    data: ALARMS,
    run: listAlarms,
  }),
  'POST /device/deviceAlarm/v1/handlingAlarm': endpoint<{ body: { alarmId: string; remark?: string } }>({
    id: 'gatewayHandleAlarm',
    summary: 'Say that an alarm has been seen to',
    description: 'For everybody who sees the device. The first who does so stands; who comes later is told the same.',
    errors: ['not_found'],
    localized: true,
    body: object({ alarmId: text(128), remark: nullable(text(512)) }, ['alarmId']),
    data: ALARM,
    run: ({ services, user, body, language }) => services.telemetry.alarms.handle(user, body, language),
  }),
};
