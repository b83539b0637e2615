/** What the pins of a chip are good for. */
export interface ChipPins {
  /** Pins that the module brings out. */
  readonly pins: readonly number[];
  /** Pins that the flash (and on some modules the PSRAM) is wired to. */
  readonly flash: readonly number[];
  /** Pins that drive nothing, and have no pull-up. */
  readonly inputOnly: readonly number[];
  /** Pins that measure a voltage at any time (ADC1). */
  readonly adc: readonly number[];
  /** Pins that measure one only while Wi-Fi is off, or not reliably at all (ADC2). */
  readonly adcWithoutWifi: readonly number[];
  /** Pins whose level at reset decides how the chip boots. */
  readonly strapping: readonly number[];
  /** Pins of the serial console or of USB. */
  readonly console: readonly number[];
  /**
   * PWM channels, so servos and dimmers at most: those that Moddable's PWM takes, 4 to 7 of the LEDC. The LEDC has four
   * timers, so each channel can have a frequency of its own.
   */
  readonly pwmChannels: number;
}

/** What a pin is wanted for. */
export type PinUse = 'output' | 'input' | 'input-pulled-up' | 'analog';

/** By `chipModel`; from the data sheets' pin overviews. */
export const CHIP_PINS: Readonly<Record<string, ChipPins>> = {
  ESP32: {
    pins: [...range(0, 19), ...range(21, 23), ...range(25, 27), ...range(32, 39)],
    flash: range(6, 11),
    inputOnly: range(34, 39),
    adc: range(32, 39),
    adcWithoutWifi: [0, 2, 4, ...range(12, 15), ...range(25, 27)],
    strapping: [0, 2, 5, 12, 15],
    console: [1, 3],
    pwmChannels: 4,
  },
  'ESP32-C3': {
    pins: range(0, 21),
    flash: range(11, 17),
    inputOnly: [],
    adc: range(0, 4),
    adcWithoutWifi: [5],
    strapping: [2, 8, 9],
    console: [18, 19, 20, 21],
    // Its LEDC ends at channel 5.
    pwmChannels: 2,
  },
  'ESP32-S3': {
    pins: [...range(0, 21), ...range(26, 48)],
    flash: range(26, 32),
    inputOnly: [],
    adc: range(1, 10),
    adcWithoutWifi: range(11, 20),
    strapping: [0, 3, 45, 46],
    console: [19, 20, 43, 44],
    pwmChannels: 4,
  },
};

/** Why a pin cannot be used in this way, in words that follow its number; `undefined` when it can. */
export function whyNot(pin: number, use: PinUse, chip: ChipPins, chipModel: string): string | undefined {
  if (chip.flash.includes(pin)) return `is wired to the flash on the ${chipModel}`;
  if (!chip.pins.includes(pin)) return `does not exist on the ${chipModel}`;
  if (use === 'output' && chip.inputOnly.includes(pin)) return `is input only on the ${chipModel}`;
  if (use === 'input-pulled-up' && chip.inputOnly.includes(pin))
    return `has no pull-up on the ${chipModel}, which activeLevel 0 needs`;
  if (use !== 'analog' || chip.adc.includes(pin)) return undefined;
  return chip.adcWithoutWifi.includes(pin)
    ? `cannot be measured while Wi-Fi is on (ADC2 of the ${chipModel})`
    : `cannot be measured on the ${chipModel} (it has no ADC)`;
}

/** The pins of a chip that can be used in this way without a second thought. */
export function freePins(chip: ChipPins, use: PinUse, used: Iterable<number>): number[] {
  const taken = new Set([...used, ...chip.strapping, ...chip.console]);
  return chip.pins.filter((pin) => !taken.has(pin) && whyNot(pin, use, chip, '') === undefined);
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
