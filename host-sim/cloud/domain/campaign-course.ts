import type { CancelTimer, CloudEnvironment } from '../environment.js';
import type { Logger } from '../events.js';
import type { CampaignRow, CampaignStatus, CampaignStore } from '../store/campaign-store.js';
import type { StateCount, UpdateStore } from '../store/update-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import { nextStep, type Progress } from './campaign-rules.js';
import { ALONE, type Lead } from './lead.js';
import { isOpen, type UpdateState } from './update-states.js';

/** How often it is looked whether stages are over and boards are silent, ms. */
const LOOK_MS = 30_000;

/** Takes campaigns from stage to stage, and to their end. */
export class CampaignCourse {
  readonly #campaigns: CampaignStore;
  readonly #updates: UpdateStore;
  readonly #writes: WriteBatch;
  readonly #environment: CloudEnvironment;
  readonly #log: Logger;
  readonly #lead: Lead;
  readonly #tell: (campaignSeq: number) => void;
  readonly #giveUpSilent: () => void;
  /** Campaigns of which something has changed, by their seq. */
  readonly #touched = new Set<number>();
  #cancelLook: CancelTimer | undefined;
  #closed = false;

  constructor(options: {
    campaigns: CampaignStore;
    updates: UpdateStore;
    writes: WriteBatch;
    environment: CloudEnvironment;
    log: Logger;
    /** Who leads takes campaigns on; the others only set what a user has asked for. */
    lead?: Lead | undefined;
    /** The boards of a campaign that its stage has reached are to be told. */
    tell: (campaignSeq: number) => void;
    /** Boards of which nothing is heard are to be given up. */
    giveUpSilent: () => void;
  }) {
    this.#campaigns = options.campaigns;
    this.#updates = options.updates;
    this.#writes = options.writes;
    this.#environment = options.environment;
    this.#log = options.log;
    this.#lead = options.lead ?? ALONE;
    this.#tell = options.tell;
    this.#giveUpSilent = options.giveUpSilent;
  }

  /** Something of a campaign has changed: what follows from it comes soon, once for all that changes until then. */
  touch(campaignSeq: number): void {
    if (this.#closed || !this.#lead.isHeld) return;
    this.#look();
    const isFirst = this.#touched.size === 0;
    this.#touched.add(campaignSeq);
    if (isFirst) this.#environment.defer(() => this.#goOn());
  }

  /** Goes on with every campaign where it was, and has their boards told. */
  start(): void {
    for (const seq of this.#campaigns.live()) {
      this.touch(seq);
      this.#tell(seq);
    }
    this.#look();
  }

  /** Sets a campaign's status, and tells of it. */
  setStatus(campaign: CampaignRow, status: CampaignStatus, reason: string | null = null): void {
    const at = this.#environment.now();
    const isOver = status === 'aborted' || status === 'completed';
    this.#writes.add(
      () => {
        this.#campaigns.setStatus(campaign.seq, status, reason, isOver ? at : null);
        if (status === 'aborted') this.#updates.cancelPending(campaign.seq, at);
      },
      (error) => this.#changed(error, { ...campaign, status, reason }),
    );
  }

  close(): void {
    this.#closed = true;
    this.#cancelLook?.();
  }

  /** Looks again in a while, as long as there is something to look at. */
  #look(): void {
    this.#cancelLook ??= this.#environment.setTimer(() => {
      this.#cancelLook = undefined;
      if (!this.#lead.isHeld) return;
      this.#writes.flush();
      this.#giveUpSilent();
      const live = this.#campaigns.live();
      for (const seq of live) this.touch(seq);
      if (live.length > 0 || this.#updates.underWay().length > 0) this.#look();
    }, LOOK_MS);
  }

  #goOn(): void {
    const touched = [...this.#touched];
    this.#touched.clear();
    if (this.#closed || !this.#lead.isHeld) return;
    this.#writes.flush();
    for (const seq of touched) {
      const campaign = this.#campaigns.bySeq(seq);
      if (campaign && campaign.ended_at === null) this.#judge(campaign);
    }
  }

  #judge(campaign: CampaignRow): void {
    const progress = progressOf(this.#updates.counts(campaign.seq, campaign.stage));
    const stages = JSON.parse(campaign.stages) as number[];
    const clock = {
      isLast: campaign.stage === stages.length - 1,
      isOver: campaign.status === 'running' && this.#environment.now() >= campaign.stage_began_at + campaign.stage_ms,
    };
    switch (nextStep(progress, campaign.abort_percent, clock)) {
      case 'abort': {
        const { updated, failed } = progress;
        this.setStatus(campaign, 'aborted', `${failed} of the ${failed + updated} boards that have ended have failed`);
        break;
      }
      case 'complete':
        this.setStatus(campaign, 'completed');
        break;
      case 'grow':
        this.#grow(campaign);
    }
  }

  #grow(campaign: CampaignRow): void {
    const stage = campaign.stage + 1;
    const at = this.#environment.now();
    this.#writes.add(
      () => this.#campaigns.setStage(campaign.seq, stage, at),
      (error) => this.#changed(error, { ...campaign, stage }),
    );
  }

  #changed(error: Error | undefined, campaign: CampaignRow): void {
    const { campaign_id: campaignId, status, stage, reason } = campaign;
    if (error) {
      this.#log.error('campaign_not_stored', { campaignId, why: error.message });
      return;
    }
    this.#log.info('campaign_changed', { campaignId, status, stage: stage + 1, ...(reason !== null && { reason }) });
    if (status !== 'running') return;
    this.touch(campaign.seq);
    this.#tell(campaign.seq);
  }
}

function progressOf(counts: readonly StateCount[]): Progress {
  const sum = (fits: (state: UpdateState, reached: boolean) => boolean): number =>
    counts.reduce((n, count) => (fits(count.state as UpdateState, count.reached === 1) ? n + count.n : n), 0);
  return {
    open: sum((state) => isOpen(state)),
    pending: sum((state, reached) => reached && state === 'pending'),
    underWay: sum((state) => isOpen(state) && state !== 'pending'),
    updated: sum((state) => state === 'updated'),
    failed: sum((state) => state === 'failed'),
  };
}
