import { CHIP_PINS, freePins, type PinUse } from '../products/chip-pins.js';
import { checkProduct, type ProductProblem } from '../products/load.js';

/** A place in a definition: `['outputs', 0, 'pin']`. */
export type Path = readonly (string | number)[];

type Json = Record<string | number, unknown>;

/** Order of the keys in a file that is written. */
const ORDER = [
  ...['$schema', 'productKey', 'name', 'description', 'category', 'chipModel', 'firmwareVersion', 'controlMode'],
  ...['activationMode', 'app'],
  ...['statusLed', 'outputs', 'interlocks', 'inputs', 'properties', 'session', 'provisioning'],
];

/** The least that is right: what a new product starts from. */
const EMPTY = {
  productKey: 'MY-PRODUCT-1',
  name: { en: '-', zh: '-' },
  description: { en: '', zh: '' },
  category: 'switch',
  chipModel: 'ESP32',
  firmwareVersion: '1.0.0',
  controlMode: 'generic',
  app: { manufacturer: '-', model: '-' },
  outputs: [],
  properties: [],
};

/** A definition in the making: right after every answer, so that whatever is wrong comes from the last one. */
export class Draft {
  #json: Json;

  /** @param from a definition to start from */
  constructor(from: object = EMPTY) {
    this.#json = structuredClone(from) as Json;
  }

  /** What stands in a place. */
  get(path: Path): unknown {
    let value: unknown = this.#json;
    for (const part of path) value = (value as Json | undefined)?.[part];
    return value;
  }

  list(key: 'outputs' | 'inputs' | 'properties'): readonly Record<string, unknown>[] {
    return (this.get([key]) ?? []) as Record<string, unknown>[];
  }

  /** Puts a value in a place, `undefined` for nothing, or leaves all as it was and says what would be wrong with it. */
  put(path: Path, value: unknown): string | undefined {
    const before = this.#json;
    const known = new Set(this.#problems().map((one) => one.field));
    this.#json = structuredClone(before);
    place(this.#json, path, value);
    const field = fieldOf(path);
    // What was wrong before, of another chip's pins for example, is another question's business.
    const wrong = this.#problems().find((one) => one.field.startsWith(field) || !known.has(one.field));
    if (wrong) this.#json = before;
    return wrong?.message;
  }

  /** What would be wrong with a value in a place; changes nothing. */
  wouldBe(path: Path, value: unknown): string | undefined {
    const before = this.#json;
    const wrong = this.put(path, value);
    this.#json = before;
    return wrong;
  }

  /** Puts a value in a place, whether it fits or not. */
  force(path: Path, value: unknown): void {
    this.#json = structuredClone(this.#json);
    place(this.#json, path, value);
  }

  /** A pin for this use that nothing else has, one that measures only where that is wanted: of those there are few. */
  freePin(use: PinUse): number | undefined {
    const chip = CHIP_PINS[String(this.#json['chipModel'])];
    if (!chip) return undefined;
    const used = [...this.list('outputs'), ...this.list('inputs'), (this.#json['statusLed'] ?? {}) as Json];
    const pins = used.map(({ pin }) => Number(pin ?? -1));
    const free = freePins(chip, use, pins);
    return free.find((pin) => use === 'analog' || !chip.adc.includes(pin)) ?? free[0];
  }

  /** The definition, its keys in the usual order and without empty lists that may be left out. */
  finished(): Record<string, unknown> {
    const present = ORDER.filter((key) => this.#json[key] !== undefined);
    const empty = (key: string): boolean =>
      (key === 'inputs' || key === 'interlocks') && (this.#json[key] as unknown[]).length === 0;
    return Object.fromEntries(present.filter((key) => !empty(key)).map((key) => [key, this.#json[key]]));
  }

  /**
   * All that a check would say, warnings too: nobody wants to answer twenty questions for a file that is doubted at once.
   * But what a warning says of a whole output or input comes from what is not asked yet.
   */
  #problems(): readonly ProductProblem[] {
    const { errors, warnings } = checkProduct(this.#json, 'draft');
    return [...errors, ...warnings.filter(({ field }) => !field.endsWith(']'))];
  }
}

function place(json: Json, path: Path, value: unknown): void {
  let parent = json;
  path.slice(0, -1).forEach((part, index) => {
    parent[part] ??= typeof path[index + 1] === 'number' ? [] : {};
    parent = parent[part] as Json;
  });
  const last = path.at(-1)!;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
}

/** `outputs[0].pin`. */
function fieldOf(path: Path): string {
  return path.reduce<string>((field, part) => {
    if (typeof part === 'number') return `${field}[${part}]`;
    return field === '' ? part : `${field}.${part}`;
  }, '');
}
