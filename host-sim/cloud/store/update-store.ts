import type { CampaignStatus } from './campaign-store.js';
import type { SqliteDatabase } from './database.js';
import { VISIBLE_PROJECTS } from './project-store.js';

/** One board in one campaign; `state` is an `UpdateState`. */
export interface UpdateRow {
  readonly state: string;
  readonly percent: number | null;
  readonly step: number | null;
  readonly detail: string | null;
  readonly stage: number;
  readonly from_version: string;
  readonly created_at: number;
  readonly changed_at: number;
}

/** The newest campaign's of a board, with what its campaign says. */
export interface CurrentUpdate extends UpdateRow {
  readonly device_seq: number;
  readonly device_id: string;
  readonly product_key: string;
  readonly api_host: string | null;
  readonly api_secure: number;
  readonly campaign_seq: number;
  readonly campaign_id: string;
  readonly package_id: string;
  readonly version: string;
  readonly user_id: number;
  readonly campaign_status: CampaignStatus;
  /** Whether the campaign's present stage has it. */
  readonly reached: number;
}

/** As lists show it. */
export interface SeenUpdate extends UpdateRow {
  /** The board has said since that its build does not know all keys that the update wants: as far as its events are kept. */
  readonly lacks_keys: 0 | 1;
}

/** As the list of a campaign shows it. */
export interface ListedUpdate extends SeenUpdate {
  readonly device_id: string;
  readonly device_sn: string;
  readonly firmware_version: string;
}

/** Which boards of a campaign are listed: those that the user sees. */
export interface ListedPart {
  readonly campaignSeq: number;
  readonly userId: number;
  /** In this state; null: in any. */
  readonly state: string | null;
}

/** As the history of a board shows it. */
export interface PastUpdate extends SeenUpdate {
  readonly campaign_id: string;
  readonly package_id: string;
  readonly version: string;
}

export interface StateCount {
  readonly state: string;
  /** Whether the campaign's present stage has these. */
  readonly reached: number;
  readonly n: number;
}

/** A board that a campaign may be about. */
export interface Candidate {
  readonly seq: number;
  readonly device_id: string;
  readonly firmware_version: string;
}

export interface NewUpdate {
  readonly deviceSeq: number;
  readonly campaignSeq: number;
  readonly stage: number;
  readonly fromVersion: string;
  readonly at: number;
}

export interface UpdateChange {
  readonly state: string;
  readonly percent: number | null;
  readonly step: number | null;
  readonly detail: string | null;
  readonly at: number;
}

const OPEN = "('pending', 'told', 'downloading', 'verifying', 'restarting')";
const UNDER_WAY = "('told', 'downloading', 'verifying', 'restarting')";
const NEWEST =
  'NOT EXISTS (SELECT 1 FROM updates n WHERE n.device_seq = u.device_seq AND n.campaign_seq > u.campaign_seq)';

const LACKS_KEYS = `(u.state = 'updated' AND ${NEWEST} AND EXISTS (SELECT 1 FROM device_events e WHERE
  e.device_seq = u.device_seq AND e.name = 'update_keys_unknown' AND e.received_at >= u.created_at)) AS lacks_keys`;
const ABORTED = "((SELECT c.status FROM campaigns c WHERE c.seq = u.campaign_seq) = 'aborted')";

const LISTED = `u.campaign_seq = @campaignSeq AND (@state IS NULL OR u.state = @state)
  AND d.project_id IN ${VISIBLE_PROJECTS}`;

/** Where every board of every campaign stands. What of it is a board's past ends with the campaign's row. */
export class UpdateStore {
  readonly #candidates;
  readonly #insert;
  readonly #supersede;
  readonly #current;
  readonly #set;
  readonly #counts;
  readonly #pending;
  readonly #silent;
  readonly #cameBack;
  readonly #anyUnderWay;
  readonly #cancelPending;
  readonly #openAgain;
  readonly #forgetSessions;
  readonly #ofCampaign;
  readonly #countOfCampaign;
  readonly #ofDevice;
  readonly #countOfDevice;

