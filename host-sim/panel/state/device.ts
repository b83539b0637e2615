/** A device as the API shows it (API reference, 4.2). */
export interface Device {
  readonly deviceId: string;
  readonly deviceSN: string;
  readonly productKey: string;
  readonly projectId: string;
  readonly name: string;
  readonly status: DeviceStatus;
  readonly statusText: string;
  readonly firmwareVersion: string;
  readonly chipModel: string;
  readonly lastOnlineAt: string | null;
  readonly activatedAt: string | null;
  readonly createdAt: string;
  readonly product: { readonly productId: number; readonly name: string; readonly iconColor: string };
}

export type DeviceStatus = 'inactive' | 'online' | 'offline' | 'disabled';

/** A value that a board posted last. */
export interface PropertyValue {
  readonly value: unknown;
  /** ISO 8601. */
  readonly reportedAt: string;
}

/** What boards of a product report and take (`GET /products/:productKey/thing-model`). */
export interface ThingModel {
  readonly productKey: string;
  readonly controlMode: 'toggle' | 'pulse' | 'dimmer' | 'readonly' | 'generic';
  readonly channels: readonly { readonly channel: number; readonly type: 'servo' | 'relay' | 'dimmer' }[];
  readonly properties: readonly ThingProperty[];
}

export interface ThingProperty {
  readonly identifier: string;
  readonly name: { readonly en: string; readonly zh: string };
  readonly type: 'boolean' | 'integer' | 'number' | 'enum';
  readonly unit?: string;
  readonly range?: { readonly min: number; readonly max: number };
  readonly step?: number;
  readonly values?: readonly string[];
  readonly writable: boolean;
  readonly source: Readonly<Record<string, unknown>>;
}
