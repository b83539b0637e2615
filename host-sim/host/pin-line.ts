import type { Timer } from '../../src/ports/timer.js';

/** What a pin's new value is: a level that is driven, a duty, or nothing any more (power is gone; value 0). */
export type PinChangeKind = 'digital' | 'pwm' | 'undriven';

/** Voltage on an analog input as a share of the converter's range: fixed, or worked out whenever the pin is read. */
export type AnalogLevel = number | (() => number);

/** One pin of a bank: what the board and the world do to it. */
export interface Line {
  open: boolean;
  kind: PinChangeKind;
  /** Level or duty that the board gives out. */
  value: number;
  /** Level that the world gives to an input. */
  input: 0 | 1 | undefined;
  /** Level of an input to which the world gives none. */
  idle: 0 | 1;
  /** An input's level has changed. */
  onEdge: (() => void) | undefined;
  analog: AnalogLevel | undefined;
  hz: number;
  /** When the duty was last set to 0, after pulses. */
  stoppedMs: number;
}

/** A bank, as the objects that the firmware opens of it see it. */
export interface LineHolder {
  readonly pwmResolution: number;
  /** @throws when there is no such pin, or it is open */
  open(pin: number): Line;
  /** Whether a pin's line is still this one: after a power cut it is not. */
  holds(pin: number, line: Line): boolean;
  /** The pin gives out something else from now on. */
  change(pin: number, line: Line, kind: PinChangeKind, value: number): void;
  /** @param keepsDuty whether the pin goes on giving its duty */
  closePwm(pin: number, line: Line, keepsDuty: boolean): void;
}

/** One boot of the firmware, as the pins that it opens see it. */
export interface PinBoot {
  readonly bank: LineHolder;
  /** Tells of edges; `undefined`: nobody hears of any. */
  readonly timer: Timer | undefined;
  /** @throws {Error} once it is over */
  mustLive(): void;
}

/** A pin that nobody has opened and nothing is connected to. */
export const CLOSED: Readonly<Line> = {
  open: false,
  kind: 'undriven',
  value: 0,
  input: undefined,
  idle: 0,
  onEdge: undefined,
  analog: undefined,
  hz: 0,
  stoppedMs: Number.NEGATIVE_INFINITY,
};

/** What is left of a line without power: what the world has connected to it. */
export function unplugged(line: Line): Line {
  return { ...CLOSED, input: line.input, analog: line.analog };
}
