import type { SqliteDatabase } from './database.js';
import { VISIBLE_PROJECTS } from './project-store.js';

export type CampaignStatus = 'running' | 'paused' | 'aborted' | 'completed';

export interface CampaignRow {
  readonly seq: number;
  readonly campaign_id: string;
  readonly name: string;
  readonly package_id: string;
  readonly product_id: number;
  readonly product_key: string;
  readonly version: string;
  readonly user_id: number;
  readonly status: CampaignStatus;
  readonly reason: string | null;
  /** JSON: percents that rise to 100. */
  readonly stages: string;
  /** The present one, from 0. */
  readonly stage: number;
  readonly stage_began_at: number;
  readonly stage_ms: number;
  readonly silent_ms: number;
  readonly abort_percent: number;
  readonly sealed_token: Buffer;
  readonly created_at: number;
  readonly ended_at: number | null;
}

export interface NewCampaign {
  readonly campaignId: string;
  readonly name: string;
  readonly packageId: string;
  readonly productId: number;
  readonly version: string;
  readonly userId: number;
  readonly stages: string;
  readonly stageMs: number;
  readonly silentMs: number;
  readonly abortPercent: number;
  readonly tokenHash: Buffer;
  readonly sealedToken: Buffer;
  readonly at: number;
}

const SELECT = 'SELECT c.*, p.product_key FROM campaigns c JOIN products p USING (product_id)';
/** What a user sees and steers: what he began, and what is about boards that he may control, all of them. */
const HIS = `(c.user_id = @userId OR (EXISTS (SELECT 1 FROM updates u WHERE u.campaign_seq = c.seq) AND NOT EXISTS (
  SELECT 1 FROM updates u JOIN devices d ON d.seq = u.device_seq
  WHERE u.campaign_seq = c.seq AND d.project_id NOT IN ${VISIBLE_PROJECTS})))`;

/** Ended campaigns that are kept. */
export const MAX_ENDED = 200;

export class CampaignStore {
  readonly #insert;
  readonly #bySeq;
  readonly #byId;
  readonly #byToken;
  readonly #liveWith;
  readonly #live;
  readonly #list;
  readonly #count;
  readonly #setStatus;
  readonly #setStage;
  readonly #setToken;
  readonly #trim;
  readonly #prune;

  constructor(database: SqliteDatabase) {
    this.#insert = database.prepare<[NewCampaign]>(
      `INSERT INTO campaigns (campaign_id, name, package_id, product_id, version, user_id, stages, stage_began_at, stage_ms,
         silent_ms, abort_percent, token_hash, sealed_token, created_at)
       VALUES (@campaignId, @name, @packageId, @productId, @version, @userId, @stages, @at, @stageMs,
         @silentMs, @abortPercent, @tokenHash, @sealedToken, @at)`,
    );
    this.#bySeq = database.prepare<[number], CampaignRow>(`${SELECT} WHERE c.seq = ?`);
    this.#byId = database.prepare<[{ userId: number; campaignId: string }], CampaignRow>(
      `${SELECT} WHERE c.campaign_id = @campaignId AND ${HIS}`,
    );
    this.#byToken = database.prepare<[Buffer], CampaignRow>(`${SELECT} WHERE c.token_hash = ?`);
    this.#liveWith = database.prepare<[string], { seq: number }>(
      'SELECT seq FROM campaigns WHERE package_id = ? AND ended_at IS NULL LIMIT 1',
    );
    this.#live = database.prepare<[], { seq: number }>('SELECT seq FROM campaigns WHERE ended_at IS NULL ORDER BY seq');
    this.#list = database.prepare<[{ userId: number; limit: number; offset: number }], CampaignRow>(
      `${SELECT} WHERE ${HIS} ORDER BY c.seq DESC LIMIT @limit OFFSET @offset`,
    );
    this.#count = database.prepare<[{ userId: number }], { n: number }>(
      `SELECT count(*) AS n FROM campaigns c WHERE ${HIS}`,
    );
    this.#setStatus = database.prepare<[CampaignStatus, string | null, number | null, number]>(
      'UPDATE campaigns SET status = ?, reason = ?, ended_at = ? WHERE seq = ?',
    );
    this.#setStage = database.prepare<[number, number, number]>(
      'UPDATE campaigns SET stage = ?, stage_began_at = ? WHERE seq = ?',
    );
    this.#setToken = database.prepare<[Buffer, Buffer, number]>(
      'UPDATE campaigns SET token_hash = ?, sealed_token = ? WHERE seq = ?',
    );
    this.#trim = database.prepare(
      `DELETE FROM campaigns WHERE ended_at <= (
         SELECT ended_at FROM campaigns WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 1 OFFSET ${MAX_ENDED})`,
    );
    this.#prune = database.prepare<[number]>('DELETE FROM campaigns WHERE ended_at < ?');
  }

  /** Its seq. Of the ended ones the oldest make room. */
  insert(campaign: NewCampaign): number {
    this.#trim.run();
    return Number(this.#insert.run(campaign).lastInsertRowid);
  }

  bySeq(seq: number): CampaignRow | undefined {
    return this.#bySeq.get(seq);
  }

  /** One that a user sees. */
  find(userId: number, campaignId: string): CampaignRow | undefined {
    return this.#byId.get({ userId, campaignId });
  }

  byToken(hash: Buffer): CampaignRow | undefined {
    return this.#byToken.get(hash);
  }

  /** Whether a campaign of this package runs or is paused. */
  isLiveWith(packageId: string): boolean {
    return this.#liveWith.get(packageId) !== undefined;
  }

  /** Those that run or are paused, by their seq. */
  live(): number[] {
    return this.#live.all().map(({ seq }) => seq);
  }

  /** Those that a user sees, the newest first. */
  list(userId: number, limit: number, offset: number): { rows: CampaignRow[]; total: number } {
    return { rows: this.#list.all({ userId, limit, offset }), total: this.#count.get({ userId })!.n };
  }

  /** @param endedAt null for one that goes on */
  setStatus(seq: number, status: CampaignStatus, reason: string | null, endedAt: number | null): void {
    this.#setStatus.run(status, reason, endedAt, seq);
  }

  setStage(seq: number, stage: number, at: number): void {
    this.#setStage.run(stage, at, seq);
  }

  setToken(seq: number, token: { readonly tokenHash: Buffer; readonly sealedToken: Buffer }): void {
    this.#setToken.run(token.tokenHash, token.sealedToken, seq);
  }

  /** Forgets those that ended before, with what was in them. */
  prune(before: number): void {
    this.#prune.run(before);
  }
}
