import { type WordTable, wordsOf } from '../../i18n/language.js';

/** What can be done to several devices. */
export type BulkKind = 'move' | 'disable' | 'enable' | 'delete';
export const BULK_KINDS: readonly BulkKind[] = ['move', 'disable', 'enable', 'delete'];

interface BulkWords {
  readonly bar: string;
  readonly selected: (count: number) => string;
  readonly clear: string;
  readonly deeds: Readonly<Record<BulkKind, string>>;
  readonly titles: Readonly<Record<BulkKind, (count: number) => string>>;
  readonly texts: Readonly<Record<BulkKind, string>>;
  readonly more: (count: number) => string;
  readonly stop: string;
  readonly progress: (tried: number, total: number) => string;
  readonly done: Readonly<Record<BulkKind, (count: number) => string>>;
  readonly failed: (count: number) => string;
  readonly left: (count: number) => string;
}

const devices = (count: number): string => (count === 1 ? '1 device' : `${count} devices`);

const WORDS: WordTable<BulkWords> = {
  en: {
    bar: 'Selected devices',
    selected: (count) => `${count} selected`,
    clear: 'Select none',
    deeds: { move: 'Move', disable: 'Disable', enable: 'Enable', delete: 'Delete' },
    titles: {
      move: (count) => `Move ${devices(count)}?`,
      disable: (count) => `Disable ${devices(count)}?`,
      enable: (count) => `Enable ${devices(count)}?`,
      delete: (count) => `Delete ${devices(count)}?`,
    },
    texts: {
      move: 'Who shares the project sees them there.',
      disable: 'Their sessions end, and they stay out until they are enabled.',
      enable: 'Their boards come back by themselves.',
      delete:
        'Their sessions end, their credentials stop working, and what they reported is gone. Boards that are running activate again by themselves within minutes, as new devices: disable them to keep them out.',
    },
    more: (count) => `and ${count} more`,
    stop: 'Stop',
    progress: (tried, total) => `${tried} of ${total}`,
    done: {
      move: (count) => `${devices(count)} moved.`,
      disable: (count) => `${devices(count)} disabled.`,
      enable: (count) => `${devices(count)} enabled.`,
      delete: (count) => `${devices(count)} deleted.`,
    },
    failed: (count) => `${devices(count)} failed:`,
    left: (count) => `${devices(count)} left as before.`,
  },
  zh: {
    bar: '已选设备',
    selected: (count) => `已选 ${count} 台`,
    clear: '取消选择',
    deeds: { move: '移动', disable: '禁用', enable: '启用', delete: '删除' },
    titles: {
      move: (count) => `移动 ${count} 台设备？`,
      disable: (count) => `禁用 ${count} 台设备？`,
      enable: (count) => `启用 ${count} 台设备？`,
      delete: (count) => `删除 ${count} 台设备？`,
    },
    texts: {
      move: '共享该项目的用户可以在其中看到它们。',
      disable: '它们的会话将结束，启用之前无法连接。',
      enable: '它们的设备板会自动重新上线。',
      delete:
        '它们的会话将结束，凭据将失效，上报的数据将被清除。正在运行的设备板会在几分钟内自动重新激活，成为新设备；若要阻止它们连接，请禁用它们。',
    },
    more: (count) => `以及另外 ${count} 台`,
    stop: '停止',
    progress: (tried, total) => `${tried} / ${total}`,
    done: {
      move: (count) => `已移动 ${count} 台设备。`,
      disable: (count) => `已禁用 ${count} 台设备。`,
      enable: (count) => `已启用 ${count} 台设备。`,
      delete: (count) => `已删除 ${count} 台设备。`,
    },
    failed: (count) => `${count} 台失败：`,
    left: (count) => `${count} 台保持不变。`,
  },
};

export function bulkWords(): BulkWords {
  return wordsOf(WORDS);
}
