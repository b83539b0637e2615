import { compareVersions, isVersion } from '../../../src/core/version.js';
import type { CloudEnvironment } from '../environment.js';
import type { EventHub, Logger } from '../events.js';
import type { CampaignStore } from '../store/campaign-store.js';
import type { DeviceStore } from '../store/device-store.js';
import type { PackageStore } from '../store/package-store.js';
import type { CurrentUpdate, UpdateStore } from '../store/update-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import type { Access } from './access.js';
import { CampaignCourse } from './campaign-course.js';
import type { FileTokens } from './file-tokens.js';
import { ALONE, type Lead } from './lead.js';
import { type InformMessage, type ProgressMessage, upgradeMessage } from './ota-messages.js';
import type { BoardLink, Sessions } from './sessions.js';
import { boardTopics } from './topics.js';
import {
  type Change,
  cameBack,
  fellSilent,
  informed,
  progressed,
  type Relation,
  SESSION_ENDED,
  type Standing,
  type UpdateState,
  wentOffline,
} from './update-states.js';

/** After a board came online: time to say which version it runs before it is told of another, ms. */
const INFORM_MS = 10_000;
/** For a board that came back with the old version: time to go on with the new one, where only the power had gone, ms. */
const COME_BACK_MS = 5 * 60_000;
/** Boards that are told at a time; others have their turn in between. */
const TOLD_AT_ONCE = 64;

/** By which host a board reached the API when it activated, and whether over TLS. */
export interface ReachedBy {
  /** Undefined for one that activated before this was kept. */
  readonly host: string | undefined;
  readonly isSecure: boolean;
}

/** Where a board finds the file of a token; undefined: nowhere that it could reach. */
export type FileUrl = (token: string, by: ReachedBy) => string | undefined;

/**
 * The updates of boards, as boards see them: who is told of which version, and what follows from what he says. Each change is on the
 * disk before anything follows from it, so that a cloud that was killed goes on where it was. A board has one update at a time: that of
 * the newest campaign.
 */
export class UpdateService {
  readonly course: CampaignCourse;
  readonly #store: UpdateStore;
  readonly #campaigns: CampaignStore;
  readonly #packages: PackageStore;
  readonly #devices: DeviceStore;
  readonly #tokens: FileTokens;
  readonly #access: Access;
  readonly #sessions: Sessions;
  readonly #writes: WriteBatch;
  readonly #environment: CloudEnvironment;
  readonly #events: EventHub;
  readonly #log: Logger;
  readonly #lead: Lead;
  readonly #newId: () => string;
  #fileUrl: FileUrl | undefined;

