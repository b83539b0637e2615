import { type WordTable, wordsOf } from '../../i18n/language.js';
import type { RANGES_MS } from './spans.js';

export interface PlotWords {
  readonly properties: string;
  readonly nothing: string;
  readonly range: string;
  readonly ranges: Readonly<Record<(typeof RANGES_MS)[number], string>>;
  readonly pause: string;
  readonly closer: string;
  readonly farther: string;
  readonly earlier: string;
  readonly later: string;
  readonly reset: string;
  readonly howTo: string;
  readonly notAll: (most: number) => string;
  readonly noneInSpan: string;
  readonly numbers: (min: string, max: string, last: string) => string;
  readonly levels: (changes: number, last: string) => string;
  readonly texts: (last: string) => string;
  readonly table: string;
  readonly time: string;
  readonly value: string;
  readonly latency: string;
  readonly noLatency: string;
  readonly latencyMeans: string;
  readonly page: string;
  readonly others: string;
  readonly source: string;
  readonly count: string;
  readonly median: string;
  readonly p95: string;
  readonly most: string;
}

const WORDS: WordTable<PlotWords> = {
  en: {
    properties: 'Properties',
    nothing: 'This board has reported nothing in this time.',
    range: 'Time shown',
    ranges: { 300000: '5 min', 3600000: '1 h', 86400000: '24 h', 604800000: '7 days' },
    pause: 'Pause',
    closer: 'Closer',
    farther: 'Farther',
    earlier: 'Earlier',
    later: 'Later',
    reset: 'Back to now',
    howTo: 'Drag over a plot to look closer; press twice to come back.',
    notAll: (most) => `Only the newest ${most} reports of this time are shown.`,
    noneInSpan: 'Nothing in this time.',
    numbers: (min, max, last) => `Lowest ${min}, highest ${max}, last ${last}`,
    levels: (changes, last) => `${changes === 1 ? '1 change' : `${changes} changes`}, last ${last}`,
    texts: (last) => `Last ${last}`,
    table: 'Last values as a table',
    time: 'Time',
    value: 'Value',
    latency: 'Latency of commands',
    noLatency: 'No command was answered yet. Send one, and what it took stands here.',
    latencyMeans:
      'From this page: from the request to the board’s answer. By others: between the command and the board’s answer, as this page hears of them while it is open.',
    page: 'From this page',
    others: 'By others',
    source: 'Commands',
    count: 'Count',
    median: 'Median',
    p95: '95 %',
    most: 'Longest',
  },
  zh: {
    properties: '属性',
    nothing: '此设备在这段时间内没有上报任何数据。',
    range: '显示时段',
    ranges: { 300000: '5 分钟', 3600000: '1 小时', 86400000: '24 小时', 604800000: '7 天' },
    pause: '暂停',
    closer: '放大',
    farther: '缩小',
    earlier: '向前',
    later: '向后',
    reset: '回到现在',
    howTo: '在图上拖动可放大，双击恢复。',
    notAll: (most) => `仅显示这段时间内最新的 ${most} 条上报。`,
    noneInSpan: '这段时间内没有数据。',
    numbers: (min, max, last) => `最低 ${min}，最高 ${max}，最新 ${last}`,
    levels: (changes, last) => `变化 ${changes} 次，最新 ${last}`,
    texts: (last) => `最新 ${last}`,
    table: '以表格显示最近的值',
    time: '时间',
    value: '值',
    latency: '命令延迟',
    noLatency: '尚无命令得到应答。发送一条命令后，耗时会显示在这里。',
    latencyMeans: '本页发送：从请求到设备应答。他人发送：从命令到设备应答，由本页打开期间收到的消息测得。',
    page: '本页发送',
    others: '他人发送',
    source: '命令',
    count: '次数',
    median: '中位数',
    p95: '95%',
    most: '最长',
  },
};

export function plotWords(): PlotWords {
  return wordsOf(WORDS);
}
