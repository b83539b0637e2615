import type { SummaryWords } from '../state/wire-summary.js';
import { type WordTable, wordsOf } from './language.js';

const WORDS: WordTable<SummaryWords> = {
  en: {
    noAnswer: 'no answer',
    state: 'state',
    missing: (missed) =>
      missed === undefined
        ? 'Entries may be missing here: nobody looked, or the connection was broken.'
        : `${missed} ${missed === 1 ? 'entry is' : 'entries are'} missing here: there was too much, or nobody looked.`,
  },
  zh: {
    noAnswer: '无应答',
    state: '状态',
    missing: (missed) =>
      missed === undefined
        ? '此处可能缺少条目：当时无人查看，或连接已断开。'
        : `此处缺少 ${missed} 个条目：数量过多，或当时无人查看。`,
  },
};

export function summaryWords(): SummaryWords {
  return wordsOf(WORDS);
}
