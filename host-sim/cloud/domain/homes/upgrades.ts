import { compareVersions, isVersion } from '../../../../src/core/version.js';
import { CloudError } from '../../errors.js';
import type { DeviceRow, DeviceStore } from '../../store/device-store.js';
import type { HomeDeviceStore } from '../../store/home-device-store.js';
import type { PackageRow } from '../../store/package-store.js';
import type { Access } from '../access.js';
import type { CampaignView, DeviceUpdateView } from '../campaign-views.js';
import type { CampaignService } from '../campaigns.js';
import type { PackageService } from '../packages.js';
import type { UserView } from '../users.js';
import type { NoteView, UpdateNotes } from './update-notes.js';

/** How the campaign of an app goes: at once, for as long as SmartLink's own do by default. */
const COURSE = { stages: [100], stageHours: 24, abortPercent: 10, silentMinutes: 120 } as const;
/** Boards that one request may name. */
export const MAX_BOARDS = 100;
/** A board in these states is at it, and needs not be told again. */
const UNDER_WAY: readonly string[] = ['told', 'downloading', 'verifying', 'restarting'];

/** What a board runs, and what it could run. */
export interface FirmwareView {
  readonly deviceId: string;
  readonly deviceSN: string;
  readonly productKey: string;
  readonly chipModel: string;
  readonly currentVersion: string;
  /** Of the package of the highest version for its product and chip; this and the next three null where there is none. */
  readonly latestVersion: string | null;
  readonly packageId: string | null;
  /** The same. */
  readonly fileId: string | null;
  /** Bytes of its file. */
  readonly size: number | null;
  /** The latest is above the current version, and the board may be told. */
  readonly isUpgradable: boolean;
  /** Its last update; null where it had none. */
  readonly update: DeviceUpdateView | null;
  /** What an app noted about that. */
  readonly note: NoteView | null;
}

/** A board's part in the campaign that an app began for it. */
export type UpgradeView = Pick<DeviceUpdateView, 'campaignId' | 'packageId' | 'version' | 'state'>;

/** Updates as apps ask for them: the latest package, or one that they name, by a campaign of its own. */
export class Upgrades {
  readonly #devices: DeviceStore;
  readonly #homeDevices: HomeDeviceStore;
  readonly #packages: PackageService;
  readonly #campaigns: CampaignService;
  readonly #notes: UpdateNotes;
  readonly #access: Access;

  constructor(options: {
    devices: DeviceStore;
    homeDevices: HomeDeviceStore;
    packages: PackageService;
    campaigns: CampaignService;
    notes: UpdateNotes;
    access: Access;
  }) {
    this.#devices = options.devices;
    this.#homeDevices = options.homeDevices;
    this.#packages = options.packages;
    this.#campaigns = options.campaigns;
    this.#notes = options.notes;
    this.#access = options.access;
  }

