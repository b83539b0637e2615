import uPlot from 'uplot';
import { locale } from '../../i18n/language.js';
import { pulled, type Span } from './spans.js';
import { timeTick } from './ticks.js';

/** The vertical scale. */
export interface Heights {
  /** Names of the whole numbers from 0 up; undefined: it is one of numbers. */
  readonly names?: readonly string[] | undefined;
  /** Fixed ends; undefined: as the curves have them. */
  readonly range?: { readonly min: number; readonly max: number } | undefined;
  /** The lower end, where the upper one is as the curves have it. */
  readonly startsAt?: number;
  readonly unit?: string | undefined;
}

export type CurveStyle = 'steps' | 'line' | 'dots';

export interface ChartLook {
  readonly style: CurveStyle;
  readonly heights: Heights;
  /** How many curves there are: one or two. */
  readonly curves: number;
}

/** What a chart asks and tells while it is there. */
export interface ChartHands {
  /** Whether the last point is none: the value before it, which holds until then. */
  readonly isHeld: () => boolean;
  /** Somebody has pulled over a span; without one: has pressed twice. */
  readonly onPull: (span: Span | undefined) => void;
}

const ROW_PX = 26;
const NUMBERS_PX = 140;
const TIMES_PX = 36;
const HEIGHTS_PX = 66;
const NAME_CHARS = 9;
const TOKENS = ['--accent', '--warn'] as const;

/** What uPlot needs to draw in the colours that the page has now. */
export function chartOptions(
  parent: HTMLElement,
  { style, heights, curves }: ChartLook,
  { isHeld, onPull }: ChartHands,
): uPlot.Options {
  const { names, unit } = heights;
  const axis = {
    stroke: colourOf(parent, '--quiet'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: colourOf(parent, '--line'), width: 1 },
    ticks: { show: false },
  };
  const back = (): null => {
    onPull(undefined);
    return null;
  };
  return {
    width: widthOf(parent),
    height: TIMES_PX + (names ? Math.max(2, names.length) * ROW_PX : NUMBERS_PX),
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, bind: { dblclick: () => back } },
    scales: { x: { time: true, auto: false }, y: { range: (_plot, min, max) => endsOf(heights, min, max) } },
    axes: [
      {
        ...axis,
        size: TIMES_PX,
        values: (_plot, splits, _i, _space, step) => splits.map((at) => timeTick(at, step, locale())),
      },
      {
        ...axis,
        size: HEIGHTS_PX,
        ...(names
          ? { splits: names.map((_, level) => level), values: () => names.map(shortened) }
          : { values: (_plot: uPlot, splits: number[]) => splits.map((one) => withUnit(one, unit)) }),
      },
    ],
    series: [
      {},
      ...TOKENS.slice(0, curves).map((token, place) => seriesOf(colourOf(parent, token), style, place, isHeld)),
    ],
    hooks: {
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width === 0) return;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onPull(pulled(plot.posToVal(left, 'x') * 1_000, plot.posToVal(left + width, 'x') * 1_000));
        },
      ],
    },
  };
}

/** How wide a chart is in its box. */
export function widthOf(parent: HTMLElement): number {
  return Math.max(160, parent.clientWidth);
}

function seriesOf(stroke: string, style: CurveStyle, place: number, isHeld: () => boolean): uPlot.Series {
  if (style === 'dots') {
    // Those of the second curve are hollow: colour alone would not tell them apart.
    const fill = place === 0 ? stroke : 'transparent';
    return { stroke, paths: () => null, points: { show: true, size: 8, width: 1.5, stroke, fill } };
  }
  const reported: uPlot.Series.Points.Filter = (plot, _place, isShown) =>
    isShown && isHeld() ? [...plot.data[0].keys()].slice(0, -1) : null;
  return {
    stroke,
    width: 2,
    points: { size: 5, fill: stroke, filter: reported },
    ...(style === 'steps' && { paths: uPlot.paths.stepped!({ align: 1 }) }),
  };
}

/** The ends of the vertical scale, with some room, so that a line at an end is seen. uPlot has no ends where there are no heights. */
function endsOf({ names, range, startsAt }: Heights, min: number | null, max: number | null): [number, number] {
  if (names) return [-0.5, Math.max(2, names.length) - 0.5];
  const low = range?.min ?? startsAt ?? min ?? 0;
  const high = range?.max ?? max ?? 1;
  const room = high > low ? (high - low) * 0.06 : Math.max(1, Math.abs(low) * 0.1);
  return [low - room, high + room];
}

function withUnit(value: number, unit: string | undefined): string {
  const text = String(value);
  if (unit === undefined) return text;
  return unit === '°' ? `${text}°` : `${text} ${unit}`;
}

function shortened(name: string): string {
  return name.length > NAME_CHARS ? `${name.slice(0, NAME_CHARS - 1)}…` : name;
}

/** A colour of the page as a canvas understands it. */
function colourOf(element: HTMLElement, token: string): string {
  element.style.color = `var(${token})`;
  const { color } = getComputedStyle(element);
  element.style.color = '';
  return color;
}
