import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Api } from '../net/api.js';
import { ApiError } from '../net/api-error.js';
import type { ThingModel } from './device.js';
import type { Loaded } from './use-loaded.js';
import { useWorld } from './use-world.js';

/** What is known of a product's boards; without channels and properties where no file defines it, as it was made over the API. */
export type ProductModel = Pick<ThingModel, 'productKey' | 'controlMode'> &
  Partial<Pick<ThingModel, 'channels' | 'properties'>>;

/** What failed is asked for again so long after, as long as it is drawn, ms. */
const RETRY_MS = 10_000;
const kept = new WeakMap<Api, Map<string, KeptModel>>();

/**
 * The thing model of a product, or, where it has none, its control mode alone. Of many who draw it, one asks; it is there at once for the next.
 * @param freshMs where it is drawn anew and was answered so lately, it is not asked for again: a product may have been changed
 */
export function useProductModel(productKey: string, freshMs = 0): Omit<Loaded<ProductModel>, 'isLoading'> {
  const { api } = useWorld();
  const model = modelOf(api, productKey);
  const { data, error } = model.state.value;
  useEffect(() => model.askIfOlder(freshMs), [model]);
  useEffect(() => {
    if (error === undefined) return undefined;
    const timer = setTimeout(() => void model.ask(), RETRY_MS);
    return () => clearTimeout(timer);
  }, [model, error]);
  return { data, error, reload: () => model.ask() };
}

/** The thing model, where there is one. */
export function thingModelOf(model: ProductModel | undefined): ThingModel | undefined {
  return model?.channels && model.properties ? (model as ThingModel) : undefined;
}

function modelOf(api: Api, productKey: string): KeptModel {
  const models = kept.get(api) ?? new Map<string, KeptModel>();
  kept.set(api, models);
  const model = models.get(productKey) ?? new KeptModel(api, productKey);
  models.set(productKey, model);
  return model;
}

/** The answer that came last, for all who draw it. */
class KeptModel {
  readonly #api: Api;
  readonly #path: string;
  readonly #state = signal<Pick<Loaded<ProductModel>, 'data' | 'error'>>({ data: undefined, error: undefined });
  #asking: Promise<void> | undefined;
  #answeredAt = Number.NEGATIVE_INFINITY;

  constructor(api: Api, productKey: string) {
    this.#api = api;
    this.#path = `/products/${encodeURIComponent(productKey)}`;
  }

  get state(): ReadonlySignal<Pick<Loaded<ProductModel>, 'data' | 'error'>> {
    return this.#state;
  }

  /** @throws nothing: the state has why it failed */
  ask(): Promise<void> {
    this.#asking ??= this.#load()
      .then(
        (data) => {
          this.#answeredAt = performance.now();
          this.#state.value = { data, error: undefined };
        },
        (error: unknown) => {
          this.#state.value = { ...this.#state.peek(), error };
        },
      )
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }

  askIfOlder(thanMs: number): void {
    if (performance.now() - this.#answeredAt > thanMs) void this.ask();
  }

  async #load(): Promise<ProductModel> {
    try {
      return await this.#api.get<ThingModel>(`${this.#path}/thing-model`);
    } catch (error) {
      // The other word for 404 says that there is no such product.
      if (!(error instanceof ApiError && error.word === 'not_found')) throw error;
      const { productKey, controlMode } = await this.#api.get<ProductModel>(this.#path);
      return { productKey, controlMode };
    }
  }
}