  constructor(options: {
    store: UpdateStore;
    campaigns: CampaignStore;
    packages: PackageStore;
    devices: DeviceStore;
    tokens: FileTokens;
    access: Access;
    sessions: Sessions;
    writes: WriteBatch;
    environment: CloudEnvironment;
    events: EventHub;
    log: Logger;
    lead?: Lead | undefined;
    /** Digits that no message to a board had before. */
    newId: () => string;
  }) {
    this.#store = options.store;
    this.#campaigns = options.campaigns;
    this.#packages = options.packages;
    this.#devices = options.devices;
    this.#tokens = options.tokens;
    this.#access = options.access;
    this.#sessions = options.sessions;
    this.#writes = options.writes;
    this.#environment = options.environment;
    this.#events = options.events;
    this.#log = options.log;
    this.#lead = options.lead ?? ALONE;
    this.#newId = options.newId;
    this.course = new CampaignCourse({
      ...options,
      lead: this.#lead,
      updates: options.store,
      tell: (campaignSeq) => this.#tellFrom(campaignSeq, 0),
      giveUpSilent: () => this.#giveUpSilent(),
    });
    // Nobody is connected to a cloud that starts, and leads none that run.
    if (this.#lead.isHeld) this.#store.forgetSessions(SESSION_ENDED);
    this.#lead.onTaken(() => this.heed());
    this.#events.on('deviceOnline', ({ deviceId }) => this.#cameOnline(deviceId));
    this.#events.on('deviceOffline', ({ deviceId }) => this.#wentOffline(deviceId));
  }

  /** To be called when files can be fetched: from now on boards are told. */
  start(fileUrl: FileUrl): void {
    this.#fileUrl = fileUrl;
    this.course.start();
  }

  /** To be called when another process may have begun or steered a campaign: who leads goes on with it. */
  heed(): void {
    if (this.#fileUrl !== undefined && this.#lead.isHeld) this.course.start();
  }

  /** Tells nobody any more. */
  close(): void {
    this.#fileUrl = undefined;
    this.course.close();
  }

  /** A board has said which version it runs; `done` is called when that is on the disk. */
  informed(link: BoardLink, { version, isFirmware }: InformMessage, done: (error: Error | undefined) => void): void {
    if (!isFirmware || !this.#lead.isHeld) {
      done(undefined);
      return;
    }
    const { deviceSeq } = link.board;
    this.#apply(
      deviceSeq,
      (update) => {
        this.#devices.setFirmware(deviceSeq, version);
        return update && informed(standing(update), relation(version, update.version), version);
      },
      done,
    );
  }

  /** A board has said how far it is. */
  progressed(link: BoardLink, { step, detail }: ProgressMessage): void {
    if (!this.#lead.isHeld) return;
    this.#apply(link.board.deviceSeq, (update) => update && progressed(standing(update), step, detail));
  }

  #cameOnline(deviceId: string): void {
    if (!this.#lead.isHeld) return;
    const device = this.#devices.byId(deviceId);
    const state = device && this.#store.current(device.seq)?.state;
    // Also one that was told on a session whose end is not on the disk yet.
    if (!device || (state !== 'pending' && state !== 'told')) return;
    // A board that has restarted says so, and whatever became of an update before; only who just reconnected is silent.
    this.#environment.setTimer(() => this.#offer(device.seq), INFORM_MS);
  }

  #wentOffline(deviceId: string): void {
    const device = this.#lead.isHeld ? this.#devices.byId(deviceId) : undefined;
    if (device) this.#apply(device.seq, (update) => update && wentOffline(standing(update)));
  }

  #giveUpSilent(): void {
    const now = this.#environment.now();
    for (const { campaign_seq: campaignSeq, silent_ms: silentMs } of this.#store.underWay()) {
      for (const deviceSeq of this.#store.silent(campaignSeq, now - silentMs)) {
        this.#apply(deviceSeq, (update) => update && fellSilent(standing(update), silentMs / 60_000));
      }
    }
    for (const deviceSeq of this.#store.cameBack(now - COME_BACK_MS)) {
      this.#apply(deviceSeq, (update) =>
        update && update.detail !== null ? cameBack(standing(update), update.detail) : undefined,
      );
    }
  }

  #tellFrom(campaignSeq: number, afterSeq: number): void {
    if (this.#fileUrl === undefined || !this.#lead.isHeld) return;
    const campaign = this.#campaigns.bySeq(campaignSeq);
    if (campaign?.status !== 'running') return;
    const boards = this.#store.pending(campaignSeq, campaign.stage, afterSeq, TOLD_AT_ONCE);
    for (const deviceSeq of boards) this.#offer(deviceSeq);
    const last = boards.at(-1);
    if (last !== undefined) this.#environment.defer(() => this.#tellFrom(campaignSeq, last));
  }

  /** Tells a board that is to be told and has not been. */
  #offer(deviceSeq: number): void {
    if (this.#fileUrl === undefined || !this.#lead.isHeld) return;
    this.#apply(deviceSeq, (update) =>
      update?.state === 'pending' && standing(update).mayTell ? { state: 'told' } : undefined,
    );
  }

  /** Has something decided about a board's update, in one commit with whatever else is decided then, and carries it out. */
  #apply(
    deviceSeq: number,
    decide: (update: CurrentUpdate | undefined) => Change | undefined,
    done: (error: Error | undefined) => void = (error) => this.#notStored(error),
  ): void {
    let applied: { readonly update: CurrentUpdate; readonly change: Change } | undefined;
    this.#writes.addLed(
      () => {
        applied = undefined;
        const update = this.#store.current(deviceSeq);
        const decided = decide(update);
        if (!update || !decided) return;
        const change = decided.state === 'told' ? this.#telling(update) : decided;
        if (!change) return;
        const { state, percent = null, step = null, detail = null } = change;
        this.#store.set(update, { state, percent, step, detail, at: this.#environment.now() });
        applied = { update, change };
      },
      (error) => {
        done(error);
        if (!error && applied) this.#applied(applied.update, applied.change);
      },
    );
  }

  /** What becomes of a board that is to be told; undefined while it cannot be. */
  #telling(update: CurrentUpdate): Change | undefined {
    if (!this.#access.seesDevice(update.user_id, update.device_id)) {
      return { state: 'cancelled', detail: 'whoever began the campaign may no longer control it' };
    }
    return this.#listener(update) !== undefined && this.#url(update) !== undefined ? { state: 'told' } : undefined;
  }

  #applied(update: CurrentUpdate, { state, percent, step, detail }: Change): void {
    const { device_id: deviceId, campaign_id: campaignId, version } = update;
    if (state === 'told') this.#tell(update);
    if (state !== update.state) this.course.touch(update.campaign_seq);
    const at = this.#environment.now();
    this.#events.emit('updateChanged', { deviceId, campaignId, version, state, percent, step, detail, at });
  }

  #tell(update: CurrentUpdate): void {
    const { device_id: deviceId, version, campaign_id: campaignId } = update;
    const file = this.#packages.byId(update.package_id);
    const link = this.#listener(update);
    const url = this.#url(update);
    // A session that has just ended makes it one that is to be told.
    if (!file || !link || url === undefined) return;
    const message = upgradeMessage({
      id: Number(this.#newId()),
      version,
      url,
      size: file.bytes,
      md5: file.md5.toString('hex'),
      sha256: file.sha256.toString('hex'),
    });
    this.#log.info('update_told', { deviceId, campaignId, version });
    const { otaUpgrade } = link.board.topics;
    link.publish(otaUpgrade, message, { qos: 1, retain: false }).catch((error: Error) => {
      this.#log.info('update_not_delivered', { deviceId, campaignId, why: error.message });
    });
  }

  /** The session on which a board would hear of an update. */
  #listener({ device_id: deviceId, product_key: productKey }: CurrentUpdate): BoardLink | undefined {
    return this.#sessions.listening(deviceId, boardTopics(productKey, deviceId).otaUpgrade);
  }

  #url({ device_id: deviceId, campaign_seq: campaignSeq, api_host: host, api_secure: secure }: CurrentUpdate) {
    const url = this.#fileUrl?.(this.#token(campaignSeq), { host: host ?? undefined, isSecure: secure === 1 });
    if (url === undefined) this.#log.warn('update_without_address', { deviceId });
    return url;
  }

  /** The token of a campaign's file: a new one where that cannot be opened any more. */
  #token(campaignSeq: number): string {
    const token = this.#tokens.open(this.#campaigns.bySeq(campaignSeq)!.sealed_token);
    if (token !== undefined) return token;
    const made = this.#tokens.make();
    this.#campaigns.setToken(campaignSeq, made);
    return this.#tokens.open(made.sealedToken)!;
  }

  #notStored(error: Error | undefined): void {
    if (error) this.#log.error('update_not_stored', { why: error.message });
  }
}

function standing(update: CurrentUpdate): Standing {
  return {
    state: update.state as UpdateState,
    wasTold: update.state !== 'pending' || update.detail === SESSION_ENDED,
    mayTell: update.campaign_status === 'running' && update.reached === 1,
    isAborted: update.campaign_status === 'aborted',
  };
}

function relation(version: string, target: string): Relation {
  const difference = isVersion(version) ? compareVersions(version, target) : -1;
  return difference === 0 ? 'same' : difference < 0 ? 'older' : 'newer';
}
