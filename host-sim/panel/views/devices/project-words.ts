import { type WordTable, wordsOf } from '../../i18n/language.js';

interface ProjectWords {
  readonly title: string;
  readonly create: string;
  readonly description: string;
  readonly role: string;
  readonly roles: Readonly<Record<'owner' | 'member', string>>;
  readonly devices: string;
  readonly created: string;
  readonly noneYet: string;
  readonly pages: string;
  readonly back: string;
  readonly edit: string;
  readonly saved: (name: string) => string;
  readonly deleteTitle: (name: string) => string;
  readonly deleteText: string;
  readonly deleted: (name: string) => string;
  readonly inUse: string;
  readonly members: string;
  readonly part: string;
  readonly nobody: string;
  readonly user: string;
  readonly userHint: string;
  readonly addMember: string;
  readonly remove: string;
  readonly removeOne: (name: string) => string;
  readonly removeTitle: (name: string) => string;
  readonly removeText: string;
  readonly removed: (name: string) => string;
  readonly bind: string;
  readonly bindText: string;
  readonly bindTitle: string;
  readonly bindUse: string;
  readonly bindUntil: (time: string) => string;
  readonly bindEnded: string;
}

const WORDS: WordTable<ProjectWords> = {
  en: {
    title: 'Projects',
    create: 'New project',
    description: 'Description',
    role: 'Your part',
    roles: { owner: 'owner', member: 'member' },
    devices: 'Devices',
    created: 'Made',
    noneYet: 'There are no projects.',
    pages: 'Pages of the projects',
    back: 'All projects',
    edit: 'Rename…',
    saved: (name) => `${name} is saved.`,
    deleteTitle: (name) => `Delete ${name}?`,
    deleteText: 'Whoever shares it sees it no longer. A project that has devices cannot be deleted.',
    deleted: (name) => `${name} is deleted.`,
    inUse: 'It still has devices: move them to another project or delete them, then delete it.',
    members: 'Who shares it',
    part: 'Part',
    nobody: 'Nobody is named: every user sees what is in it.',
    user: 'Name, e-mail or phone number of a user',
    userHint: 'He sees the devices of this project, commands and renames them.',
    addMember: 'Share',
    remove: 'Remove',
    removeOne: (name) => `Remove ${name}`,
    removeTitle: (name) => `Remove ${name}?`,
    removeText: 'He sees the devices of this project no longer.',
    removed: (name) => `${name} shares it no longer.`,
    bind: 'Bind token',
    bindText:
      'A board that gets this token when it is set up is put into this project. It works once, within ten minutes.',
    bindTitle: 'Make a bind token',
    bindUse: 'Type it on the page of the board, beside the network and its password.',
    bindUntil: (time) => `It ends at ${time}.`,
    bindEnded: 'It has ended. Make another one.',
  },
  zh: {
    title: '项目',
    create: '新建项目',
    description: '描述',
    role: '您的角色',
    roles: { owner: '所有者', member: '成员' },
    devices: '设备数',
    created: '创建时间',
    noneYet: '没有项目。',
    pages: '项目分页',
    back: '全部项目',
    edit: '重命名…',
    saved: (name) => `${name} 已保存。`,
    deleteTitle: (name) => `删除 ${name}？`,
    deleteText: '共享它的用户将不再看到它。仍有设备的项目无法删除。',
    deleted: (name) => `${name} 已删除。`,
    inUse: '其中仍有设备：请先把它们移到其他项目或删除，再删除此项目。',
    members: '共享成员',
    part: '角色',
    nobody: '没有列出成员：所有用户都能看到其中的设备。',
    user: '用户的名称、邮箱或手机号',
    userHint: '对方可以查看、控制和重命名此项目中的设备。',
    addMember: '共享',
    remove: '移除',
    removeOne: (name) => `移除 ${name}`,
    removeTitle: (name) => `移除 ${name}？`,
    removeText: '对方将不再看到此项目中的设备。',
    removed: (name) => `${name} 已不再共享此项目。`,
    bind: '绑定令牌',
    bindText: '设置设备板时填入此令牌，设备板就会归入此项目。令牌只能使用一次，十分钟内有效。',
    bindTitle: '生成绑定令牌',
    bindUse: '在设备板的设置页面上，与网络和密码一起填入。',
    bindUntil: (time) => `有效期至 ${time}。`,
    bindEnded: '令牌已过期，请重新生成。',
  },
};

export function projectWords(): ProjectWords {
  return wordsOf(WORDS);
}
