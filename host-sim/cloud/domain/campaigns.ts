import { compareVersions, isVersion } from '../../../src/core/version.js';
import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { CampaignRow, CampaignStatus, CampaignStore } from '../store/campaign-store.js';
import type { PackageRow } from '../store/package-store.js';
import type { StoredFile } from '../store/stored-files.js';
import type { Candidate, UpdateStore } from '../store/update-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import type { Access } from './access.js';
import { inRandomOrder, shareOf, stageOf } from './campaign-rules.js';
import {
  type CampaignDeviceView,
  type CampaignView,
  campaignView,
  type DeviceUpdateView,
  HOUR_MS,
  isoTime,
  MINUTE_MS,
  updateView,
} from './campaign-views.js';
import type { FileTokens } from './file-tokens.js';
import type { PackageService } from './packages.js';
import { type Page, type PageRequest, pageOf } from './paging.js';
import { hashSecret, randomId } from './secrets.js';
import type { UpdateState } from './update-states.js';
import type { UpdateService } from './updates.js';
import type { UserView } from './users.js';

const NOTHING = new Uint8Array(0);
/** For how long an ended campaign is kept, ms. */
const KEPT_MS = 180 * 86_400_000;

export interface CampaignRequest {
  readonly packageId: string;
  readonly name?: string | undefined;
  /** Either these boards, or a share of all that the user may control; by default all of them. */
  readonly deviceIds?: readonly string[] | undefined;
  readonly percent?: number | undefined;
  /** Percents of the campaign's boards that rise to 100. */
  readonly stages: readonly number[];
  /** Between two stages. */
  readonly stageHours: number;
  /** The share of failures that ends it. */
  readonly abortPercent: number;
  /** How long a board that was told may be silent. */
  readonly silentMinutes: number;
}

export interface CampaignDevicesRequest extends PageRequest {
  /** Those in this state alone. */
  readonly state?: UpdateState | undefined;
}

/** Campaigns, which bring a package to boards, as users see and steer them. */
export class CampaignService {
  readonly #store: CampaignStore;
  readonly #updates: UpdateStore;
  readonly #packages: PackageService;
  readonly #service: UpdateService;
  readonly #tokens: FileTokens;
  readonly #access: Access;
  readonly #writes: WriteBatch;
  readonly #transaction: (work: () => void) => void;
  readonly #environment: CloudEnvironment;

  constructor(options: {
    store: CampaignStore;
    updates: UpdateStore;
    packages: PackageService;
    service: UpdateService;
    tokens: FileTokens;
    access: Access;
    writes: WriteBatch;
    /** Commits what the work writes, all or nothing. */
    transaction: (work: () => void) => void;
    environment: CloudEnvironment;
  }) {
    this.#store = options.store;
    this.#updates = options.updates;
    this.#packages = options.packages;
    this.#service = options.service;
    this.#tokens = options.tokens;
    this.#access = options.access;
    this.#writes = options.writes;
    this.#transaction = options.transaction;
    this.#environment = options.environment;
  }

