/** What the pins of a chip are good for. */
export interface ChipPins {
  /** Pins that the module brings out. */
  readonly pins: readonly number[];
  /** Pins that the flash (and on some modules the PSRAM) is wired to. */
  readonly flash: readonly number[];
  readonly inputOnly: readonly number[];
  /** Pins whose level at reset decides how the chip boots. */
  readonly strapping: readonly number[];
  /** Pins of the serial console or of USB. */
  readonly console: readonly number[];
  /** PWM channels, so servos at most. */
  readonly pwmChannels: number;
}

/** By `chipModel`; from the data sheets' pin overviews. */
export const CHIP_PINS: Readonly<Record<string, ChipPins>> = {
  ESP32: {
    pins: [...range(0, 19), ...range(21, 23), ...range(25, 27), ...range(32, 39)],
    flash: range(6, 11),
    inputOnly: range(34, 39),
    strapping: [0, 2, 5, 12, 15],
    console: [1, 3],
    pwmChannels: 8,
  },
  'ESP32-C3': {
    pins: range(0, 21),
    flash: range(11, 17),
    inputOnly: [],
    strapping: [2, 8, 9],
    console: [18, 19, 20, 21],
    pwmChannels: 6,
  },
  'ESP32-S3': {
    pins: [...range(0, 21), ...range(26, 48)],
    flash: range(26, 32),
    inputOnly: [],
    strapping: [0, 3, 45, 46],
    console: [19, 20, 43, 44],
    pwmChannels: 8,
  },
};

/** The pins of a chip that an output can use without a second thought, in words for a message. */
export function freePins(chip: ChipPins, used: Iterable<number>): string {
  const taken = new Set([...used, ...chip.flash, ...chip.inputOnly, ...chip.strapping, ...chip.console]);
  return chip.pins.filter((pin) => !taken.has(pin)).join(', ');
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
