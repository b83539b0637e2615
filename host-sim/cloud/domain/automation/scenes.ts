import { CloudError } from '../../errors.js';
import type { SceneDeviceRow, SceneRow, SceneStore } from '../../store/scene-store.js';
import type { Core } from '../core.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import { randomId } from '../secrets.js';
import { type Actor, type BoardCommand, type BoardResult, commandBoards } from './board-commands.js';
import { lastRunOf, nextRunOf, type Scheduler, type Timed } from './schedule.js';
import type { TimeOfWeek, Timetable } from './timetable.js';

/** Scenes of one user. */
const MAX_SCENES = 100;
/** Boards of one scene. */
export const MAX_SCENE_DEVICES = 32;

/** When a scene runs: `utcOffset` is how far its clock is ahead of UTC, minutes. */
export interface SceneSchedule extends TimeOfWeek {
  readonly utcOffset: number;
}

export interface SceneRequest {
  readonly name: string;
  readonly devices: readonly BoardCommand[];
  readonly schedule?: SceneSchedule | undefined;
}

export interface SceneView {
  readonly sceneId: string;
  readonly name: string;
  readonly schedule: SceneSchedule | null;
  readonly nextRunAt: string | null;
  readonly deviceCount: number;
}

/** A board of a scene, and how it fared when the scene last ran. */
export interface SceneDeviceView {
  readonly sceneId: string;
  readonly sceneName: string;
  readonly schedule: SceneSchedule | null;
  readonly nextRunAt: string | null;
  readonly deviceId: string;
  /** Null where the user no longer sees the board. */
  readonly deviceName: string | null;
  readonly params: object;
  readonly lastRun: { readonly at: string; readonly result: string; readonly detail: string | null } | null;
}

/** Scenes: what several boards are told together. One that has a schedule is run by the cloud, as the user who made it. */
export class SceneService implements Timed<SceneRow> {
  readonly kind = 'scene';
  readonly #core: Core;
  readonly #store: SceneStore;
  readonly #scheduler: () => Scheduler;

  constructor(core: Core, store: SceneStore, scheduler: () => Scheduler) {
    this.#core = core;
    this.#store = store;
    this.#scheduler = scheduler;
  }

  get rows() {
    return this.#store.timed;
  }

  /**
   * Makes a scene.
   * @throws CloudError those of a control request; `invalid_parameter`: a board twice; `forbidden`: too many scenes
   */
  create(user: Actor, { name, devices, schedule }: SceneRequest): SceneView {
    if (this.#store.count(user.userId) >= MAX_SCENES) {
      throw new CloudError('forbidden', `a user has at most ${MAX_SCENES} scenes; unbind one first`);
    }
    if (new Set(devices.map(({ deviceId }) => deviceId)).size < devices.length) {
      throw new CloudError('invalid_parameter', 'devices must name each deviceId once');
    }
    const checked = devices.map((command) => this.#checked(user, command));
    const sceneId = randomId(this.#core.environment, 'scene_', 16);
    const seq = this.#store.insert({
      sceneId,
      userId: user.userId,
      name,
      schedule: schedule ? JSON.stringify(scheduleOf(schedule)) : null,
      devices: checked,
    });
    this.#scheduler().plan(this, seq, schedule && timetableOf(schedule));
    return this.#view(this.#found(user, sceneId));
  }

  /**
   * Adds a board to a scene, or changes what it is told there.
   * @throws CloudError `not_found`, those of a control request; `forbidden`: too many boards
   */
  addDevice(user: Actor, sceneId: string, command: BoardCommand): SceneView {
    const scene = this.#found(user, sceneId);
    const { deviceSeq, params } = this.#checked(user, command);
    const isNew = this.#store.commands(scene.seq).every(({ device_id: id }) => id !== command.deviceId);
    if (isNew && this.#store.countDevices(scene.seq) >= MAX_SCENE_DEVICES) {
      throw new CloudError('forbidden', `a scene has at most ${MAX_SCENE_DEVICES} devices`);
    }
    this.#store.setDevice(scene.seq, deviceSeq, params);
    return this.#view(scene);
  }

  /** Takes one board out of a scene, or ends the scene. @throws CloudError `not_found`, `device_not_found` */
  unbindDevice(user: Actor, sceneId: string, deviceId: string | undefined): void {
    const { seq } = this.#found(user, sceneId);
    if (deviceId === undefined) this.#store.delete(seq);
    else if (!this.#store.removeDevice(seq, deviceId)) {
      throw new CloudError('device_not_found', 'this device is not in the scene');
    }
  }

  /** The boards of a scene, or of all the user's scenes. @throws CloudError `not_found` */
  devices(user: Actor, sceneId: string | undefined, request: PageRequest): Page<SceneDeviceView> {
    const { limit, offset } = pageOf(request);
    const sceneSeq = sceneId === undefined ? undefined : this.#found(user, sceneId).seq;
    const { rows, total } = this.#store.devices({ userId: user.userId, sceneSeq, limit, offset });
    return { list: rows.map(deviceView), total, page: request.page, size: limit };
  }

  timetable({ schedule }: SceneRow): Timetable {
    return schedule === null ? { times: [], utcOffset: 0 } : timetableOf(JSON.parse(schedule) as SceneSchedule);
  }

  run({ seq, user_id: userId }: SceneRow): Promise<readonly BoardResult[]> {
    const commands = this.#store
      .commands(seq)
      .map(({ device_id: deviceId, params }) => ({ deviceId, params: JSON.parse(params) as BoardCommand['params'] }));
    return commandBoards(this.#core.devices, { userId }, commands);
  }

  #checked(user: Actor, { deviceId, params }: BoardCommand): { deviceSeq: number; params: string } {
    const checked = this.#core.devices.checkControl(user, deviceId, params);
    return { deviceSeq: checked.device.seq, params: JSON.stringify(checked.params) };
  }

  #found(user: Actor, sceneId: string): SceneRow {
    const row = this.#store.byId(user.userId, sceneId);
    if (!row) throw new CloudError('not_found', 'there is no such scene');
    return row;
  }

  #view(row: SceneRow): SceneView {
    return {
      sceneId: row.scene_id,
      name: row.name,
      schedule: row.schedule === null ? null : (JSON.parse(row.schedule) as SceneSchedule),
      nextRunAt: nextRunOf(row),
      deviceCount: this.#store.countDevices(row.seq),
    };
  }
}

function timetableOf({ at, days, utcOffset }: SceneSchedule): Timetable {
  return { times: [{ at, days }], utcOffset };
}

/** What of a request's schedule is kept. */
function scheduleOf({ at, days, utcOffset }: SceneSchedule): SceneSchedule {
  return { at, days, utcOffset };
}

function deviceView(row: SceneDeviceRow): SceneDeviceView {
  const lastRun = lastRunOf(row);
  const fared = lastRun?.results.find(({ deviceId }) => deviceId === row.device_id);
  return {
    sceneId: row.scene_id,
    sceneName: row.scene_name,
    schedule: row.schedule === null ? null : (JSON.parse(row.schedule) as SceneSchedule),
    nextRunAt: nextRunOf(row),
    deviceId: row.device_id,
    deviceName: row.device_name,
    params: JSON.parse(row.params) as object,
    lastRun: lastRun && fared ? { at: lastRun.at, result: fared.result, detail: fared.detail } : null,
  };
}
