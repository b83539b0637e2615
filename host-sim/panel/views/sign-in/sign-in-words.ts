import { type WordTable, wordsOf } from '../../i18n/language.js';

interface SignInWords {
  readonly title: string;
  readonly hint: string;
  readonly account: string;
  readonly password: string;
  readonly signIn: string;
  readonly signInAfter: (seconds: number) => string;
  readonly lapsed: string;
  readonly wrongLink: string;
  readonly wrongPassword: string;
  readonly accountMissing: string;
  readonly passwordMissing: string;
  readonly tooMany: (until: string) => string;
}

const WORDS: WordTable<SignInWords> = {
  en: {
    title: 'Sign in',
    hint: 'The link that the program prints when it starts signs in once. Or use the development account that it names.',
    account: 'Account',
    password: 'Password',
    signIn: 'Sign in',
    signInAfter: (seconds) => `Sign in (in ${seconds} s)`,
    lapsed: 'Your login has ended: the cloud no longer takes it. Sign in again, and you are back where you were.',
    wrongLink: 'This link was used before, or is too old. Take the one that the program printed last, or the password.',
    wrongPassword: 'The account or its password is wrong.',
    accountMissing: 'Say which account.',
    passwordMissing: 'Give its password.',
    tooMany: (until) => `There were too many attempts. The next one is taken at ${until}.`,
  },
  zh: {
    title: '登录',
    hint: '程序启动时打印的链接可登录一次；也可以使用它给出的开发账户。',
    account: '账户',
    password: '密码',
    signIn: '登录',
    signInAfter: (seconds) => `登录（${seconds} 秒后）`,
    lapsed: '登录已结束：云不再接受它。请重新登录，随后会回到原来的位置。',
    wrongLink: '这个链接已用过或已过期。请使用程序最近打印的链接，或使用密码。',
    wrongPassword: '账户或密码错误。',
    accountMissing: '请输入账户。',
    passwordMissing: '请输入密码。',
    tooMany: (until) => `尝试次数过多。${until} 之后可以再试。`,
  },
};

export function signInWords(): SignInWords {
  return wordsOf(WORDS);
}
