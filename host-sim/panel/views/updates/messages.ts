/** A firmware package as the API shows it. */
export interface FirmwarePackage {
  readonly packageId: string;
  readonly productKey: string;
  readonly chipModel: string;
  readonly version: string;
  readonly versionFloor: string;
  /** Ids of the keys that must sign what comes after it. */
  readonly requiredKeys: readonly number[];
  /** Ids of the keys that are said to have signed it. */
  readonly signedBy: readonly number[];
  readonly bytes: number;
  readonly sha256: string;
  readonly uploadedAt: string;
}

/** Those that can still change by themselves, in the order in which a board goes through them. */
export const OPEN_STATES = ['pending', 'told', 'downloading', 'verifying', 'restarting'] as const;
export const STATES = [...OPEN_STATES, 'updated', 'failed', 'skipped', 'superseded', 'cancelled'] as const;
export type UpdateState = (typeof STATES)[number];

export interface Campaign {
  readonly campaignId: string;
  readonly name: string;
  readonly packageId: string;
  readonly productKey: string;
  readonly version: string;
  readonly status: 'running' | 'paused' | 'aborted' | 'completed';
  /** Why it was aborted. */
  readonly reason: string | null;
  /** Percents of its boards that rise to 100. */
  readonly stages: readonly number[];
  /** The present one, from 1. */
  readonly stage: number;
  readonly stageHours: number;
  readonly nextStageAt: string | null;
  readonly abortPercent: number;
  readonly silentMinutes: number;
  readonly boards: Readonly<Record<UpdateState | 'total', number>>;
  readonly createdAt: string;
  readonly endedAt: string | null;
}

/** What is known of a board's update. */
export interface Update {
  readonly version: string;
  readonly fromVersion: string;
  readonly state: UpdateState;
  /** While it is downloading. */
  readonly percent: number | null;
  /** Where it failed, −1 to −4. */
  readonly step: number | null;
  readonly desc: string | null;
  readonly changedAt: string;
}

/** As the list of a campaign has it. */
export interface CampaignDevice extends Update {
  readonly deviceId: string;
  readonly deviceSN: string;
  /** What it runs. */
  readonly firmwareVersion: string;
  readonly stage: number;
}

/** As the history of a board has it. */
export interface DeviceUpdate extends Update {
  readonly campaignId: string;
  readonly packageId: string;
  readonly createdAt: string;
}

/** Boards that can still change by themselves. */
function openBoards({ boards }: Campaign): number {
  return OPEN_STATES.reduce((sum, state) => sum + boards[state], 0);
}

/** Whether something may still come of it without anybody's doing. */
export function isLive(campaign: Campaign): boolean {
  return campaign.status === 'running' || campaign.status === 'paused' || openBoards(campaign) > 0;
}
