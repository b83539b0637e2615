import type {
  ControlMode,
  InputDefinition,
  OutputDefinition,
  Product,
  PropertyDefinition,
} from '../../../../src/core/product.js';
import type { Language } from '../devices.js';

export interface ManualSection {
  readonly title: string;
  readonly text: string;
}

interface About {
  readonly name: string;
  readonly description: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly definition: Product | undefined;
}

/** The chapters of a manual in one language; undefined: the product has nothing to say there. */
interface ManualTexts {
  about(product: About): ManualSection;
  settingUp(definition: Product | undefined): ManualSection;
  control(mode: ControlMode, examples: readonly string[]): ManualSection;
  outputs(definition: Product): ManualSection | undefined;
  inputs(definition: Product): ManualSection | undefined;
  properties(definition: Product): ManualSection | undefined;
  led(): ManualSection;
}

const lines = (...parts: (string | false | undefined)[]): string => parts.filter(Boolean).join('\n');
const numbered = <T>(items: readonly T[], say: (item: T, index: number) => string): string =>
  items.map((item, index) => `${index}: ${say(item, index)}`).join('\n');
const maker = (manufacturer: string, model: string): string => [manufacturer, model].filter(Boolean).join(' ');
const rangeOf = ({ min, max, unit = '', values }: PropertyDefinition): string =>
  values?.join(', ') ?? (min === undefined || max === undefined ? '' : `${min}–${max}${unit && ` ${unit}`}`);

const EN: ManualTexts = {
  about: ({ name, description, manufacturer, model, definition }) => ({
    title: 'What it is',
    text: lines(
      `${name}. ${description}`,
      maker(manufacturer, model),
      definition && `Chip ${definition.chipModel}, firmware ${definition.firmwareVersion} or newer.`,
    ),
  }),
  settingUp: (definition) => ({
    title: 'Setting it up',
    text: lines(
      'Give it power. A board that knows no network opens one of its own: SmartLink- and the last four characters of its serial number; the password is on its label. Join it, and the page that opens asks for your network.',
      definition &&
        `Over BLE its name is ${definition.provisioning.bleName} and the same four characters; apps that speak Improv set it up there${definition.provisioning.originBle === 'compat' ? ', and so does the app that the platform’s boards have had' : ''}.`,
      definition?.activationMode === 'signed' &&
        'It proves to the cloud with a key of its own that it is the one, so that nobody else can be.',
      'Then bind it, by its serial number or by the QR code of whoever shares it.',
    ),
  }),
  control: (mode, examples) => ({
    title: 'What it can be told',
    text: lines(MODES[mode].en, examples.length > 0 && 'For example:', ...examples),
  }),
  outputs: ({ outputs, interlocks }) =>
    outputs.length === 0
      ? undefined
      : {
          title: 'Outputs',
          text: lines(
            numbered(outputs, outputEn),
            ...interlocks.map(
              ({ channels, deadTimeMs }) =>
                `Outputs ${channels.join(' and ')} are never on together: between them both are off for ${deadTimeMs} ms.`,
            ),
          ),
        },
  inputs: ({ inputs, outputs }) =>
    inputs.length === 0
      ? undefined
      : { title: 'Inputs', text: numbered(inputs, (input) => inputEn(input, outputs.length > 0)) },
  properties: ({ properties }) =>
    properties.length === 0
      ? undefined
      : {
          title: 'What it reports',
          text: properties.map((one) => `${one.name.en} (${one.key}) ${rangeOf(one)}`.trim()).join('\n'),
        },
  led: () => ({
    title: 'What its LED says',
    text: lines(
      'Two short flashes every 2 s: it waits for somebody to set it up.',
      'Half a second on, half a second off: joining Wi-Fi.',
      'A short flash every second: looking for the cloud.',
      'On: online.',
      'On, with two short gaps every 2 s: it gets a new build, leave it on power.',
      'Mostly on, a gap every 2 s: the cloud refuses it; only a person can mend that.',
      'Three short flashes every 2 s: safe mode.',
    ),
  }),
};