  /**
   * Begins a campaign over boards whose version is below the package's; what older campaigns have to do with them ends.
   * @throws CloudError `package_not_found`, `device_not_found`, `device_not_activated`, `device_disabled`, `invalid_parameter`
   */
  create(user: UserView, request: CampaignRequest): CampaignView {
    const { packageId, name = '', stages, stageHours, abortPercent, silentMinutes } = request;
    checkStages(stages);
    this.#writes.flush();
    const row = this.#packages.row(packageId);
    const boards = this.#boards(user, row, request);
    const campaignId = randomId(this.#environment, 'camp_', 16);
    const at = this.#environment.now();
    let touched: ReadonlySet<number> = new Set();
    this.#transaction(() => {
      const campaignSeq = this.#store.insert({
        campaignId,
        name,
        packageId,
        productId: row.product_id,
        version: row.version,
        userId: user.userId,
        stages: JSON.stringify(stages),
        stageMs: stageHours * HOUR_MS,
        silentMs: silentMinutes * MINUTE_MS,
        abortPercent,
        ...this.#tokens.make(),
        at,
      });
      boards.forEach(({ seq: deviceSeq, firmware_version: fromVersion }, place) => {
        const stage = stageOf(place, boards.length, stages);
        this.#updates.insert({ deviceSeq, campaignSeq, stage, fromVersion, at });
      });
      touched = this.#updates.supersede(campaignSeq, at);
    });
    for (const seq of touched) this.#service.course.touch(seq);
    const campaign = this.#found(user, campaignId);
    this.#service.course.setStatus(campaign, 'running');
    return this.get(user, campaignId);
  }

  /** Those over boards that the user may control, and those that he began; the newest first. */
  list(user: UserView, request: PageRequest): Page<CampaignView> {
    this.#writes.flush();
    const { limit, offset } = pageOf(request);
    const { rows, total } = this.#store.list(user.userId, limit, offset);
    return { list: rows.map((row) => this.#view(row)), total, page: request.page, size: limit };
  }

  /** @throws CloudError `campaign_not_found` */
  get(user: UserView, campaignId: string): CampaignView {
    this.#writes.flush();
    return this.#view(this.#found(user, campaignId));
  }

  /** Tells no further boards; those that were told go on. @throws CloudError `campaign_not_found`, `campaign_ended` */
  pause(user: UserView, campaignId: string): CampaignView {
    return this.#steer(user, campaignId, 'paused');
  }

  /** Goes on with one that is paused. @throws CloudError `campaign_not_found`, `campaign_ended` */
  resume(user: UserView, campaignId: string): CampaignView {
    return this.#steer(user, campaignId, 'running');
  }

  /**
   * Ends one for good: nobody is told any more, and its file is no longer there; boards that have all of it may still update.
   * @throws CloudError `campaign_not_found`, `campaign_ended`: it was completed
   */
  abort(user: UserView, campaignId: string): CampaignView {
    return this.#steer(user, campaignId, 'aborted', 'a user aborted it');
  }

  /**
   * Has the boards told again that failed or were cancelled, unless a newer campaign has them; one that had ended goes on. After an
   * abort boards that were getting the file are told anew where it is.
   * @throws CloudError `campaign_not_found`, `package_not_found`
   */
  retry(user: UserView, campaignId: string): CampaignView {
    this.#writes.flush();
    const campaign = this.#found(user, campaignId);
    this.#packages.row(campaign.package_id);
    const at = this.#environment.now();
    this.#transaction(() => {
      // An address that was taken back stays so.
      const hasMoved = campaign.status === 'aborted';
      this.#updates.openAgain(campaign.seq, at, hasMoved);
      // Its stage has to show once more that the build is good. One that goes on waits no longer than it has to anyway.
      if (campaign.ended_at !== null) this.#store.setStage(campaign.seq, campaign.stage, at);
      if (hasMoved) this.#store.setToken(campaign.seq, this.#tokens.make());
    });
    this.#service.course.setStatus(campaign, 'running');
    return this.get(user, campaignId);
  }

  /** The boards of a campaign that the user may see. @throws CloudError `campaign_not_found` */
  devices(user: UserView, campaignId: string, request: CampaignDevicesRequest): Page<CampaignDeviceView> {
    this.#writes.flush();
    const { seq, version } = this.#found(user, campaignId);
    const { limit, offset } = pageOf(request);
    const of = { campaignSeq: seq, userId: user.userId, state: request.state ?? null };
    const { rows, total } = this.#updates.ofCampaign(of, limit, offset);
    const list = rows.map((row) => ({
      deviceId: row.device_id,
      deviceSN: row.device_sn,
      firmwareVersion: row.firmware_version,
      stage: row.stage + 1,
      ...updateView(row, version),
    }));
    return { list, total, page: request.page, size: limit };
  }

  /** The updates of a board, the newest first. @throws CloudError `device_not_found` */
  history(user: UserView, deviceId: string, request: PageRequest): Page<DeviceUpdateView> {
    const device = this.#access.device(user.userId, deviceId);
    const { limit, offset } = pageOf(request);
    const { rows, total } = this.#updates.ofDevice(device.seq, limit, offset);
    const list = rows.map((row) => ({
      campaignId: row.campaign_id,
      packageId: row.package_id,
      createdAt: isoTime(row.created_at),
      ...updateView(row, row.version),
    }));
    return { list, total, page: request.page, size: limit };
  }

  /** The file of a token, which is there until its campaign is aborted. */
  file(token: string): StoredFile | undefined {
    const campaign = this.#store.byToken(hashSecret(token));
    if (!campaign || campaign.status === 'aborted') return undefined;
    const file = this.#packages.file(campaign.package_id);
    const isThere = () => (this.#store.byToken(hashSecret(token))?.status ?? 'aborted') !== 'aborted';
    return file && { ...file, read: (at, length) => (isThere() ? file.read(at, length) : NOTHING) };
  }

  /** Forgets campaigns that ended long ago. */
  prune(): void {
    this.#store.prune(this.#environment.now() - KEPT_MS);
  }

  #steer(user: UserView, campaignId: string, status: CampaignStatus, reason: string | null = null): CampaignView {
    this.#writes.flush();
    const campaign = this.#found(user, campaignId);
    if (campaign.status !== status) {
      if (campaign.ended_at !== null) throw new CloudError('campaign_ended', `the campaign is ${campaign.status}`);
      this.#service.course.setStatus(campaign, status, reason);
    }
    return this.get(user, campaignId);
  }

  #found(user: UserView, campaignId: string): CampaignRow {
    const campaign = this.#store.find(user.userId, campaignId);
    if (!campaign) throw new CloudError('campaign_not_found', `there is no campaign ${campaignId} that you may see`);
    return campaign;
  }

  /** The boards of a new campaign, in the order in which they are reached. */
  #boards(user: UserView, row: PackageRow, { deviceIds, percent }: CampaignRequest): Candidate[] {
    if (deviceIds !== undefined && percent !== undefined) {
      throw new CloudError('invalid_parameter', 'deviceIds and percent: only one of them can be given');
    }
    const boards = deviceIds
      ? [...new Set(deviceIds)].map((deviceId) => this.#listed(user, row, deviceId))
      : this.#updates.candidates(row.product_id, row.chip_model, user.userId);
    const older = boards.filter(
      ({ firmware_version: version }) => !isVersion(version) || compareVersions(version, row.version) < 0,
    );
    if (older.length === 0) {
      throw new CloudError('invalid_parameter', `none of these boards has a version below ${row.version}`);
    }
    const inOrder = inRandomOrder(row.package_id, older, (board) => board.device_id);
    return inOrder.slice(0, shareOf(older.length, percent ?? 100));
  }

  /** A board that the user names. */
  #listed(user: UserView, row: PackageRow, deviceId: string): Candidate {
    const device = this.#access.device(user.userId, deviceId);
    if (device.activated_at === null) throw new CloudError('device_not_activated', `${deviceId} was never activated`);
    if (device.disabled === 1) throw new CloudError('device_disabled', `${deviceId} is disabled`);
    if (device.product_id !== row.product_id) {
      throw new CloudError(
        'invalid_parameter',
        `deviceIds: ${deviceId} is of ${device.product_key}, the package of ${row.product_key}`,
      );
    }
    if (device.chip_model !== '' && device.chip_model !== row.chip_model) {
      throw new CloudError(
        'invalid_parameter',
        `deviceIds: ${deviceId} has ${device.chip_model}, the package is for ${row.chip_model}`,
      );
    }
    return device;
  }

  #view(row: CampaignRow): CampaignView {
    return campaignView(row, this.#updates.counts(row.seq, row.stage));
  }
}

/** @throws CloudError `invalid_parameter` */
function checkStages(stages: readonly number[]): void {
  const rises = stages.every((percent, index) => index === 0 || percent > stages[index - 1]!);
  if (!rises || stages.at(-1) !== 100) {
    throw new CloudError('invalid_parameter', 'stages must be percents that rise and end with 100');
  }
}
