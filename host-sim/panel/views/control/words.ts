import { type WordTable, wordsOf } from '../../i18n/language.js';
import type { Wanted } from '../../input/json-fault.js';
import type { Action, Position } from './command-forms.js';

export interface ControlWords {
  readonly now: string;
  readonly nothingYet: string;
  readonly property: string;
  readonly value: string;
  readonly reported: string;
  readonly commands: string;
  readonly wait: (seconds: number) => string;
  readonly offline: string;
  readonly offlineWait: (seconds: number) => string;
  readonly inactive: string;
  readonly disabled: string;
  readonly readonly: string;
  readonly noOutputs: string;
  readonly undefinedProduct: string;
  readonly action: string;
  readonly actions: Readonly<Record<Action, string>>;
  readonly positions: Readonly<Record<Position, string>>;
  readonly duration: string;
  readonly durationHint: string;
  readonly channel: string;
  readonly channelName: (channel: number, type: 'servo' | 'relay' | 'dimmer' | undefined) => string;
  readonly older: string;
  readonly switch: string;
  readonly on: string;
  readonly off: string;
  readonly leftOut: string;
  readonly angle: string;
  readonly angleHint: string;
  readonly send: string;
  readonly set: string;
  readonly setThat: (name: string) => string;
  readonly slider: (name: string) => string;
  readonly properties: string;
  readonly raw: string;
  readonly rawHint: string;
  readonly rawEmpty: string;
  readonly rawNoObject: string;
  readonly rawTooDeep: (most: number) => string;
  readonly rawTooLong: (bytes: number, most: number) => string;
  readonly rawFault: (line: number, column: number, wanted: string, found: string) => string;
  readonly wanted: Readonly<Record<Wanted, string>>;
  readonly sent: string;
  readonly nothingSent: string;
  readonly waiting: string;
  readonly noRoom: string;
  readonly answered: (code: number, ms: string) => string;
  readonly taken: (ms: string) => string;
  readonly refused: (word: string, ms: string) => string;
  readonly again: string;
  readonly copyCurl: string;
}

