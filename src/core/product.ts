/** How a product is controlled (API reference, 3.1). */
export type ControlMode = 'toggle' | 'pulse' | 'dimmer' | 'readonly' | 'generic';

/** Whether a board of the product proves at its activation that it is the one (signed), or whoever knows its serial number may be it. */
export type ActivationMode = 'open' | 'signed';

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

/** A lamp, by PWM; its level is in percent, as the eye sees it. */
export interface DimmerDefinition {
  readonly type: 'dimmer';
  readonly pin: number;
  /** Frequency of the PWM, Hz. */
  readonly hz: number;
  /** Level of the pin that lights the lamp. */
  readonly activeLevel: 0 | 1;
  /** Exponent from level to duty: the eye does not see in proportion. */
  readonly gamma: number;
  /** Time from dark to full, and back, ms; 0: at once. */
  readonly fadeMs: number;
  /** Lowest level at which the lamp still lights evenly, percent: what is on is never below it. */
  readonly minLevel: number;
  readonly powerOn: 'off' | 'on' | 'last';
  readonly pulse: PulseDefinition;
}

export type OutputDefinition = ServoDefinition | RelayDefinition | DimmerDefinition;

/** A push button. A short press toggles its output (in mode `pulse`: pulses it), a double press triggers it, a long one is told. */
export interface ButtonDefinition {
  readonly type: 'button';
  readonly pin: number;
  /** Level while it is pressed; with 0 the pin is pulled up. */
  readonly activeLevel: 0 | 1;
  /** The output that it commands. */
  readonly channel: number;
  /** A level counts once it has been there so long, ms. */
  readonly debounceMs: number;
  /** A second press within this time after the first makes a double, ms; 0: there are no doubles. */
  readonly doubleMs: number;
  /** Held so long it is no press any more, ms. */
  readonly holdMs: number;
}

/** A contact that is open or closed. */
export interface ContactDefinition {
  readonly type: 'digital';
  readonly pin: number;
  /** Level that counts as on; with 0 the pin is pulled up. */
  readonly activeLevel: 0 | 1;
  readonly debounceMs: number;
  /** A change is reported at most this often, ms. */
  readonly minIntervalMs: number;
}

/** A voltage that stands for something. */
export interface AnalogDefinition {
  readonly type: 'analog';
  readonly pin: number;
  /** What the lowest and the highest reading stand for, in the unit of its property. */
  readonly scale: { readonly min: number; readonly max: number };
  /** A change that is smaller than this is none, in the same unit. */
  readonly deadBand: number;
  /** It is measured this often, ms. */
  readonly sampleMs: number;
  /** A change is reported at most this often, ms. */
  readonly minIntervalMs: number;
}

export type InputDefinition = ButtonDefinition | ContactDefinition | AnalogDefinition;

/** Two relays that are never on together. */
export interface InterlockDefinition {
  readonly channels: readonly [number, number];
  /** Time both are off between one going off and the other going on, ms. */
  readonly deadTimeMs: number;
}

/** What of an output a property shows: its nearest named position, its angle in degrees, whether it is on, its level in percent. */
export type OutputAttribute = 'position' | 'angle' | 'on' | 'level';

/** What a property shows: something of an output, by channel, or what an input measures, by its place in `inputs`. */
export type PropertySource =
  | { readonly channel: number; readonly attribute: OutputAttribute }
  | { readonly input: number };

/** One property of the thing model. */
export interface PropertyDefinition {
  readonly key: string;
  readonly name: LocalizedText;
  readonly type: 'boolean' | 'integer' | 'number' | 'enum';
  readonly unit?: string;
  /** Range and step of an integer or a number. */
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** Values of an enum. */
  readonly values?: readonly string[];
  readonly writable: boolean;
  readonly source: PropertySource;
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

/** How a board of the product shows itself to whom may set it up. */
export interface ProvisioningDefinition {
  /** What its name over BLE begins with; the last 4 characters of its serial number follow. */
  readonly bleName: string;
  /** Whether the mobile app of the origin may set it up over BLE, or nobody but Improv and the portal. */
  readonly originBle: 'compat' | 'strict';
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
  readonly activationMode: ActivationMode;
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
  readonly inputs: readonly InputDefinition[];
  readonly properties: readonly PropertyDefinition[];
  readonly session: SessionDefinition;
  readonly provisioning: ProvisioningDefinition;
}
