import type { SimInputView, SimOutputView } from '../../../sim-api/messages.js';
import type { PropertyValue, ThingModel, ThingProperty } from '../../state/device.js';

/** An output as it is drawn: of a simulated board as it is. What nobody knows of it is undefined: of a real one, what it has not posted. */
export type OutputLook =
  | {
      readonly type: 'servo';
      readonly angleDeg: number | undefined;
      /** Whether it is held by force, and whether it pushes in vain; undefined: only who stands before it could tell. */
      readonly attached: boolean | undefined;
      readonly stalled: boolean | undefined;
    }
  | { readonly type: 'relay'; readonly on: boolean | undefined }
  | { readonly type: 'dimmer'; readonly level: number | undefined };

export type Properties = Readonly<Record<string, PropertyValue>>;

/** Which outputs a board has, by channel: those that one sees, else those that its product has. */
export function outputTypes(
  seen: readonly SimOutputView[] | undefined,
  model: ThingModel | undefined,
): readonly OutputLook['type'][] {
  return (seen ?? model?.channels ?? []).map(({ type }) => type);
}

/** An output of a real board: as its posts tell. */
export function postedLook(
  type: OutputLook['type'],
  channel: number,
  model: ThingModel | undefined,
  properties: Properties,
): OutputLook {
  const posted = (attribute: string): unknown => {
    const property = model?.properties.find(
      ({ source }) => source['channel'] === channel && source['attribute'] === attribute,
    );
    // A board tells position and angle of its first output, whether the product names them or not (docs/protocol.md).
    const key = property?.identifier ?? (channel === 0 && model ? attribute : undefined);
    return key === undefined || !Object.hasOwn(properties, key) ? undefined : properties[key]!.value;
  };
  if (type === 'servo') {
    return { type, angleDeg: within(posted('angle'), 180), attached: undefined, stalled: undefined };
  }
  const on = posted('on');
  if (type === 'relay') {
    const position = posted('position');
    return {
      type,
      on: typeof on === 'boolean' ? on : position === 'up' ? true : position === 'down' ? false : undefined,
    };
  }
  return { type, level: on === false ? 0 : within(posted('level'), 100) };
}

/** What a board posts of one of its inputs. */
export function inputProperty(model: ThingModel | undefined, input: number): ThingProperty | undefined {
  return model?.properties.find(({ source }) => source['input'] === input);
}

/** The scale of a voltage: that of the property which shows it, else percent. Its ends stand for no voltage and the highest. */
interface Scale {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly unit: string;
}

const PERCENT: Scale = { min: 0, max: 100, step: 1, unit: '%' };

export function scaleOf(property: ThingProperty | undefined): Scale {
  const { range, step, unit = '' } = property ?? {};
  if (range === undefined || range.max <= range.min) return PERCENT;
  return { ...range, step: step ?? (range.max - range.min) / 100, unit };
}

/** @param level 0 to 1 */
export function fromLevel({ min, max }: Scale, level: number): number {
  return min + (max - min) * level;
}

/** @returns 0 to 1 */
export function toLevel({ min, max }: Scale, value: number): number {
  return Math.min(1, Math.max(0, (value - min) / (max - min)));
}

/** A number with as many digits as its steps have. */
export function digitsOf(step: number): number {
  return Math.min(6, (/\.(\d+)$/.exec(String(step))?.[1] ?? '').length);
}

/** Numbers of parts that a board has several of: `[servo, relay, relay]` → `['', '1', '2']`. */
export function numbered(types: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return types.map((type) => {
    const nth = (seen.get(type) ?? 0) + 1;
    seen.set(type, nth);
    return types.filter((one) => one === type).length === 1 ? '' : String(nth);
  });
}

/** What its radio measures, dBm; undefined where nobody knows. */
export function postedRssi(properties: Properties): number | undefined {
  const value = Object.hasOwn(properties, 'wifi_rssi') ? properties['wifi_rssi']!.value : undefined;
  return typeof value === 'number' && value < 0 ? value : undefined;
}

/** How many of four bars a signal fills. @param rssi dBm */
export function barsOf(rssi: number): number {
  return [-85, -75, -65, -55].filter((least) => rssi >= least).length;
}

export function inputTypes(inputs: readonly SimInputView[] | undefined): readonly SimInputView['type'][] {
  return (inputs ?? []).map(({ type }) => type);
}

function within(value: unknown, most: number): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= most ? value : undefined;
}
