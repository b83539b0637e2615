import { type WordTable, wordsOf } from '../../i18n/language.js';
import type { FirmwareService } from './firmware-services.js';
import type { ParamsFault } from './service-call.js';

interface ServiceText {
  readonly name: string;
  readonly text: string;
}

interface ServiceWords {
  readonly notActivated: string;
  readonly values: string;
  readonly valuesText: string;
  readonly allKeys: string;
  readonly ask: string;
  readonly firmware: string;
  readonly services: Readonly<Record<FirmwareService, ServiceText>>;
  readonly confirmTitle: (service: string, board: string) => string;
  readonly environment: string;
  readonly bundle: string;
  readonly bundleHint: string;
  readonly other: string;
  readonly otherText: string;
  readonly service: string;
  readonly params: string;
  readonly paramsHint: string;
  readonly paramsFault: (fault: ParamsFault) => string;
  readonly call: string;
  readonly wait: string;
  readonly calls: string;
  readonly noCalls: string;
  readonly sentAt: (time: string) => string;
  readonly without: string;
  readonly waiting: string;
  readonly took: (ms: number) => string;
  readonly answered: (code: number) => string;
  readonly refused: (code: number) => string;
  readonly failed: string;
  readonly log: string;
}

const WORDS: WordTable<ServiceWords> = {
  en: {
    notActivated: 'The cloud does not know this board yet: it takes services once it has activated.',
    values: 'Ask for values',
    valuesText: 'The board answers with its properties as they are now.',
    allKeys: 'Without a choice it answers with all.',
    ask: 'Ask',
    firmware: 'Services of the firmware',
    services: {
      restart: { name: 'Restart', text: 'It says offline and starts anew; its outputs keep their state.' },
      checkUpdate: { name: 'Look for an update', text: 'It tells the cloud its build, which offers what it has.' },
      getLog: { name: 'Read its log', text: 'It posts its last events, which are shown below.' },
      openProvisioning: {
        name: 'Open set-up',
        text: 'For ten minutes whoever is near and has its label may set it up anew.',
      },
      setEnvironment: {
        name: 'Move to another environment',
        text: 'It leaves this cloud for that of the other environment, and is back where it does not come online there.',
      },
      setTrust: {
        name: 'Bring a trust bundle',
        text: 'Environments and CAs, signed with an update key, take the place of those it knows.',
      },
      reset: {
        name: 'Back to the factory',
        text: 'It forgets its network and all it was told and starts as out of its box. Somebody must be there to set it up again.',
      },
    },
    confirmTitle: (service, board) => `${service}: ${board}?`,
    environment: 'Environment',
    bundle: 'Bundle (JSON)',
    bundleHint: 'What `smartlink trust pack` has written',
    other: 'Another service',
    otherText: 'Any name that the firmware of this board may know.',
    service: 'Service',
    params: 'Parameters (JSON)',
    paramsHint: 'An object or a list, at most 3,840 bytes; empty: none',
    paramsFault: (fault) => {
      if (fault.kind === 'json') return `It stops being JSON at line ${fault.line}, column ${fault.column}.`;
      return fault.kind === 'no object' ? 'It must be an object or a list.' : 'It must be at most 3,840 bytes.';
    },
    call: 'Call',
    wait: 'Wait for the answer (seconds)',
    calls: 'Calls',
    noCalls: 'None yet. What is called here stays until the page is left.',
    sentAt: (time) => `sent ${time}`,
    without: 'without parameters',
    waiting: 'waits for the board…',
    took: (ms) => `took ${ms} ms`,
    answered: (code) => `the board said yes (${code})`,
    refused: (code) => `the board said no (${code})`,
    failed: 'no answer of the board',
    log: 'Its log',
  },
  zh: {
    notActivated: '云还不认识这块设备板：激活之后才能调用服务。',
    values: '读取属性',
    valuesText: '设备板会返回当前的属性值。',
    allKeys: '不选择则返回全部。',
    ask: '读取',
    firmware: '固件服务',
    services: {
      restart: { name: '重启', text: '设备板先报告离线再重新启动；输出状态保持不变。' },
      checkUpdate: { name: '检查更新', text: '设备板上报其固件版本，云会提供可用的更新。' },
      getLog: { name: '读取日志', text: '设备板上报最近的事件，显示在下方。' },
      openProvisioning: { name: '开放配网', text: '十分钟内，在附近并持有标签的人可以重新设置它。' },
      setEnvironment: {
        name: '切换环境',
        text: '设备板离开此云，转到另一环境的云；如果在那里无法上线，会自动返回。',
      },
      setTrust: { name: '下发信任包', text: '用更新密钥签名的环境和 CA 将取代设备板已知的内容。' },
      reset: {
        name: '恢复出厂设置',
        text: '设备板会忘记网络和所有设置，回到出厂状态。必须有人在现场重新设置。',
      },
    },
    confirmTitle: (service, board) => `${service}：${board}？`,
    environment: '环境',
    bundle: '信任包（JSON）',
    bundleHint: '由 `smartlink trust pack` 生成',
    other: '其他服务',
    otherText: '设备板固件可能支持的任意服务名。',
    service: '服务名',
    params: '参数（JSON）',
    paramsHint: '对象或列表，最多 3,840 字节；留空表示无参数',
    paramsFault: (fault) => {
      if (fault.kind === 'json') return `第 ${fault.line} 行第 ${fault.column} 列处不是有效的 JSON。`;
      return fault.kind === 'no object' ? '必须是对象或列表。' : '不得超过 3,840 字节。';
    },
    call: '调用',
    wait: '等待应答（秒）',
    calls: '调用记录',
    noCalls: '暂无。离开本页后记录会清除。',
    sentAt: (time) => `发送于 ${time}`,
    without: '无参数',
    waiting: '正在等待设备板…',
    took: (ms) => `耗时 ${ms} 毫秒`,
    answered: (code) => `设备板已接受（${code}）`,
    refused: (code) => `设备板已拒绝（${code}）`,
    failed: '设备板没有应答',
    log: '设备日志',
  },
};

export function serviceWords(): ServiceWords {
  return wordsOf(WORDS);
}
