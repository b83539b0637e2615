import { type WordTable, wordsOf } from './language.js';

/** Words that every view needs. */
export interface CommonWords {
  readonly cancel: string;
  readonly close: string;
  /** Of what was said. */
  readonly dismiss: string;
  readonly save: string;
  readonly delete: string;
  readonly add: string;
  readonly edit: string;
  readonly search: string;
  readonly copy: string;
  readonly copied: string;
  readonly notCopied: string;
  readonly loading: string;
  readonly retry: string;
  readonly none: string;
  readonly never: string;
  readonly unknown: string;
  readonly yes: string;
  readonly no: string;
  readonly all: string;
  readonly previous: string;
  readonly next: string;
  readonly rangeOf: (from: number, to: number, total: number) => string;
  readonly online: string;
  readonly offline: string;
  readonly name: string;
  readonly noAnswer: string;
  readonly details: string;
}

const WORDS: WordTable<CommonWords> = {
  en: {
    cancel: 'Cancel',
    close: 'Close',
    dismiss: 'Dismiss',
    save: 'Save',
    delete: 'Delete',
    add: 'Add',
    edit: 'Edit',
    search: 'Search',
    copy: 'Copy',
    copied: 'Copied',
    notCopied: 'The browser did not let it be copied.',
    loading: 'Loading…',
    retry: 'Try again',
    none: 'None',
    never: 'Never',
    unknown: 'Unknown',
    yes: 'Yes',
    no: 'No',
    all: 'All',
    previous: 'Previous',
    next: 'Next',
    rangeOf: (from, to, total) => (total === 0 ? 'None' : `${from}–${to} of ${total}`),
    online: 'online',
    offline: 'offline',
    name: 'Name',
    noAnswer: 'The cloud does not answer. Is it still running?',
    details: 'Details',
  },
  zh: {
    cancel: '取消',
    close: '关闭',
    dismiss: '知道了',
    save: '保存',
    delete: '删除',
    add: '添加',
    edit: '编辑',
    search: '搜索',
    copy: '复制',
    copied: '已复制',
    notCopied: '浏览器不允许复制。',
    loading: '正在加载…',
    retry: '重试',
    none: '无',
    never: '从未',
    unknown: '未知',
    yes: '是',
    no: '否',
    all: '全部',
    previous: '上一页',
    next: '下一页',
    rangeOf: (from, to, total) => (total === 0 ? '无' : `第 ${from}–${to} 项，共 ${total} 项`),
    online: '在线',
    offline: '离线',
    name: '名称',
    noAnswer: '云没有应答。它还在运行吗？',
    details: '详情',
  },
};

export function common(): CommonWords {
  return wordsOf(WORDS);
}
