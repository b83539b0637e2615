import { type WordTable, wordsOf } from '../../i18n/language.js';
import type { DeviceStatus } from '../../state/device.js';
import type { Order, StateFilter } from './arrange.js';
import type { LedMeaning } from './led-meaning.js';
import type { OutputLook } from './looks.js';
import type { QuickCommand } from './quick-commands.js';

/** What is said of boards, in their list, on their cards and on the page of one. */
interface BoardWords {
  readonly title: string;
  readonly allBoards: string;
  readonly search: string;
  readonly stateLabel: string;
  readonly states: Readonly<Record<StateFilter, string>>;
  readonly productLabel: string;
  readonly orderLabel: string;
  readonly orders: Readonly<Record<Order, string>>;
  readonly count: (online: number, all: number) => string;
  readonly shown: (shown: number, all: number) => string;
  readonly beyond: (total: number) => string;
  readonly noneYet: string;
  readonly noneFit: string;
  readonly cloud: Readonly<Record<DeviceStatus, string>>;
  readonly life: Readonly<Record<string, string>>;
  readonly led: Readonly<Record<LedMeaning, string>>;
  readonly noLed: string;
  readonly realBoard: string;
  readonly realBoardHint: string;
  readonly cloudStatus: (word: string) => string;
  readonly firmware: string;
  readonly serial: string;
  readonly deviceId: string;
  readonly product: string;
  readonly notActivated: string;
  readonly signal: (dbm: number) => string;
  readonly noSignal: string;
  readonly notKnown: string;
  readonly noModel: string;
  readonly part: (type: OutputLook['type'] | 'button' | 'digital' | 'analog', nth: string) => string;
  readonly angle: (degrees: string) => string;
  readonly held: string;
  readonly loose: string;
  readonly stalled: string;
  readonly closed: string;
  readonly open: string;
  readonly dark: string;
  readonly posted: string;
  readonly commands: Readonly<Record<QuickCommand['word'], string>>;
  readonly command: (output: string) => string;
  readonly sending: string;
  readonly accepted: (ms: string) => string;
  readonly refused: (why: string, ms: string) => string;
  readonly sent: (ms: string) => string;
  readonly hand: string;
  readonly press: (button: string) => string;
  readonly heldFor: (seconds: string) => string;
  readonly longPress: string;
  readonly resetPress: string;
  readonly power: string;
  readonly wifi: string;
  readonly broker: string;
  readonly surroundings: string;
  readonly air: string;
  readonly latency: string;
  readonly loss: string;
  readonly strength: string;
  readonly unknownBoard: (id: string) => string;
  readonly unknownBoardHint: string;
  readonly notYet: string;
  readonly tabs: Readonly<Record<'control' | 'plots' | 'wire' | 'services', string>>;
  readonly parts: string;
}

const PARTS_ZH = { servo: '舵机', relay: '继电器', dimmer: '灯', button: '按钮', digital: '触点', analog: '电压' };
const PARTS_EN = {
  servo: 'Servo',
  relay: 'Relay',
  dimmer: 'Lamp',
  button: 'Button',
  digital: 'Contact',
  analog: 'Voltage',
};