const ZH: ManualTexts = {
  about: ({ name, description, manufacturer, model, definition }) => ({
    title: '产品介绍',
    text: lines(
      `${name}。${description}`,
      maker(manufacturer, model),
      definition && `芯片 ${definition.chipModel},固件 ${definition.firmwareVersion} 及以上。`,
    ),
  }),
  settingUp: (definition) => ({
    title: '配网与绑定',
    text: lines(
      '接通电源。未配网的设备会打开自己的热点:名称为 SmartLink- 加序列号后四位,密码见标签。连接热点后,在打开的页面中选择您的网络。',
      definition &&
        `蓝牙名称为 ${definition.provisioning.bleName} 加同样的后四位,支持 Improv 的应用可以为它配网${definition.provisioning.originBle === 'compat' ? ',平台原有的应用也可以' : ''}。`,
      definition?.activationMode === 'signed' && '设备用自己的密钥向云端证明身份,他人无法冒充。',
      '然后用序列号绑定设备,或扫描分享者的二维码。',
    ),
  }),
  control: (mode, examples) => ({
    title: '控制',
    text: lines(MODES[mode].zh, examples.length > 0 && '例如:', ...examples),
  }),
  outputs: ({ outputs, interlocks }) =>
    outputs.length === 0
      ? undefined
      : {
          title: '输出',
          text: lines(
            numbered(outputs, outputZh),
            ...interlocks.map(
              ({ channels, deadTimeMs }) =>
                `输出 ${channels.join(' 与 ')} 不会同时接通:切换时先同时断开 ${deadTimeMs} 毫秒。`,
            ),
          ),
        },
  inputs: ({ inputs, outputs }) =>
    inputs.length === 0
      ? undefined
      : { title: '输入', text: numbered(inputs, (input) => inputZh(input, outputs.length > 0)) },
  properties: ({ properties }) =>
    properties.length === 0
      ? undefined
      : {
          title: '上报的属性',
          text: properties.map((one) => `${one.name.zh}(${one.key})${rangeOf(one)}`).join('\n'),
        },
  led: () => ({
    title: '指示灯',
    text: lines(
      '每 2 秒短闪两次:等待配网。',
      '亮半秒、灭半秒:正在连接 Wi-Fi。',
      '每秒短闪一次:正在连接云端。',
      '常亮:在线。',
      '常亮,每 2 秒短灭两次:正在更新固件,请勿断电。',
      '几乎常亮,每 2 秒灭一次:云端拒绝了此设备,需要人工处理。',
      '每 2 秒短闪三次:安全模式。',
    ),
  }),
};

export const MANUAL_TEXTS: Readonly<Record<Language, ManualTexts>> = { en: EN, zh: ZH };

const MODES: Readonly<Record<ControlMode, Readonly<Record<Language, string>>>> = {
  toggle: { en: 'It is switched, pulsed or triggered.', zh: '可以切换、点动或触发。' },
  pulse: { en: 'It is pulsed or triggered, and goes back by itself.', zh: '可以点动或触发,之后自动复位。' },
  dimmer: { en: 'It is set to a level, on or off.', zh: '可以设置亮度和开关。' },
  generic: { en: 'It does whatever its outputs can do.', zh: '可以执行其输出支持的所有操作。' },
  readonly: { en: 'It measures, and takes no commands.', zh: '只上报数据,不接受控制。' },
};

function outputEn(output: OutputDefinition): string {
  const pulse = `pulses last ${output.pulse.durationMs} ms, ${output.pulse.maxMs} ms at most`;
  if (output.type === 'servo') {
    const { up, middle, down } = output.positionsDeg;
    return `servo; up ${up}°, middle ${middle}°, down ${down}°; ${pulse}`;
  }
  const start = { off: 'off', on: 'on', last: 'as it last was' }[output.powerOn];
  return `${output.type === 'relay' ? 'relay' : 'lamp'}; after power-on ${start}; ${pulse}`;
}

function outputZh(output: OutputDefinition): string {
  const pulse = `点动 ${output.pulse.durationMs} 毫秒,最长 ${output.pulse.maxMs} 毫秒`;
  if (output.type === 'servo') {
    const { up, middle, down } = output.positionsDeg;
    return `舵机;上 ${up}°,中 ${middle}°,下 ${down}°;${pulse}`;
  }
  const start = { off: '断开', on: '接通', last: '恢复断电前的状态' }[output.powerOn];
  return `${output.type === 'relay' ? '继电器' : '灯'};上电后${start};${pulse}`;
}

function inputEn(input: InputDefinition, commands: boolean): string {
  if (input.type === 'digital') return 'contact, open or closed';
  if (input.type === 'analog') return `measures ${input.scale.min} to ${input.scale.max}`;
  return `button: ${commands ? `short for output ${input.channel}, ` : ''}3 s to set the board up anew, ${input.holdMs / 1000} s for a factory reset`;
}

function inputZh(input: InputDefinition, commands: boolean): string {
  if (input.type === 'digital') return '触点,断开或闭合';
  if (input.type === 'analog') return `测量范围 ${input.scale.min} 至 ${input.scale.max}`;
  return `按键:${commands ? `短按控制输出 ${input.channel},` : ''}按住 3 秒重新配网,按住 ${input.holdMs / 1000} 秒恢复出厂设置`;
}
