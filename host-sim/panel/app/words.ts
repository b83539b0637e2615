import { type WordTable, wordsOf } from '../i18n/language.js';

interface AppWords {
  readonly views: string;
  readonly skip: string;
  readonly language: string;
  readonly theme: string;
  readonly themes: Readonly<Record<'auto' | 'light' | 'dark', string>>;
  readonly signOut: string;
  readonly notConnected: string;
  readonly noSuchView: string;
}

const WORDS: WordTable<AppWords> = {
  en: {
    views: 'Views',
    skip: 'Skip to the content',
    language: 'Language',
    theme: 'Colours',
    themes: { auto: 'As the system', light: 'Light', dark: 'Dark' },
    signOut: 'Sign out',
    notConnected: 'Not connected: what you see may be old.',
    noSuchView: 'There is no such page',
  },
  zh: {
    views: '视图',
    skip: '跳到内容',
    language: '语言',
    theme: '颜色',
    themes: { auto: '跟随系统', light: '浅色', dark: '深色' },
    signOut: '退出登录',
    notConnected: '未连接：显示的内容可能已过时。',
    noSuchView: '没有这个页面',
  },
};

export function appWords(): AppWords {
  return wordsOf(WORDS);
}
