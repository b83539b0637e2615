import { CloudError } from '../../errors.js';
import type { AlarmRow, AlarmStore } from '../../store/alarm-store.js';
import type { Access } from '../access.js';
import type { Language } from '../devices.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import { type TimeRange, timeRange } from '../time-range.js';
import type { UserView } from '../users.js';
import { alarmTitle } from './alarm-rules.js';

/** An alarm as the API shows it; times are ISO 8601, UTC. */
export interface AlarmView {
  readonly alarmId: string;
  readonly deviceId: string;
  readonly deviceName: string;
  /** Of the event. */
  readonly name: string;
  readonly level: string;
  readonly title: string;
  /** As the board posted them. */
  readonly params: unknown;
  readonly reportedAt: string;
  readonly receivedAt: string;
  readonly handled: boolean;
  readonly handledAt: string | null;
  /** The id of a user; null also where his account is gone. */
  readonly handledBy: number | null;
  readonly remark: string | null;
}

export interface AlarmsRequest extends PageRequest, TimeRange {
  readonly deviceId?: string | undefined;
  readonly handled?: boolean | undefined;
  readonly language: Language;
}

/** Alarms: serious events of boards, kept as long as those. */
export class AlarmService {
  readonly #store: AlarmStore;
  readonly #access: Access;
  readonly #flush: () => void;
  readonly #now: () => number;

  constructor(options: { store: AlarmStore; access: Access; flush: () => void; now: () => number }) {
    this.#store = options.store;
    this.#access = options.access;
    this.#flush = options.flush;
    this.#now = options.now;
  }

  /**
   * The alarms of a device, or of all that the user sees, newest first; the times are those of their arrival.
   * @throws CloudError `device_not_found`, `invalid_parameter`: a time that is none
   */
  list(user: UserView, request: AlarmsRequest): Page<AlarmView> {
    this.#flush();
    const { deviceId, handled, language, page } = request;
    const { limit, offset } = pageOf(request);
    const filter = {
      userId: user.userId,
      deviceSeq: deviceId === undefined ? null : this.#access.device(user.userId, deviceId).seq,
      handled: handled === undefined ? null : handled ? 1 : 0,
      ...timeRange(request),
    } as const;
    const { rows, total } = this.#store.list(filter, limit, offset);
    return { list: rows.map((row) => view(row, language)), total, page, size: limit };
  }

  /**
   * Says that somebody has seen to an alarm. The first who does so stands.
   * @throws CloudError `not_found`: there is no such alarm, or of no device that the user sees
   */
  handle(user: UserView, request: { alarmId: string; remark?: string | undefined }, language: Language): AlarmView {
    const [, deviceId = '', number] = /^(\w{1,64})-(\d{1,15})$/.exec(request.alarmId) ?? [];
    const device = this.#access.seesDevice(user.userId, deviceId)
      ? this.#access.device(user.userId, deviceId)
      : undefined;
    const find = () => device && this.#store.get(device.seq, Number(number));
    if (!device || !find()) throw new CloudError('not_found', 'there is no such alarm, or it is too old');
    const { userId } = user;
    const remark = request.remark ?? null;
    this.#store.handle({ deviceSeq: device.seq, number: Number(number), userId, remark, at: this.#now() });
    return view(find()!, language);
  }
}

function view(row: AlarmRow, language: Language): AlarmView {
  return {
    alarmId: `${row.device_id}-${row.number}`,
    deviceId: row.device_id,
    deviceName: row.device_name,
    name: row.name,
    level: row.level,
    title: alarmTitle(row.name, language),
    params: JSON.parse(row.params) as unknown,
    reportedAt: new Date(row.reported_at).toISOString(),
    receivedAt: new Date(row.received_at).toISOString(),
    handled: row.handled_at !== null,
    handledAt: row.handled_at === null ? null : new Date(row.handled_at).toISOString(),
    handledBy: row.handled_by,
    remark: row.remark,
  };
}
