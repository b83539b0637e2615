import type { ThingModel } from './device.js';

/** A product as the API shows it. */
export interface Product {
  readonly productId: number;
  readonly productKey: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly controlMode: ThingModel['controlMode'];
  readonly uiTemplate: string;
  readonly iconName: string;
  readonly iconColor: string;
  readonly manufacturer: string;
  readonly model: string;
  /** 1 enabled, 0 disabled. */
  readonly status: 0 | 1;
  /** Absent: open. */
  readonly activationMode?: 'open' | 'signed';
}
