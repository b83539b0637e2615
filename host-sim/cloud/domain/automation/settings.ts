import type { ControlMode, Product } from '../../../../src/core/product.js';
import { findSettable } from '../../../../src/core/property-set.js';
import { CloudError } from '../../errors.js';
import type { DeviceRow } from '../../store/device-store.js';
import { takesProperties } from '../control-rules.js';
import type { Core } from '../core.js';
import type { Language } from '../devices.js';
import { type Actor, type BoardResult, withoutId } from './board-commands.js';
import { restPositions } from './rest-positions.js';

/** The switch by which a product with a battery takes care of it. */
const BATTERY_AGING = 'batteryAging';

/** A property that can be set, as an app shows it; what its type has not is null. */
export interface SettingView {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly unit: string | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly step: number | null;
  readonly values: readonly string[] | null;
  /** As the board last reported it. */
  readonly value: unknown;
  readonly reportedAt: string | null;
}

export type SettingResult = Pick<BoardResult, 'deviceId' | 'result' | 'reply'> & { readonly settings: object };

/** What of a board can be set: the writable properties of its product's thing model, where its control mode takes properties. */
export class SettingsService {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  /** @throws CloudError `device_not_found` */
  list(user: Actor, deviceId: string, language: Language): SettingView[] {
    const device = this.#core.access.device(user.userId, deviceId);
    const product = this.#definition(device);
    const last = this.#core.properties.last(device.seq);
    if (!takesProperties(device.control_mode as ControlMode)) return [];
    return (product?.properties ?? [])
      .filter(({ key }) => findSettable(product!, key) !== undefined)
      .map(({ key, name, type, unit, min, max, step, values }) => ({
        key,
        name: name[language],
        type,
        unit: unit ?? null,
        min: min ?? null,
        max: max ?? null,
        step: step ?? null,
        values: values ?? null,
        value: last[key]?.value ?? null,
        reportedAt: last[key]?.reportedAt ?? null,
      }));
  }

  /**
   * Sets properties of a board by one command.
   * @throws CloudError those of a control request; `control_not_supported`: its product takes no properties;
   *   `invalid_parameter`: one that it has not, or that cannot be set
   */
  async save(
    user: Actor,
    deviceId: string,
    settings: Readonly<Record<string, unknown>>,
    waitMs?: number,
  ): Promise<SettingResult> {
    const product = this.#settable(this.#core.access.device(user.userId, deviceId));
    const unknown = Object.keys(settings).find((key) => findSettable(product, key) === undefined);
    if (unknown !== undefined) {
      throw new CloudError('invalid_parameter', `settings.${unknown.slice(0, 64)} is no property that can be set`);
    }
    const reply = await this.#core.devices.control(user, deviceId, settings, waitMs);
    return { deviceId, settings, result: 'sent', reply: withoutId(reply) };
  }

  /** Brings every output of a board to rest, by one command. @throws CloudError those of {@link save} */
  async reset(user: Actor, deviceId: string, waitMs?: number): Promise<SettingResult> {
    const rest = restPositions(this.#settable(this.#core.access.device(user.userId, deviceId)));
    if (Object.keys(rest).length === 0) {
      throw new CloudError('control_not_supported', 'this product has no output that a property sets');
    }
    return this.save(user, deviceId, rest, waitMs);
  }

  /** @throws CloudError those of {@link save}; `control_not_supported`: the product has no battery to care for */
  async handleAging(user: Actor, deviceId: string, enable: boolean, waitMs?: number): Promise<SettingResult> {
    const product = this.#definition(this.#core.access.device(user.userId, deviceId));
    if (product?.properties.find(({ key }) => key === BATTERY_AGING)?.type !== 'boolean') {
      throw new CloudError('control_not_supported', 'this product has no battery whose aging it could care for');
    }
    return this.save(user, deviceId, { [BATTERY_AGING]: enable }, waitMs);
  }

  /** The definition of a product that takes properties. @throws CloudError `control_not_supported` */
  #settable(device: DeviceRow): Product {
    const product = this.#definition(device);
    if (!product || !takesProperties(device.control_mode as ControlMode)) {
      throw new CloudError('control_not_supported', 'this product takes no properties');
    }
    return product;
  }

  #definition(device: DeviceRow): Product | undefined {
    const definition = this.#core.stores.products.byKey(device.product_key)?.definition;
    return definition ? (JSON.parse(definition) as Product) : undefined;
  }
}
