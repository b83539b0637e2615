/** How a product is controlled (API reference, 3.1). */
export type ControlMode = 'toggle' | 'pulse' | 'dimmer' | 'readonly' | 'generic';

/** The named positions of an output (API reference, 4.5); on a relay `up` is on and `down` is off. */
export type PositionName = 'up' | 'middle' | 'down';

export interface LocalizedText {
  readonly en: string;
  readonly zh: string;
}

/** What a pulse does on an output. */
export interface PulseDefinition {
  /** Where the output goes for the time of the pulse. */
  readonly position: PositionName;
  /** Where it goes afterwards. */
  readonly rest: PositionName;
  /** Duration when the command names none, ms. */
  readonly durationMs: number;
  /** Longest pulse ever driven, ms; a longer command is cut to it. */
  readonly maxMs: number;
}

export interface ServoDefinition {
  readonly type: 'servo';
  readonly pin: number;
  /** Pulse widths in µs at 0° and at 180°. */
  readonly pulseUs: { readonly min: number; readonly max: number };
  /** Calibrated ends in degrees; no command moves the horn beyond them. */
  readonly limitsDeg: { readonly min: number; readonly max: number };
  readonly positionsDeg: { readonly up: number; readonly middle: number; readonly down: number };
  readonly pulse: PulseDefinition;
  /** Highest speed of a motion, degrees a second. */
  readonly speedDegPerS: number;
  /** Time after arrival until the pulses stop, ms. */
  readonly detachMs: number;
}

export interface RelayDefinition {
  readonly type: 'relay';
  readonly pin: number;
  /** Level that closes the contact. */
  readonly activeLevel: 0 | 1;
  readonly powerOn: 'off' | 'on' | 'last';
  /** Shortest time on and off, ms; a command that comes too early waits. */
  readonly minOnMs: number;
  readonly minOffMs: number;
  readonly pulse: PulseDefinition;
}

export type OutputDefinition = ServoDefinition | RelayDefinition;

/** Two relays that are never on together. */
export interface InterlockDefinition {
  readonly channels: readonly [number, number];
  /** Time both are off between one going off and the other going on, ms. */
  readonly deadTimeMs: number;
}

/** What of an output a property shows: its nearest named position, its angle in degrees, or whether it is on. */
export type OutputAttribute = 'position' | 'angle' | 'on';

/** One property of the thing model. */
export interface PropertyDefinition {
  readonly key: string;
  readonly name: LocalizedText;
  readonly type: 'boolean' | 'integer' | 'enum';
  readonly unit?: string;
  /** Range and step of an integer. */
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** Values of an enum. */
  readonly values?: readonly string[];
  readonly writable: boolean;
  readonly source: { readonly channel: number; readonly attribute: OutputAttribute };
}

/** The product's session numbers; each may be overridden by a definition. */
export interface SessionDefinition {
  /** Property post at least this often, s. */
  readonly heartbeatS: number;
  /** First retry after a lost session falls uniformly in this many seconds. */
  readonly reconnectSpreadS: number;
  /** Time to answer a ping, s. */
  readonly pingTimeoutS: number;
  /** Largest message taken from the broker, bytes. */
  readonly maxMessageBytes: number;
  /** Messages kept while they cannot be sent. */
  readonly outboxSize: number;
}

/**
 * A product, complete: as a definition file (`products/*.json`) reads after validation against
 * `products/product.schema.json`, which also fills in every default.
 */
export interface Product {
  readonly productKey: string;
  readonly name: LocalizedText;
  readonly description: LocalizedText;
  readonly category: string;
  readonly chipModel: string;
  readonly firmwareVersion: string;
  readonly controlMode: ControlMode;
  /** How apps show it. */
  readonly app: {
    readonly uiTemplate: string;
    readonly iconName: string;
    readonly iconColor: string;
    readonly manufacturer: string;
    readonly model: string;
  };
  readonly statusLed?: { readonly pin: number; readonly activeLevel: 0 | 1 };
  readonly outputs: readonly OutputDefinition[];
  readonly interlocks: readonly InterlockDefinition[];
  readonly properties: readonly PropertyDefinition[];
  readonly session: SessionDefinition;
}