const WORDS: WordTable<ControlWords> = {
  en: {
    now: 'Now',
    nothingYet: 'This board has reported nothing yet.',
    property: 'Property',
    value: 'Value',
    reported: 'Reported',
    commands: 'Commands',
    wait: (seconds) => `Wait for the board’s answer, up to ${seconds} s`,
    offline: 'This board is offline. The cloud keeps a command for 60 s and delivers it if the board comes back.',
    offlineWait: (seconds) => `Where you wait, it is given up after ${seconds} s.`,
    inactive: 'No board has been activated under this serial number yet: the cloud refuses commands until then.',
    disabled: 'This device is disabled: the cloud refuses commands for it.',
    readonly:
      'Boards of this product report and take no commands (control mode readonly), so there is nothing to send.',
    noOutputs: 'Boards of this product have no outputs, so there is nothing to command.',
    undefinedProduct:
      'This product was made over the API and has no definition: the cloud does not know what its boards have, and passes on what fits its control mode.',
    action: 'Action',
    actions: { toggle: 'Toggle', pulse: 'Pulse', trigger: 'Trigger' },
    positions: { up: 'Up', middle: 'Middle', down: 'Down' },
    duration: 'Duration of a pulse, ms',
    durationHint: '50 to 60000. Empty: as the product has it.',
    channel: 'Channel',
    channelName: (channel, type) => (type === undefined ? `${channel}` : `${channel} (${type})`),
    older: 'Older form',
    switch: 'Switch',
    on: 'On',
    off: 'Off',
    leftOut: 'Left out',
    angle: 'Angle, °',
    angleHint: '0 to 180. Empty: left out.',
    send: 'Send',
    set: 'Set',
    setThat: (name) => `Set ${name}`,
    slider: (name) => `${name}, slider`,
    properties: 'Properties',
    raw: 'Anything else, as JSON',
    rawHint: 'A JSON object of at most 2 KiB, sent as it is. The cloud leaves out keys that it does not know.',
    rawEmpty: 'There is nothing to send: write a JSON object.',
    rawNoObject: 'This is JSON, but no object: a command stands in braces.',
    rawTooDeep: (most) => `This nests deeper than ${most} levels, which the cloud does not take.`,
    rawTooLong: (bytes, most) => `This is ${bytes} bytes long; the cloud takes ${most}.`,
    rawFault: (line, column, wanted, found) =>
      `Line ${line}, column ${column}: ${wanted} must stand here, ${found === '' ? 'and the text ends' : `not ${found}`}.`,
    wanted: {
      value: 'a value',
      key: 'a key in double quotes',
      colon: 'a colon',
      'comma or ]': 'a comma or ]',
      'comma or }': 'a comma or }',
      end: 'the end',
    },
    sent: 'Sent',
    nothingSent: 'Nothing was sent from this page yet.',
    waiting: 'Sent; waiting…',
    noRoom: 'Not sent: four commands are under way. Wait for their answers.',
    answered: (code, ms) => `The board answered ${code} after ${ms} ms`,
    taken: (ms) => `Taken by the cloud after ${ms} ms; nobody waited for the board`,
    refused: (word, ms) => `Refused after ${ms} ms: ${word}`,
    again: 'Send again',
    copyCurl: 'Copy as curl',
  },
  zh: {
    now: '当前状态',
    nothingYet: '此设备尚未上报任何数据。',
    property: '属性',
    value: '值',
    reported: '上报时间',
    commands: '命令',
    wait: (seconds) => `等待设备应答，最多 ${seconds} 秒`,
    offline: '此设备离线。云会将命令保留 60 秒，设备在此期间恢复连接即会收到。',
    offlineWait: (seconds) => `若选择等待，${seconds} 秒后即放弃该命令。`,
    inactive: '此序列号下还没有设备激活：激活之前云会拒绝命令。',
    disabled: '此设备已禁用：云会拒绝发给它的命令。',
    readonly: '此产品的设备只上报数据，不接受命令（控制模式 readonly），因此没有可发送的内容。',
    noOutputs: '此产品的设备没有输出，因此没有可控制的内容。',
    undefinedProduct: '此产品通过 API 创建，没有定义文件：云不知道其设备有哪些部件，凡符合控制模式的命令都会转发。',
    action: '动作',
    actions: { toggle: '切换', pulse: '脉冲', trigger: '触发' },
    positions: { up: '上', middle: '中', down: '下' },
    duration: '脉冲时长（毫秒）',
    durationHint: '50 至 60000。留空则按产品的设定。',
    channel: '通道',
    channelName: (channel, type) =>
      type === undefined ? `${channel}` : `${channel}（${{ servo: '舵机', relay: '继电器', dimmer: '调光' }[type]}）`,
    older: '旧协议',
    switch: '开关',
    on: '开',
    off: '关',
    leftOut: '不发送',
    angle: '角度（°）',
    angleHint: '0 至 180。留空则不发送。',
    send: '发送',
    set: '设置',
    setThat: (name) => `设置${name}`,
    slider: (name) => `${name}滑块`,
    properties: '属性',
    raw: '其他内容（JSON）',
    rawHint: '一个不超过 2 KiB 的 JSON 对象，原样发送。云会略去它不认识的键。',
    rawEmpty: '没有可发送的内容：请写一个 JSON 对象。',
    rawNoObject: '这是 JSON，但不是对象：命令要写在花括号里。',
    rawTooDeep: (most) => `嵌套超过 ${most} 层，云不接受。`,
    rawTooLong: (bytes, most) => `长度为 ${bytes} 字节；云最多接受 ${most} 字节。`,
    rawFault: (line, column, wanted, found) =>
      `第 ${line} 行第 ${column} 列：此处应为${wanted}，${found === '' ? '但文本已结束' : `而不是 ${found}`}。`,
    wanted: {
      value: '一个值',
      key: '带双引号的键',
      colon: '冒号',
      'comma or ]': '逗号或 ]',
      'comma or }': '逗号或 }',
      end: '结尾',
    },
    sent: '已发送',
    nothingSent: '此页面尚未发送任何命令。',
    waiting: '已发送，等待中…',
    noRoom: '未发送：已有四条命令在等待应答，请稍候。',
    answered: (code, ms) => `设备在 ${ms} 毫秒后应答 ${code}`,
    taken: (ms) => `云在 ${ms} 毫秒后收下命令；未等待设备应答`,
    refused: (word, ms) => `${ms} 毫秒后被拒绝：${word}`,
    again: '再次发送',
    copyCurl: '复制为 curl',
  },
};

export function controlWords(): ControlWords {
  return wordsOf(WORDS);
}
