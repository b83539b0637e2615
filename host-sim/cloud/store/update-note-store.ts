import type { SqliteDatabase } from './database.js';

/** A board's part in a campaign, with what an app noted about it. */
export interface NotedUpdate {
  readonly campaign_seq: number;
  readonly campaign_id: string;
  readonly version: string;
  readonly state: string;
  readonly step: number | null;
  readonly detail: string | null;
  /** Null, as the next two, where nobody noted anything. */
  readonly result: string | null;
  readonly remark: string | null;
  readonly noted_at: number | null;
}

export interface NewNote {
  readonly campaignSeq: number;
  readonly deviceSeq: number;
  readonly userId: number;
  readonly result: string;
  readonly remark: string;
  readonly at: number;
}

/** What apps say of updates: one note for each board of a campaign. */
export class UpdateNoteStore {
  readonly #find;
  readonly #set;

  constructor(database: SqliteDatabase) {
    this.#find = database.prepare<[{ deviceSeq: number; campaignId: string | null }], NotedUpdate>(
      `SELECT u.campaign_seq, c.campaign_id, c.version, u.state, u.step, u.detail, n.result, n.remark, n.noted_at
       FROM updates u JOIN campaigns c ON c.seq = u.campaign_seq
         LEFT JOIN update_notes n ON n.campaign_seq = u.campaign_seq AND n.device_seq = u.device_seq
       WHERE u.device_seq = @deviceSeq AND (@campaignId IS NULL OR c.campaign_id = @campaignId)
       ORDER BY u.campaign_seq DESC LIMIT 1`,
    );
    this.#set = database.prepare<[NewNote]>(
      `INSERT INTO update_notes (campaign_seq, device_seq, user_id, result, remark, noted_at)
       VALUES (@campaignSeq, @deviceSeq, @userId, @result, @remark, @at)
       ON CONFLICT (campaign_seq, device_seq) DO UPDATE SET user_id = excluded.user_id, result = excluded.result,
         remark = excluded.remark, noted_at = excluded.noted_at`,
    );
  }

  /** A board's update in this campaign, or its last one. */
  find(deviceSeq: number, campaignId: string | null): NotedUpdate | undefined {
    return this.#find.get({ deviceSeq, campaignId });
  }

  /** In the place of the one before. */
  set(note: NewNote): void {
    this.#set.run(note);
  }
}