  constructor(database: SqliteDatabase) {
    this.#candidates = database.prepare<[{ productId: number; chip: string; userId: number }], Candidate>(
      `SELECT d.seq, d.device_id, d.firmware_version FROM devices d
       WHERE d.product_id = @productId AND d.activated_at IS NOT NULL AND d.disabled = 0 AND d.chip_model IN ('', @chip)
         AND d.project_id IN ${VISIBLE_PROJECTS}`,
    );
    this.#insert = database.prepare<[NewUpdate]>(
      `INSERT INTO updates (device_seq, campaign_seq, stage, from_version, created_at, changed_at)
       VALUES (@deviceSeq, @campaignSeq, @stage, @fromVersion, @at, @at)`,
    );
    this.#supersede = database.prepare<[{ campaignSeq: number; at: number }], { campaign_seq: number }>(
      `UPDATE updates SET state = 'superseded', percent = NULL, changed_at = @at
       WHERE state IN ${OPEN} AND campaign_seq < @campaignSeq
         AND device_seq IN (SELECT device_seq FROM updates WHERE campaign_seq = @campaignSeq)
       RETURNING campaign_seq`,
    );
    this.#current = database.prepare<[number], CurrentUpdate>(
      `SELECT u.*, d.device_id, d.api_host, d.api_secure, p.product_key, c.campaign_id, c.package_id, c.version, c.user_id,
         c.status AS campaign_status, u.stage <= c.stage AS reached
       FROM updates u JOIN campaigns c ON c.seq = u.campaign_seq JOIN devices d ON d.seq = u.device_seq
         JOIN products p ON p.product_id = d.product_id
       WHERE u.device_seq = ? ORDER BY u.campaign_seq DESC LIMIT 1`,
    );
    this.#set = database.prepare<[UpdateChange & { deviceSeq: number; campaignSeq: number }]>(
      `UPDATE updates SET state = @state, percent = @percent, step = @step, detail = @detail, changed_at = @at
       WHERE device_seq = @deviceSeq AND campaign_seq = @campaignSeq`,
    );
    this.#counts = database.prepare<[number, number], StateCount>(
      'SELECT state, stage <= ? AS reached, count(*) AS n FROM updates WHERE campaign_seq = ? GROUP BY 1, 2',
    );
    this.#pending = database.prepare<[number, number, number, number], { device_seq: number }>(
      `SELECT device_seq FROM updates
       WHERE campaign_seq = ? AND state = 'pending' AND stage <= ? AND device_seq > ? ORDER BY device_seq LIMIT ?`,
    );
    this.#silent = database.prepare<[number, number], { device_seq: number }>(
      `SELECT device_seq FROM updates WHERE campaign_seq = ? AND changed_at <= ? AND state IN ${UNDER_WAY}`,
    );
    this.#cameBack = database.prepare<[number], { device_seq: number }>(
      `SELECT device_seq FROM updates
       WHERE state IN ${UNDER_WAY} AND state = 'restarting' AND detail IS NOT NULL AND changed_at <= ?`,
    );
    this.#anyUnderWay = database.prepare<[], { campaign_seq: number; silent_ms: number }>(
      `SELECT DISTINCT u.campaign_seq, c.silent_ms FROM updates u JOIN campaigns c ON c.seq = u.campaign_seq
       WHERE u.state IN ${UNDER_WAY}`,
    );
    this.#cancelPending = database.prepare<[number, number]>(
      "UPDATE updates SET state = 'cancelled', changed_at = ? WHERE campaign_seq = ? AND state = 'pending'",
    );
    this.#openAgain = database.prepare<[{ campaignSeq: number; at: number; hasMoved: 0 | 1 }]>(
      `UPDATE updates AS u SET state = 'pending', percent = NULL, step = NULL, detail = NULL, changed_at = @at
       WHERE campaign_seq = @campaignSeq AND ${NEWEST}
         AND (state IN ('failed', 'cancelled') OR (@hasMoved AND state IN ('told', 'downloading')))`,
    );
    this.#forgetSessions = database.prepare<[{ why: string }]>(
      `UPDATE updates AS u SET
         state = CASE state WHEN 'told' THEN iif(${ABORTED}, 'cancelled', 'pending') WHEN 'verifying' THEN 'restarting' ELSE state END,
         detail = iif(state = 'told' AND NOT ${ABORTED}, @why, detail)
       WHERE state IN ${UNDER_WAY}`,
    );
    this.#ofCampaign = database.prepare<[ListedPart & { limit: number; offset: number }], ListedUpdate>(
      `SELECT u.*, ${LACKS_KEYS}, d.device_id, d.device_sn, d.firmware_version FROM updates u JOIN devices d ON d.seq = u.device_seq
       WHERE ${LISTED} ORDER BY u.device_seq LIMIT @limit OFFSET @offset`,
    );
    this.#countOfCampaign = database.prepare<[ListedPart], { n: number }>(
      `SELECT count(*) AS n FROM updates u JOIN devices d ON d.seq = u.device_seq WHERE ${LISTED}`,
    );
    this.#ofDevice = database.prepare<[number, number, number], PastUpdate>(
      `SELECT u.*, ${LACKS_KEYS}, c.campaign_id, c.package_id, c.version FROM updates u JOIN campaigns c ON c.seq = u.campaign_seq
       WHERE u.device_seq = ? ORDER BY u.campaign_seq DESC LIMIT ? OFFSET ?`,
    );
    this.#countOfDevice = database.prepare<[number], { n: number }>(
      'SELECT count(*) AS n FROM updates WHERE device_seq = ?',
    );
  }

  /** The boards of a product that a user may control, that are in use, and whose chip is this one, as far as it is known. */
  candidates(productId: number, chip: string, userId: number): Candidate[] {
    return this.#candidates.all({ productId, chip, userId });
  }

  insert(update: NewUpdate): void {
    this.#insert.run(update);
  }

  /** Ends what older campaigns had to do with the boards of this one; the campaigns that lose some, by their seq. */
  supersede(campaignSeq: number, at: number): Set<number> {
    return new Set(this.#supersede.all({ campaignSeq, at }).map((row) => row.campaign_seq));
  }

  current(deviceSeq: number): CurrentUpdate | undefined {
    return this.#current.get(deviceSeq);
  }

  set(update: CurrentUpdate, change: UpdateChange): void {
    this.#set.run({ ...change, deviceSeq: update.device_seq, campaignSeq: update.campaign_seq });
  }

  counts(campaignSeq: number, stage: number): StateCount[] {
    return this.#counts.all(stage, campaignSeq);
  }

  /** Boards up to this stage that are to be told, by their seq, a page at a time. */
  pending(campaignSeq: number, stage: number, afterSeq: number, limit: number): number[] {
    return this.#pending.all(campaignSeq, stage, afterSeq, limit).map((row) => row.device_seq);
  }

  /** Campaigns with boards under way, and for how long these may be silent, ms. */
  underWay(): readonly { readonly campaign_seq: number; readonly silent_ms: number }[] {
    return this.#anyUnderWay.all();
  }

  /** Boards under way of which nothing was heard since then, by their seq. */
  silent(campaignSeq: number, since: number): number[] {
    return this.#silent.all(campaignSeq, since).map((row) => row.device_seq);
  }

  /** Boards that said by then that they had come back with the old version, and nothing since; by their seq. */
  cameBack(by: number): number[] {
    return this.#cameBack.all(by).map((row) => row.device_seq);
  }

  cancelPending(campaignSeq: number, at: number): void {
    this.#cancelPending.run(at, campaignSeq);
  }

  /**
   * Has the boards told again that failed or were cancelled, unless a newer campaign has them.
   * @param hasMoved their file is elsewhere now: those that have not all of it are told of that, too
   */
  openAgain(campaignSeq: number, at: number, hasMoved: boolean): void {
    this.#openAgain.run({ campaignSeq, at, hasMoved: hasMoved ? 1 : 0 });
  }

  /** As if all sessions had ended. @param why said of boards that are to be told again */
  forgetSessions(why: string): void {
    this.#forgetSessions.run({ why });
  }

  /** The boards of a campaign that a user sees. */
  ofCampaign(part: ListedPart, limit: number, offset: number): { rows: ListedUpdate[]; total: number } {
    const rows = this.#ofCampaign.all({ ...part, limit, offset });
    return { rows, total: this.#countOfCampaign.get(part)!.n };
  }

  /** The newest first. */
  ofDevice(deviceSeq: number, limit: number, offset: number): { rows: PastUpdate[]; total: number } {
    return { rows: this.#ofDevice.all(deviceSeq, limit, offset), total: this.#countOfDevice.get(deviceSeq)!.n };
  }
}
