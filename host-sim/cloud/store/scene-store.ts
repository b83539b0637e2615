import type { SqliteDatabase } from './database.js';
import { VISIBLE_PROJECTS } from './project-store.js';
import { type TimedRow, TimedRows } from './timed-rows.js';

export interface SceneRow extends TimedRow {
  readonly scene_id: string;
  readonly name: string;
  /** JSON; null: it does not run by itself. */
  readonly schedule: string | null;
}

export interface SceneDeviceRow extends Pick<SceneRow, 'scene_id' | 'schedule' | 'next_at' | 'last_run'> {
  readonly scene_name: string;
  readonly device_id: string;
  /** Null where the user no longer sees the board. */
  readonly device_name: string | null;
  /** JSON. */
  readonly params: string;
}

interface DevicesFilter {
  readonly userId: number;
  readonly sceneSeq?: number | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Scenes: commands for several boards that are given together. */
export class SceneStore {
  readonly timed: TimedRows<SceneRow>;
  readonly #database: SqliteDatabase;
  readonly #byId;
  readonly #count;
  readonly #countDevices;
  readonly #insert;
  readonly #setDevice;
  readonly #removeDevice;
  readonly #delete;
  readonly #commands;
  readonly #devices;
  readonly #countOfAll;

  constructor(database: SqliteDatabase) {
    this.timed = new TimedRows(database, 'scenes');
    this.#database = database;
    this.#byId = database.prepare<[string, number], SceneRow>(
      'SELECT * FROM scenes WHERE scene_id = ? AND user_id = ?',
    );
    this.#count = database.prepare<[number], { n: number }>('SELECT count(*) AS n FROM scenes WHERE user_id = ?');
    this.#countDevices = database.prepare<[number], { n: number }>(
      'SELECT count(*) AS n FROM scene_devices WHERE scene_seq = ?',
    );
    this.#insert = database.prepare<[string, number, string, string | null]>(
      'INSERT INTO scenes (scene_id, user_id, name, schedule) VALUES (?, ?, ?, ?)',
    );
    this.#setDevice = database.prepare<[number, number, string]>(
      `INSERT INTO scene_devices (scene_seq, device_seq, params) VALUES (?, ?, ?)
       ON CONFLICT (scene_seq, device_seq) DO UPDATE SET params = excluded.params`,
    );
    this.#removeDevice = database.prepare<[number, string]>(
      'DELETE FROM scene_devices WHERE scene_seq = ? AND device_seq = (SELECT seq FROM devices WHERE device_id = ?)',
    );
    this.#delete = database.prepare<[number]>('DELETE FROM scenes WHERE seq = ?');
    this.#commands = database.prepare<[number], { device_id: string; params: string }>(
      'SELECT d.device_id, c.params FROM scene_devices c JOIN devices d ON d.seq = c.device_seq WHERE c.scene_seq = ?',
    );
    const devices = (where: string) =>
      database.prepare<[Record<string, unknown>], SceneDeviceRow>(
        `SELECT s.scene_id, s.name AS scene_name, s.schedule, s.next_at, s.last_run, d.device_id, c.params,
           CASE WHEN d.project_id IN ${VISIBLE_PROJECTS} THEN d.name END AS device_name
         FROM scenes s CROSS JOIN scene_devices c ON c.scene_seq = s.seq CROSS JOIN devices d ON d.seq = c.device_seq
         WHERE ${where} ORDER BY s.seq, c.device_seq LIMIT @limit OFFSET @offset`,
      );
    this.#devices = { one: devices('s.seq = @sceneSeq'), all: devices('s.user_id = @userId') };
    this.#countOfAll = database.prepare<[number], { n: number }>(
      'SELECT count(*) AS n FROM scenes s CROSS JOIN scene_devices c ON c.scene_seq = s.seq WHERE s.user_id = ?',
    );
  }

  /** A scene of this user. */
  byId(userId: number, sceneId: string): SceneRow | undefined {
    return this.#byId.get(sceneId, userId);
  }

  count(userId: number): number {
    return this.#count.get(userId)!.n;
  }

  countDevices(sceneSeq: number): number {
    return this.#countDevices.get(sceneSeq)!.n;
  }

  /** @param scene.devices params are JSON; gives the number of its row */
  insert(scene: {
    sceneId: string;
    userId: number;
    name: string;
    schedule: string | null;
    devices: readonly { readonly deviceSeq: number; readonly params: string }[];
  }): number {
    return this.#database.transaction(() => {
      const seq = Number(this.#insert.run(scene.sceneId, scene.userId, scene.name, scene.schedule).lastInsertRowid);
      for (const { deviceSeq, params } of scene.devices) this.#setDevice.run(seq, deviceSeq, params);
      return seq;
    })();
  }

  /** Adds a board, or changes what it is told. */
  setDevice(sceneSeq: number, deviceSeq: number, params: string): void {
    this.#setDevice.run(sceneSeq, deviceSeq, params);
  }

  /** False where the board is not in the scene. */
  removeDevice(sceneSeq: number, deviceId: string): boolean {
    return this.#removeDevice.run(sceneSeq, deviceId).changes === 1;
  }

  delete(sceneSeq: number): void {
    this.#delete.run(sceneSeq);
  }

  commands(sceneSeq: number): { device_id: string; params: string }[] {
    return this.#commands.all(sceneSeq);
  }

  /** The boards of one scene, or of all of a user. */
  devices(filter: DevicesFilter): { rows: SceneDeviceRow[]; total: number } {
    const { sceneSeq, userId } = filter;
    if (sceneSeq === undefined) {
      return { rows: this.#devices.all.all({ ...filter }), total: this.#countOfAll.get(userId)!.n };
    }
    return { rows: this.#devices.one.all({ ...filter }), total: this.countDevices(sceneSeq) };
  }
}
