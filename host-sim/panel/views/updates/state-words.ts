import { type WordTable, wordsOf } from '../../i18n/language.js';
import type { Tone } from '../../ui/badge.js';
import type { Campaign, Update, UpdateState } from './messages.js';

interface StateWords {
  readonly states: Readonly<Record<UpdateState, string>>;
  readonly statuses: Readonly<Record<Campaign['status'], string>>;
  /** By Alink's step, without its sign. */
  readonly steps: Readonly<Record<number, string>>;
  readonly because: (where: string, why: string) => string;
  readonly updatedOf: (updated: number, total: number) => string;
  /** Between the parts of a list. */
  readonly comma: string;
  readonly countIn: (count: number, state: string) => string;
}

const WORDS: WordTable<StateWords> = {
  en: {
    states: {
      pending: 'waiting',
      told: 'told',
      downloading: 'downloading',
      verifying: 'checking',
      restarting: 'restarting',
      updated: 'updated',
      failed: 'failed',
      skipped: 'skipped',
      superseded: 'superseded',
      cancelled: 'cancelled',
    },
    statuses: { running: 'running', paused: 'paused', aborted: 'aborted', completed: 'completed' },
    steps: { 1: 'Refused or taken back', 2: 'Download', 3: 'Checksum or signature', 4: 'Flash' },
    because: (where, why) => `${where}: ${why}`,
    updatedOf: (updated, total) => `${updated} of ${total} updated`,
    comma: ', ',
    countIn: (count, state) => `${count} ${state}`,
  },
  zh: {
    states: {
      pending: '等待中',
      told: '已通知',
      downloading: '下载中',
      verifying: '校验中',
      restarting: '重启中',
      updated: '已更新',
      failed: '失败',
      skipped: '已跳过',
      superseded: '已被取代',
      cancelled: '已取消',
    },
    statuses: { running: '进行中', paused: '已暂停', aborted: '已中止', completed: '已完成' },
    steps: { 1: '被拒绝或已回退', 2: '下载', 3: '校验和或签名', 4: '闪存' },
    because: (where, why) => `${where}：${why}`,
    updatedOf: (updated, total) => `已更新 ${updated} / ${total}`,
    comma: '，',
    countIn: (count, state) => `${state} ${count}`,
  },
};

const STATE_TONES: Partial<Record<UpdateState, Tone>> = {
  told: 'warn',
  downloading: 'warn',
  verifying: 'warn',
  restarting: 'warn',
  updated: 'good',
  failed: 'bad',
};

export function stateWords(): StateWords {
  return wordsOf(WORDS);
}

export function toneOf({ state, desc }: Pick<Update, 'state' | 'desc'>): Tone {
  // It runs the new version, and something is wrong all the same.
  if (state === 'updated' && desc) return 'warn';
  return STATE_TONES[state] ?? 'quiet';
}

export function statusTone({ status, boards }: Pick<Campaign, 'status' | 'boards'>): Tone {
  if (status === 'aborted') return 'bad';
  if (status === 'completed') return boards.failed > 0 ? 'warn' : 'good';
  return status === 'paused' ? 'warn' : 'quiet';
}

/** Where and why it failed, or what else is said of it; a dash where there is nothing to say. */
export function reasonOf({ step, desc }: Pick<Update, 'step' | 'desc'>): string {
  const words = stateWords();
  const where = step === null ? '' : (words.steps[-step] ?? '');
  const why = desc ?? '';
  return where !== '' && why !== '' ? words.because(where, why) : where + why || '–';
}

/** How a campaign's boards stand, in one line. */
export function boardsText({ boards }: Pick<Campaign, 'boards'>): string {
  const words = stateWords();
  const rest = Object.entries(boards).filter(
    ([state, count]) => count > 0 && state !== 'total' && state !== 'updated',
  ) as [UpdateState, number][];
  return [
    words.updatedOf(boards.updated, boards.total),
    ...rest.map(([state, count]) => words.countIn(count, words.states[state])),
  ].join(words.comma);
}
