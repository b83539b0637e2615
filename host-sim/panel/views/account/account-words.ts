import { type WordTable, wordsOf } from '../../i18n/language.js';

interface AccountWords {
  readonly title: string;
  readonly who: string;
  readonly user: string;
  readonly id: string;
  readonly mail: string;
  readonly noMail: string;
  readonly signOut: string;
  readonly taste: string;
  readonly keys: string;
  readonly keysHint: string;
  readonly noKeys: string;
  readonly description: string;
  readonly noDescription: string;
  readonly created: string;
  readonly actions: string;
  readonly create: string;
  readonly createHint: string;
  readonly createDeed: string;
  readonly deleteTitle: string;
  readonly deleteText: (name: string) => string;
  readonly deleteOf: (name: string) => string;
  readonly deleted: string;
  readonly newKey: string;
  readonly newKeyHint: string;
  readonly copyKey: string;
  readonly copySecret: string;
  readonly place: string;
  readonly environment: string;
  readonly urls: Readonly<Record<string, string>>;
  readonly copyUrl: (name: string) => string;
  readonly authority: string;
  readonly authorityHint: string;
  readonly fingerprint: string;
  readonly copyFingerprint: string;
  readonly reading: string;
  readonly reference: string;
  readonly openApi: string;
}

const WORDS: WordTable<AccountWords> = {
  en: {
    title: 'Account',
    who: 'Signed in',
    user: 'Account',
    id: 'User id',
    mail: 'E-mail',
    noMail: 'none',
    signOut: 'Sign out',
    taste: 'Language and colours',
    keys: 'API keys',
    keysHint: 'A program sends an API key and its secret in the place of a login.',
    noKeys: 'No API key yet.',
    description: 'Description',
    noDescription: 'without a description',
    created: 'Created',
    actions: 'Actions',
    create: 'Create an API key',
    createHint: 'What it is for; may be left empty.',
    createDeed: 'Create',
    deleteTitle: 'Delete this API key?',
    deleteText: (name) => `${name}: whatever uses it is refused from now on.`,
    deleteOf: (name) => `Delete ${name}`,
    deleted: 'The API key is deleted.',
    newKey: 'The new API key',
    newKeyHint: 'The two headers that a program sends with each request.',
    copyKey: 'Copy the key alone',
    copySecret: 'Copy the secret alone',
    place: 'Where the cloud is',
    environment: 'Environment',
    urls: {
      api: 'API over HTTP',
      https: 'API over HTTPS',
      mqtt: 'MQTT',
      mqtts: 'MQTT over TLS',
      mtls: 'MQTT with client certificates',
      ws: 'WebSocket',
      wss: 'WebSocket over TLS',
      panel: 'This page',
      sim: 'Simulated world',
    },
    copyUrl: (name) => `Copy the address: ${name}`,
    authority: 'Certificate of its CA',
    authorityHint: 'Compare the fingerprint with what smartlink ca show says before you trust it.',
    fingerprint: 'Its fingerprint (SHA-256)',
    copyFingerprint: 'Copy the fingerprint',
    reading: 'To read',
    reference: 'API reference',
    openApi: 'OpenAPI document',
  },
  zh: {
    title: '账户',
    who: '当前登录',
    user: '账户',
    id: '用户 ID',
    mail: '电子邮件',
    noMail: '无',
    signOut: '退出登录',
    taste: '语言和颜色',
    keys: 'API 密钥',
    keysHint: '程序用 API 密钥及其密文代替登录。',
    noKeys: '还没有 API 密钥。',
    description: '说明',
    noDescription: '没有说明',
    created: '创建时间',
    actions: '操作',
    create: '创建 API 密钥',
    createHint: '用途说明，可留空。',
    createDeed: '创建',
    deleteTitle: '删除这个 API 密钥？',
    deleteText: (name) => `${name}：使用它的程序将立即被拒绝。`,
    deleteOf: (name) => `删除 ${name}`,
    deleted: 'API 密钥已删除。',
    newKey: '新的 API 密钥',
    newKeyHint: '程序在每个请求中发送的两个请求头。',
    copyKey: '只复制密钥',
    copySecret: '只复制密文',
    place: '云的位置',
    environment: '环境',
    urls: {
      api: 'API（HTTP）',
      https: 'API（HTTPS）',
      mqtt: 'MQTT',
      mqtts: 'MQTT（TLS）',
      mtls: 'MQTT（客户端证书）',
      ws: 'WebSocket',
      wss: 'WebSocket（TLS）',
      panel: '本页面',
      sim: '模拟世界',
    },
    copyUrl: (name) => `复制地址：${name}`,
    authority: 'CA 证书',
    authorityHint: '信任之前，请与 smartlink ca show 显示的指纹比较。',
    fingerprint: '指纹（SHA-256）',
    copyFingerprint: '复制指纹',
    reading: '参考资料',
    reference: 'API 参考',
    openApi: 'OpenAPI 文档',
  },
};

export function accountWords(): AccountWords {
  return wordsOf(WORDS);
}