const WORDS: WordTable<BoardWords> = {
  en: {
    title: 'Boards',
    allBoards: 'All boards',
    search: 'Name, serial number or product',
    stateLabel: 'State',
    states: {
      all: 'All',
      online: 'Online',
      offline: 'Offline',
      inactive: 'Never activated',
      disabled: 'Disabled',
      off: 'Without power',
    },
    productLabel: 'Product',
    orderLabel: 'In the order of',
    orders: { name: 'Names', product: 'Products', state: 'States' },
    count: (online, all) => `${online} of ${all} online`,
    shown: (shown, all) => (shown === all ? `${all} shown` : `${shown} of ${all} shown`),
    beyond: (total) => `The cloud has ${total} devices, more than are drawn here. Devices finds every one.`,
    noneYet: 'There is no board yet. One that activates appears here by itself.',
    noneFit: 'No board fits.',
    cloud: { online: 'online', offline: 'offline', inactive: 'never activated', disabled: 'disabled' },
    life: {
      off: 'without power',
      crashed: 'crashed',
      boot: 'starting',
      unprovisioned: 'waits to be set up',
      provisioning: 'tries the network it was given',
      joining: 'joining Wi-Fi',
      clock: 'asks for the time',
      activating: 'activating',
      connecting: 'connecting',
      online: 'online',
      updating: 'gets a new build',
      stopped: 'stopped',
    },
    led: {
      dark: 'dark',
      lit: 'lit',
      off: 'dark: it is not running',
      online: 'steady: online',
      identify: '10 a second: here I am',
      unprovisioned: 'two short flashes: not set up',
      provisioning: 'fast: tries a network',
      joining: 'slow: joining Wi-Fi',
      cloud: 'a flash a second: on its way to the cloud',
      updating: 'two short gaps: gets a new build, leave it on power',
      hopeless: 'a gap every 2 s: the cloud refuses it, a person must mend that',
      safeMode: 'three short flashes: safe mode',
      blinking: 'blinks',
    },
    noLed: 'It has no status LED.',
    realBoard: 'Real board',
    realBoardHint: 'Drawn by what it posted last. Its button, its power and its network are out of reach from here.',
    cloudStatus: (word) => `Cloud: ${word}`,
    firmware: 'Firmware',
    serial: 'Serial number',
    deviceId: 'Device',
    product: 'Product',
    notActivated: 'not activated yet',
    signal: (dbm) => `Wi-Fi ${minus(dbm)} dBm`,
    noSignal: 'No Wi-Fi',
    notKnown: 'not known',
    noModel: 'The cloud does not know what boards of this product have.',
    part: (type, nth) => `${PARTS_EN[type]}${nth && ` ${nth}`}`,
    angle: (degrees) => `${degrees}°`,
    held: 'held',
    loose: 'not held',
    stalled: 'pushes in vain',
    closed: 'closed',
    open: 'open',
    dark: 'dark',
    posted: 'Last posted',
    commands: { up: 'Up', middle: 'Middle', down: 'Down', on: 'On', off: 'Off', pulse: 'Pulse' },
    command: (output) => `Command: ${output}`,
    sending: 'Sent, waiting for its answer…',
    accepted: (ms) => `Accepted after ${ms} ms`,
    refused: (why, ms) => `Refused after ${ms} ms: ${why}`,
    sent: (ms) => `Sent; no answer within ${ms} ms`,
    hand: 'By hand',
    press: (button) => `${button}: hold`,
    heldFor: (seconds) => `Held ${seconds} s`,
    longPress: 'let go now: opens it to be set up',
    resetPress: 'by default, a factory reset',
    power: 'Power',
    wifi: 'Wi-Fi',
    broker: 'Broker',
    surroundings: 'Its world',
    air: 'Latency, loss, signal',
    latency: 'Latency each way',
    loss: 'Lost segments',
    strength: 'Access point',
    unknownBoard: (id) => `There is no board ${id}`,
    unknownBoardHint: 'It may have been deleted, or belong to somebody else.',
    notYet: 'The cloud does not know it yet: what needs the cloud comes once it has been activated.',
    tabs: { control: 'Control', plots: 'Plots', wire: 'Wire', services: 'Services' },
    parts: 'Parts of this board',
  },
  zh: {
    title: '设备板',
    allBoards: '全部设备板',
    search: '名称、序列号或产品',
    stateLabel: '状态',
    states: { all: '全部', online: '在线', offline: '离线', inactive: '从未激活', disabled: '已停用', off: '未通电' },
    productLabel: '产品',
    orderLabel: '排序',
    orders: { name: '按名称', product: '按产品', state: '按状态' },
    count: (online, all) => `共 ${all} 块，在线 ${online} 块`,
    shown: (shown, all) => (shown === all ? `显示 ${all} 块` : `显示 ${shown} / ${all} 块`),
    beyond: (total) => `云端共有 ${total} 台设备，这里未全部画出；可在“设备”页查找。`,
    noneYet: '还没有设备板。激活后会自动出现在这里。',
    noneFit: '没有符合条件的设备板。',
    cloud: { online: '在线', offline: '离线', inactive: '从未激活', disabled: '已停用' },
    life: {
      off: '未通电',
      crashed: '已崩溃',
      boot: '正在启动',
      unprovisioned: '等待配网',
      provisioning: '正在尝试新网络',
      joining: '正在连接 Wi-Fi',
      clock: '正在获取时间',
      activating: '正在激活',
      connecting: '正在连接云端',
      online: '在线',
      updating: '正在更新固件',
      stopped: '已停止',
    },
    led: {
      dark: '不亮',
      lit: '亮',
      off: '不亮：未运行',
      online: '常亮：在线',
      identify: '每秒闪 10 次：我在这里',
      unprovisioned: '短闪两下：尚未配网',
      provisioning: '快闪：正在尝试网络',
      joining: '慢闪：正在连接 Wi-Fi',
      cloud: '每秒短闪一次：正在连往云端',
      updating: '两次短灭：正在更新固件，请勿断电',
      hopeless: '每 2 秒灭一下：云端拒绝该设备，需要人工处理',
      safeMode: '短闪三下：安全模式',
      blinking: '闪烁',
    },
    noLed: '没有状态灯。',
    realBoard: '真实设备',
    realBoardHint: '按它最近上报的内容绘制；在此处无法操作它的按钮、电源和网络。',
    cloudStatus: (word) => `云端：${word}`,
    firmware: '固件',
    serial: '序列号',
    deviceId: '设备',
    product: '产品',
    notActivated: '尚未激活',
    signal: (dbm) => `Wi-Fi ${minus(dbm)} dBm`,
    noSignal: '无 Wi-Fi',
    notKnown: '未知',
    noModel: '云端不知道此产品的设备板有哪些部件。',
    part: (type, nth) => `${PARTS_ZH[type]}${nth && ` ${nth}`}`,
    angle: (degrees) => `${degrees}°`,
    held: '保持用力',
    loose: '未用力',
    stalled: '受阻堵转',
    closed: '闭合',
    open: '断开',
    dark: '不亮',
    posted: '最近上报',
    commands: { up: '上', middle: '中', down: '下', on: '开', off: '关', pulse: '点动' },
    command: (output) => `命令：${output}`,
    sending: '已发送，正在等待应答…',
    accepted: (ms) => `${ms} 毫秒后接受`,
    refused: (why, ms) => `${ms} 毫秒后拒绝：${why}`,
    sent: (ms) => `已发送；${ms} 毫秒内没有应答`,
    hand: '用手操作',
    press: (button) => `${button}：按住`,
    heldFor: (seconds) => `已按住 ${seconds} 秒`,
    longPress: '此时松开：进入配网',
    resetPress: '默认情况下：恢复出厂设置',
    power: '电源',
    wifi: 'Wi-Fi',
    broker: 'MQTT 服务器',
    surroundings: '所处环境',
    air: '延迟、丢包、信号',
    latency: '单程延迟',
    loss: '丢包率',
    strength: '接入点强度',
    unknownBoard: (id) => `没有设备板 ${id}`,
    unknownBoardHint: '它可能已被删除，或属于其他人。',
    notYet: '云端还不认识它：激活之后，需要云端的内容才会出现。',
    tabs: { control: '控制', plots: '曲线', wire: '线路', services: '服务' },
    parts: '此设备板的内容',
  },
};

/** A number with a minus that is read as one. */
export function minus(value: number): string {
  return String(value).replace('-', '−');
}

export function boardWords(): BoardWords {
  return wordsOf(WORDS);
}

/** A state of the life cycle in words; one that is not known here, as it comes. */
export function stateWord(state: string): string {
  const { life } = boardWords();
  return Object.hasOwn(life, state) ? life[state]! : state;
}
