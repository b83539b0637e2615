import * as echarts from 'echarts';
import { ratioOf } from './reading.js';
import type { Result, ResultFile } from './result-file.js';
import { figure, goalText } from './table.js';

const WIDTH = 960;
const ROW = 30;
const HEAD = 76;
const FOOT = 48;
const LABELS = 280;
/** Beyond, there is no room for words on the right. */
const CROWDED = 3;
/** Legible on white and on near-black: WCAG 4.5:1 on neither is had by one grey, 3:1 for large and graphic parts on both is. */
const INK = '#7d8590';
const COLORS = { met: '#2da44e', missed: '#e5534b', none: '#539bf5' } as const;

/**
 * The figures of a run as an SVG: each as a share of what is wanted of it, on a logarithmic axis; left of the line is good.
 * Those without a goal stand beside their peer. The colours are legible on light and on dark pages.
 */
export function plot({ results, machine, date }: ResultFile): string {
  const rows = results.map((result) => ({ result, share: shareOf(result) }));
  const height = HEAD + FOOT + rows.length * ROW;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  const shares = rows.map(({ share }) => share).filter((share) => share !== undefined);
  const most = Math.max(10, ...shares) * 4;
  const least = Math.min(0.1, ...shares.filter((share) => share > 0)) / 2;
  const text = { color: INK, fontFamily: 'system-ui, sans-serif', fontSize: 12 };
  chart.setOption({
    animation: false,
    backgroundColor: 'transparent',
    textStyle: text,
    title: {
      text: 'Figure as a multiple of what is wanted (goal) or of its peer',
      subtext: `${machine.cpu}, ${machine.cores} cores, ${date.slice(0, 10)}; logarithmic; left of the line is better; green: met, red: missed, blue: no goal`,
      textStyle: { ...text, fontSize: 15 },
      subtextStyle: { ...text, fontSize: 11 },
    },
    grid: { left: LABELS, right: 24, top: HEAD, bottom: FOOT },
    xAxis: {
      type: 'log',
      min: least,
      max: most,
      axisLabel: { ...text, formatter: (value: number) => `${Number(value.toPrecision(2))}×` },
      splitLine: { lineStyle: { color: INK, opacity: 0.25 } },
      name: 'multiple (×)',
      nameLocation: 'middle',
      nameGap: 28,
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ result }) => label(result)),
      axisLabel: { ...text, width: LABELS - 16, overflow: 'truncate' },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: INK } },
    },
    series: [
      {
        type: 'scatter',
        symbolSize: 11,
        data: rows.map(({ result, share }, index) => ({
          value: [share === undefined ? least : Math.max(share, least), index],
          symbol: share === undefined ? 'emptyCircle' : 'circle',
          itemStyle: {
            opacity: 1,
            color: result.verdict === 'met' ? COLORS.met : result.verdict === 'missed' ? COLORS.missed : COLORS.none,
          },
          label: {
            show: true,
            position: (share ?? 0) > CROWDED ? 'left' : 'right',
            ...text,
            formatter: caption(result),
          },
        })),
        markLine: {
          symbol: 'none',
          silent: true,
          label: { show: false },
          lineStyle: { color: INK, type: 'solid', width: 1.5 },
          data: [{ xAxis: 1 }],
        },
      },
    ],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

/** What is plotted: 1 is just good enough. */
function shareOf(result: Result): number | undefined {
  const { value, goal } = result;
  const ratio = ratioOf(result);
  if (value === undefined) return undefined;
  const held = goal === undefined ? ratio : goal.of === 'ratio' ? ratio : value;
  if (held === undefined) return undefined;
  if (goal === undefined) return result.moreIsBetter && held > 0 ? 1 / held : held;
  if (goal.limit === 0) return held <= 0 ? undefined : held;
  return goal.atLeast ? goal.limit / Math.max(held, Number.MIN_VALUE) : held / goal.limit;
}

function label({ goal, name }: Result): string {
  return goal?.number === undefined ? name : `${goal.number}  ${name}`;
}

function caption(result: Result): string {
  const { value, unit } = result;
  if (value === undefined) return 'not measured here';
  const wanted = goalText(result);
  const ratio = ratioOf(result);
  return [
    `${figure(value)} ${unit}`,
    ...(ratio === undefined ? [] : [`${ratio.toPrecision(3)}× its peer`]),
    ...(wanted === '' ? [] : [wanted]),
  ].join(', ');
}
