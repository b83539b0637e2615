import { type WordTable, wordsOf } from '../../i18n/language.js';
import type { DeviceStatus } from '../../state/device.js';

interface DeviceWords {
  readonly title: string;
  readonly tabs: string;
  readonly register: string;
  readonly registerHint: string;
  readonly searchHint: string;
  readonly product: string;
  readonly project: string;
  readonly status: string;
  readonly statuses: Readonly<Record<DeviceStatus, string>>;
  readonly perPage: string;
  readonly pages: string;
  readonly select: string;
  readonly selectOne: (name: string) => string;
  readonly selectPage: string;
  readonly serial: string;
  readonly serialHint: string;
  readonly serialAndId: string;
  readonly firmware: string;
  readonly lastOnline: string;
  readonly noneYet: string;
  readonly noneFit: string;
  readonly clearFilter: string;
  readonly manage: string;
  readonly manageOne: (name: string) => string;
  readonly openBoard: string;
  readonly disable: string;
  readonly enable: string;
  readonly disabled: (name: string) => string;
  readonly enabled: (name: string) => string;
  readonly saved: (name: string) => string;
  readonly registered: (name: string) => string;
  readonly deleted: (name: string) => string;
  readonly deleteTitle: (name: string) => string;
  readonly deleteText: string;
  readonly newProject: string;
  readonly newProjectName: string;
}

const WORDS: WordTable<DeviceWords> = {
  en: {
    title: 'Devices',
    tabs: 'Devices and projects',
    register: 'Register a device',
    registerHint: 'It is inactive until its board activates. A board that is new to the cloud needs no registration.',
    searchHint: 'Part of a name, serial number or id',
    product: 'Product',
    project: 'Project',
    status: 'Status',
    statuses: { online: 'online', offline: 'offline', inactive: 'inactive', disabled: 'disabled' },
    perPage: 'On a page',
    pages: 'Pages of the devices',
    select: 'Select',
    selectOne: (name) => `Select ${name}`,
    selectPage: 'Select all on this page',
    serial: 'Serial number',
    serialHint: '1 to 64 letters, digits, _ and -',
    serialAndId: 'Serial number, id',
    firmware: 'Firmware',
    lastOnline: 'Last online',
    noneYet: 'There are no devices yet. Start a board: it activates by itself. Or register one ahead.',
    noneFit: 'No device fits the filter.',
    clearFilter: 'Show all',
    manage: 'Manage',
    manageOne: (name) => `Manage ${name}`,
    openBoard: 'Open its page',
    disable: 'Disable',
    enable: 'Enable',
    disabled: (name) => `${name} is disabled: its session has ended.`,
    enabled: (name) => `${name} is enabled: it comes back by itself.`,
    saved: (name) => `${name} is saved.`,
    registered: (name) => `${name} is registered.`,
    deleted: (name) => `${name} is deleted.`,
    deleteTitle: (name) => `Delete ${name}?`,
    deleteText:
      'Its session ends, its credentials stop working, and what it reported is gone. A board that is running activates again by itself within minutes, as a new device: disable it to keep it out.',
    newProject: 'New project…',
    newProjectName: 'Name of the new project',
  },
  zh: {
    title: '设备',
    tabs: '设备和项目',
    register: '登记设备',
    registerHint: '在设备板激活之前处于未激活状态。云不认识的新设备板无需登记。',
    searchHint: '名称、序列号或设备 ID 的一部分',
    product: '产品',
    project: '项目',
    status: '状态',
    statuses: { online: '在线', offline: '离线', inactive: '未激活', disabled: '已禁用' },
    perPage: '每页',
    pages: '设备分页',
    select: '选择',
    selectOne: (name) => `选择 ${name}`,
    selectPage: '选择本页全部',
    serial: '序列号',
    serialHint: '1 到 64 个字母、数字、_ 或 -',
    serialAndId: '序列号、设备 ID',
    firmware: '固件',
    lastOnline: '最近在线',
    noneYet: '还没有设备。启动一块设备板，它会自动激活；也可以提前登记。',
    noneFit: '没有符合筛选条件的设备。',
    clearFilter: '显示全部',
    manage: '管理',
    manageOne: (name) => `管理 ${name}`,
    openBoard: '打开设备页面',
    disable: '禁用',
    enable: '启用',
    disabled: (name) => `${name} 已禁用，其会话已结束。`,
    enabled: (name) => `${name} 已启用，它会自动重新上线。`,
    saved: (name) => `${name} 已保存。`,
    registered: (name) => `${name} 已登记。`,
    deleted: (name) => `${name} 已删除。`,
    deleteTitle: (name) => `删除 ${name}？`,
    deleteText:
      '它的会话将结束，凭据将失效，上报的数据将被清除。正在运行的设备板会在几分钟内自动重新激活，成为新设备；若要阻止它连接，请禁用它。',
    newProject: '新建项目…',
    newProjectName: '新项目的名称',
  },
};

export function deviceWords(): DeviceWords {
  return wordsOf(WORDS);
}
