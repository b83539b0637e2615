import { compareVersions } from '../../../../src/core/version.js';
import { CloudError } from '../../errors.js';
import type { PackageStore } from '../../store/package-store.js';
import type { CampaignView } from '../campaign-views.js';
import type { CampaignService } from '../campaigns.js';
import type { Core } from '../core.js';
import type { DeviceService, Language } from '../devices.js';
import type { Binding } from '../homes/binding.js';
import type { SetReply } from '../messages.js';
import type { ProductService } from '../products.js';
import type { PropertyView } from '../properties.js';
import type { ThingPropertyView } from '../thing-model.js';
import type { UserView } from '../users.js';
import type { BoundDevice, BoundDevices } from './bound-devices.js';

/** More than are ever kept. */
const ALL_PACKAGES = 1_000;
/** A campaign of one board: how long it may be silent. */
const SILENT_MINUTES = 120;

/** How apps name a device: by product key and device id, which have to belong together. */
export interface DeviceName {
  readonly pk: string;
  readonly dk: string;
}

/** A property of a device with its last value; what a board reports beyond its thing model has no model. */
export interface AttributeView {
  readonly identifier: string;
  readonly model: ThingPropertyView | undefined;
  readonly last: PropertyView | undefined;
}

/** What end users do with their devices; each is the deed of another service, for a device that is named in their way. */
export class DeviceDeeds {
  readonly #bound: BoundDevices;
  readonly #binding: Binding;
  readonly #devices: DeviceService;
  readonly #products: ProductService;
  readonly #packages: PackageStore;
  readonly #campaigns: CampaignService;

  constructor(bound: BoundDevices, binding: Binding, { devices, products, stores, campaigns }: Core) {
    this.#bound = bound;
    this.#binding = binding;
    this.#devices = devices;
    this.#products = products;
    this.#packages = stores.packages;
    this.#campaigns = campaigns;
  }

  /** A device and its properties: those of its thing model first, in its order. @throws CloudError `device_not_found` */
  attributes(
    user: UserView,
    { pk, dk }: DeviceName,
  ): { readonly device: BoundDevice; readonly attributes: readonly AttributeView[] } {
    const device = this.#bound.get(user, pk, dk);
    const values = this.#devices.properties(user, dk);
    const models = this.#products.thingProperties(pk);
    const known = new Set(models.map(({ identifier }) => identifier));
    const beyond = Object.keys(values).filter((key) => !known.has(key));
    return {
      device,
      attributes: [
        ...models.map((model) => ({ identifier: model.identifier, model, last: values[model.identifier] })),
        ...beyond.map((identifier) => ({ identifier, model: undefined, last: values[identifier] })),
      ],
    };
  }

  /** @throws CloudError `device_not_found`, those of {@link DeviceService.control} */
  async command(
    user: UserView,
    { pk, dk }: DeviceName,
    params: Readonly<Record<string, unknown>>,
    waitMs?: number,
  ): Promise<SetReply | undefined> {
    this.#bound.get(user, pk, dk);
    return this.#devices.control(user, dk, params, waitMs);
  }

  /**
   * Puts a board of this product and serial number, which is everybody's, into the user's oldest project, or one that is
   * made for him.
   * @throws CloudError `device_not_found`, those of {@link Binding.bind}
   */
  bind(user: UserView, { pk, sn }: { readonly pk: string; readonly sn: string }, language: Language): BoundDevice {
    const deviceId = this.#binding.bind(user, { productKey: pk, deviceSN: sn }, language);
    return this.#bound.get(user, pk, deviceId);
  }

  /** Gives a board back to everybody. @throws CloudError `device_not_found`, those of {@link Binding.unbind} */
  unbind(user: UserView, { pk, dk }: DeviceName): void {
    this.#bound.get(user, pk, dk);
    this.#binding.unbind(user, dk);
  }

  /**
   * Begins a campaign for one board.
   * @param packageId by default the package of the highest version that is for its product and chip
   * @throws CloudError `device_not_found`, `package_not_found`, those of {@link CampaignService.create}
   */
  upgrade(user: UserView, { pk, dk }: DeviceName, packageId = this.#newestPackage(user, { pk, dk })): CampaignView {
    this.#bound.get(user, pk, dk);
    return this.#campaigns.create(user, {
      packageId,
      deviceIds: [dk],
      stages: [100],
      stageHours: 0,
      abortPercent: 100,
      silentMinutes: SILENT_MINUTES,
    });
  }

  #newestPackage(user: UserView, { pk, dk }: DeviceName): string {
    this.#bound.get(user, pk, dk);
    const { chipModel } = this.#devices.get(user, dk, 'en');
    const [newest] = this.#packages
      .list(pk, ALL_PACKAGES, 0)
      .rows.filter((row) => chipModel === '' || row.chip_model === chipModel)
      .sort((a, b) => compareVersions(b.version, a.version));
    if (!newest)
      throw new CloudError('package_not_found', `there is no package for ${pk} with ${chipModel || 'any chip'}`);
    return newest.package_id;
  }
}
