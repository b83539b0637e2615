import type { Core } from '../core.js';
import type { DeviceService, Language } from '../devices.js';
import type { Binding } from '../homes/binding.js';
import type { Homes } from '../homes/homes.js';
import type { Upgrades, UpgradeView } from '../homes/upgrades.js';
import type { SetReply } from '../messages.js';
import type { ProductService } from '../products.js';
import type { PropertyView } from '../properties.js';
import type { ThingPropertyView } from '../thing-model.js';
import type { UserView } from '../users.js';
import type { BoundDevice, BoundDevices } from './bound-devices.js';

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
  readonly #upgrades: Upgrades;

  constructor(bound: BoundDevices, { binding, upgrades }: Homes, { devices, products }: Core) {
    this.#bound = bound;
    this.#binding = binding;
    this.#devices = devices;
    this.#products = products;
    this.#upgrades = upgrades;
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
   * Has a board updated; one that is at it already goes on.
   * @param packageId by default the package of the highest version that is for its product and chip
   * @throws CloudError `device_not_found`, those of {@link Upgrades.upgrade}
   */
  upgrade(user: UserView, { pk, dk }: DeviceName, packageId?: string): UpgradeView {
    this.#bound.get(user, pk, dk);
    return this.#upgrades.upgrade(user, dk, packageId);
  }
}
