import { type WordTable, wordsOf } from '../../i18n/language.js';

interface CodesWords {
  readonly title: string;
  readonly codes: string;
  readonly codesHint: string;
  readonly none: string;
  readonly code: string;
  readonly to: string;
  readonly channels: Readonly<Record<string, string>>;
  readonly purpose: string;
  readonly purposes: Readonly<Record<string, string>>;
  readonly sent: string;
  readonly left: string;
  readonly leftText: (minutes: number, seconds: number) => string;
  readonly over: string;
  readonly copyCode: (address: string) => string;
  readonly domain: string;
  readonly domainHint: string;
  readonly reference: string;
  /** What ends that sentence. */
  readonly stop: string;
  readonly userDomain: string;
  readonly secret: string;
  readonly show: string;
  readonly hide: string;
  readonly hidden: string;
  readonly copyDomain: string;
  readonly copySecret: string;
  readonly notYours: string;
}

const WORDS: WordTable<CodesWords> = {
  en: {
    title: 'Codes',
    codes: 'Sent codes',
    codesHint:
      'This cloud sends no SMS and no mail: what it would have sent stands here until it is used or its time is over.',
    none: 'No code is waiting. One appears here when an app asks for it.',
    code: 'Code',
    to: 'To',
    channels: { sms: 'SMS', mail: 'Mail' },
    purpose: 'For',
    purposes: {
      register: 'a new account',
      login: 'a login',
      reset: 'a forgotten password',
      close: 'closing an account',
      contact: 'a new address',
    },
    sent: 'Sent',
    left: 'Time left',
    leftText: (minutes, seconds) => `${minutes} min ${seconds} s`,
    over: 'over',
    copyCode: (address) => `Copy the code for ${address}`,
    domain: 'User domain',
    domainHint:
      'An app of the end-user API names the user domain with each request, and signs it with the secret of the domain; how is written in the ',
    reference: 'reference',
    stop: '.',
    userDomain: 'Domain',
    secret: 'Secret',
    show: 'Show the secret',
    hide: 'Hide the secret',
    hidden: 'hidden',
    copyDomain: 'Copy the domain',
    copySecret: 'Copy the secret',
    notYours:
      'Codes and the secret of the user domain are for who runs this cloud: only the development account sees them.',
  },
  zh: {
    title: '验证码',
    codes: '已发送的验证码',
    codesHint: '这个云不发送短信和邮件：本应发送的内容显示在这里，直到被使用或过期。',
    none: '没有等待使用的验证码。应用请求验证码时会显示在这里。',
    code: '验证码',
    to: '接收方',
    channels: { sms: '短信', mail: '邮件' },
    purpose: '用途',
    purposes: { register: '注册', login: '登录', reset: '重置密码', close: '注销账户', contact: '更换联系方式' },
    sent: '发送时间',
    left: '剩余时间',
    leftText: (minutes, seconds) => `${minutes} 分 ${seconds} 秒`,
    over: '已过期',
    copyCode: (address) => `复制发给 ${address} 的验证码`,
    domain: '用户域',
    domainHint: '使用终端用户 API 的应用在每个请求中给出用户域，并用该域的密钥签名；方法见',
    reference: '参考文档',
    stop: '。',
    userDomain: '域名',
    secret: '密钥',
    show: '显示密钥',
    hide: '隐藏密钥',
    hidden: '已隐藏',
    copyDomain: '复制域名',
    copySecret: '复制密钥',
    notYours: '验证码和用户域密钥仅供云的运行者使用：只有开发账户可以看到。',
  },
};

export function codesWords(): CodesWords {
  return wordsOf(WORDS);
}
