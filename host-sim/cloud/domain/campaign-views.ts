import type { CampaignRow, CampaignStatus } from '../store/campaign-store.js';
import type { SeenUpdate, StateCount } from '../store/update-store.js';
import { ENDED_STATES, OPEN_STATES, type UpdateState } from './update-states.js';

export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/** Said of a board that is updated, and has posted an event of that name since. */
const KEYS_UNKNOWN =
  'update_keys_unknown: its build lacks a key that must sign the next update, so those before it still sign';

/** A campaign as the API shows it. Times are ISO 8601, UTC. */
export interface CampaignView {
  readonly campaignId: string;
  readonly name: string;
  readonly packageId: string;
  readonly productKey: string;
  readonly version: string;
  readonly status: CampaignStatus;
  /** Why it was aborted. */
  readonly reason: string | null;
  readonly stages: readonly number[];
  /** The present one, from 1. */
  readonly stage: number;
  readonly stageHours: number;
  /** Before this the next stage does not begin; null where none comes. */
  readonly nextStageAt: string | null;
  readonly abortPercent: number;
  readonly silentMinutes: number;
  /** Boards, by their state, and all of them. */
  readonly boards: Readonly<Record<UpdateState | 'total', number>>;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/** A board's part in a campaign. */
export interface UpdateView {
  readonly version: string;
  readonly fromVersion: string;
  readonly state: UpdateState;
  readonly percent: number | null;
  /** Alink's step at which it failed, −1 to −4; null where the board named none. */
  readonly step: number | null;
  readonly desc: string | null;
  readonly changedAt: string;
}

/** As the list of a campaign shows it. */
export interface CampaignDeviceView extends UpdateView {
  readonly deviceId: string;
  readonly deviceSN: string;
  /** What it runs, as far as is known. */
  readonly firmwareVersion: string;
  /** From which it is in, from 1. */
  readonly stage: number;
}

/** As the history of a board shows it. */
export interface DeviceUpdateView extends UpdateView {
  readonly campaignId: string;
  readonly packageId: string;
  readonly createdAt: string;
}

/** @param counts of its boards */
export function campaignView(row: CampaignRow, counts: readonly StateCount[]): CampaignView {
  const stages = JSON.parse(row.stages) as number[];
  const boards = { total: 0 } as Record<UpdateState | 'total', number>;
  for (const state of [...OPEN_STATES, ...ENDED_STATES]) boards[state] = 0;
  for (const { state, n } of counts) {
    boards[state as UpdateState] += n;
    boards.total += n;
  }
  const isGrowing = row.ended_at === null && row.stage < stages.length - 1;
  return {
    campaignId: row.campaign_id,
    name: row.name,
    packageId: row.package_id,
    productKey: row.product_key,
    version: row.version,
    status: row.status,
    reason: row.reason,
    stages,
    stage: row.stage + 1,
    stageHours: row.stage_ms / HOUR_MS,
    nextStageAt: isGrowing ? isoTime(row.stage_began_at + row.stage_ms) : null,
    abortPercent: row.abort_percent,
    silentMinutes: row.silent_ms / MINUTE_MS,
    boards,
    createdAt: isoTime(row.created_at),
    endedAt: row.ended_at === null ? null : isoTime(row.ended_at),
  };
}

/** What a board's part in a campaign of this version is shown as. */
export function updateView(row: SeenUpdate, version: string): UpdateView {
  return {
    version,
    fromVersion: row.from_version,
    state: row.state as UpdateState,
    percent: row.percent,
    step: row.step,
    desc: row.lacks_keys ? KEYS_UNKNOWN : row.detail,
    changedAt: isoTime(row.changed_at),
  };
}

export function isoTime(time: number): string {
  return new Date(time).toISOString();
}