  /** What these boards could run; those that the user does not see are left out. @throws CloudError `invalid_parameter` */
  versions(user: UserView, { deviceIds, deviceSNs }: { deviceIds: string[]; deviceSNs: string[] }): FirmwareView[] {
    if (deviceIds.length + deviceSNs.length === 0) {
      throw new CloudError('invalid_parameter', 'deviceIds or deviceSNs is required');
    }
    if (deviceIds.length + deviceSNs.length > MAX_BOARDS) {
      throw new CloudError('invalid_parameter', `deviceIds and deviceSNs may name ${MAX_BOARDS} boards, not more`);
    }
    const bySerial = deviceSNs.flatMap((deviceSN) => this.#homeDevices.bySerial(user.userId, deviceSN));
    const wanted = new Set([...deviceIds, ...bySerial.map((row) => row.device_id)]);
    return [...wanted]
      .filter((deviceId) => this.#access.seesDevice(user.userId, deviceId))
      .map((deviceId) => this.#version(user, deviceId));
  }

  /**
   * Has a board updated. One that is at it already goes on, and is answered as it stands.
   * @param packageId the latest for it by default
   * @throws CloudError `package_not_found`: there is none; `invalid_parameter`: nothing newer is there; those of {@link CampaignService.create}
   */
  upgrade(user: UserView, deviceId: string, packageId?: string): UpgradeView {
    const file = this.#file(user, [deviceId], packageId);
    const begun = this.#begun(user, deviceId, file);
    if (begun) return upgradeView(begun);
    this.#campaigns.create(user, { packageId: file.package_id, deviceIds: [deviceId], ...COURSE });
    return upgradeView(this.#last(user, deviceId)!);
  }

  /**
   * Has boards of one product updated, those whose version is below it. One that is at it already goes on; where nothing else is
   * to be done, its campaign is answered.
   * @throws CloudError as {@link upgrade}
   */
  upgradeAll(user: UserView, deviceIds: readonly string[], packageId?: string): CampaignView {
    const file = this.#file(user, deviceIds, packageId);
    const begun = deviceIds.map((deviceId) => this.#begun(user, deviceId, file));
    const others = deviceIds.filter((_deviceId, index) => begun[index] === undefined);
    const first = begun.find((update) => update !== undefined);
    if (first && !others.some((deviceId) => isBelow(this.#devices.byId(deviceId)!, file))) {
      return this.#campaigns.get(user, first.campaignId);
    }
    return this.#campaigns.create(user, { packageId: file.package_id, deviceIds: others, ...COURSE });
  }

  #version(user: UserView, deviceId: string): FirmwareView {
    const update = this.#last(user, deviceId) ?? null;
    const device = this.#devices.byId(deviceId)!;
    const latest = this.#packages.latest(device.product_id, device.chip_model);
    return {
      deviceId,
      deviceSN: device.device_sn,
      productKey: device.product_key,
      chipModel: device.chip_model,
      currentVersion: device.firmware_version,
      latestVersion: latest?.version ?? null,
      packageId: latest?.package_id ?? null,
      fileId: latest?.package_id ?? null,
      size: latest?.bytes ?? null,
      isUpgradable:
        latest !== undefined && device.activated_at !== null && device.disabled === 0 && isBelow(device, latest),
      update,
      note: this.#notes.last(device.seq),
    };
  }

  #last(user: UserView, deviceId: string): DeviceUpdateView | undefined {
    return this.#campaigns.history(user, deviceId, { page: 1, size: 1 }).list[0];
  }

  /** The update to this package that a board is at, or for which nothing is missing but that it comes online. */
  #begun(user: UserView, deviceId: string, { package_id: packageId }: PackageRow): DeviceUpdateView | undefined {
    const last = this.#last(user, deviceId);
    if (last?.packageId !== packageId) return undefined;
    if (UNDER_WAY.includes(last.state)) return last;
    if (last.state !== 'pending') return undefined;
    const { status, stage, stages } = this.#campaigns.get(user, last.campaignId);
    return status === 'running' && stage === stages.length ? last : undefined;
  }

  /** The package for these boards, which at least one of them does not run yet. */
  #file(user: UserView, deviceIds: readonly string[], packageId: string | undefined): PackageRow {
    const boards = deviceIds.map((deviceId) => this.#access.device(user.userId, deviceId));
    const [{ product_id: productId, product_key: productKey, chip_model: chip }] = boards as [DeviceRow];
    const file = packageId === undefined ? this.#packages.latest(productId, chip) : this.#packages.row(packageId);
    if (!file) {
      const kind = chip === '' ? productKey : `${productKey} with ${chip}`;
      throw new CloudError('package_not_found', `there is no firmware package for ${kind}: upload one first`);
    }
    if (!boards.some((board) => isBelow(board, file))) {
      const which = packageId === undefined ? 'the latest package' : 'this package';
      throw new CloudError(
        'invalid_parameter',
        `nothing to update: ${which} is ${file.version}, and no board is below it`,
      );
    }
    return file;
  }
}

function isBelow({ firmware_version: version }: DeviceRow, file: PackageRow): boolean {
  return !isVersion(version) || compareVersions(version, file.version) < 0;
}

function upgradeView({ campaignId, packageId, version, state }: DeviceUpdateView): UpgradeView {
  return { campaignId, packageId, version, state };
}
