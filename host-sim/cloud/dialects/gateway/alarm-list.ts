import { filter, nullable, object, text, time } from '../../api/schema-parts.js';
import { NO_ALARMS } from '../../domain/telemetry/alarm-rules.js';
import type { AlarmView } from '../../domain/telemetry/alarms.js';
import type { Call } from '../endpoint.js';
import { type GatewayList, LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from './lists.js';

const TEXT = { type: 'string' };

/** The one shape of an alarm. */
export const ALARM = object({
  alarmId: TEXT,
  deviceId: TEXT,
  deviceName: TEXT,
  name: { ...TEXT, description: 'Of the event.' },
  level: { type: 'string', enum: ['warn', 'error'] },
  title: { ...TEXT, description: 'For people; of a maker’s own event its name.' },
  params: { type: 'object', description: 'As the board posted them.' },
  reportedAt: time,
  receivedAt: time,
  handled: { type: 'boolean' },
  handledAt: nullable(time),
  handledBy: { ...nullable({ type: 'integer' }), description: 'A userId; null also where his account is gone.' },
  remark: nullable(TEXT),
});

/** What alarms are, for the reference. */
export const ALARMS_DESCRIPTION = `Alarms are the events of level warn and error that boards post, a maker’s own included, but for those that mend themselves or are somebody else’s mistake (${NO_ALARMS.join(', ')}). They are kept as events are: 7 days, 1,000 events a board. That a board is offline is no alarm: see blackout/stats.`;

export interface AlarmsQuery extends ListQuery {
  readonly deviceId?: string;
  readonly handled?: boolean;
  readonly from?: string;
  readonly to?: string;
}

export const ALARMS_QUERY = object(
  {
    deviceId: filter({ ...text(64), description: 'Of all devices that the caller sees where it is absent.' }),
    handled: filter({ type: 'boolean' }),
    from: filter({ ...text(40), description: 'Received from this time on: ISO 8601, or ms since 1970.' }),
    to: filter({ ...text(40), description: 'Received before this time.' }),
    ...LIST_QUERY,
  },
  [],
);
export const ALARMS = listOf(ALARM);

export function listAlarms({ services, user, query, language }: Call<{ query: AlarmsQuery }>): GatewayList<AlarmView> {
  const { deviceId, handled, from, to } = query;
  const request = { deviceId, handled, from, to, language, ...pageRequest(query) };
  return toList(services.telemetry.alarms.list(user, request), (alarm) => alarm);
}
