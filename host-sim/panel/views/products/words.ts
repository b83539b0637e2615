import { type WordTable, wordsOf } from '../../i18n/language.js';
import type { ThingModel, ThingProperty } from '../../state/device.js';
import type { ProductText } from './product-form-state.js';

interface ProductWords {
  readonly title: string;
  readonly create: string;
  readonly searchHint: string;
  readonly noneYet: string;
  readonly noneFit: string;
  readonly pages: string;
  readonly productKey: string;
  readonly productKeyHint: string;
  readonly texts: Readonly<Record<ProductText, string>>;
  readonly colorHint: string;
  readonly controlMode: string;
  readonly controlModes: Readonly<Record<ThingModel['controlMode'], string>>;
  readonly status: string;
  readonly enabled: string;
  readonly disabled: string;
  readonly activation: string;
  readonly activations: Readonly<Record<'open' | 'signed', string>>;
  readonly activationHint: string;
  readonly secret: string;
  readonly secretUse: string;
  readonly back: string;
  readonly enable: string;
  readonly disable: string;
  readonly disableTitle: (name: string) => string;
  readonly disableText: string;
  readonly nowEnabled: (name: string) => string;
  readonly nowDisabled: (name: string) => string;
  readonly saved: (name: string) => string;
  readonly deleteTitle: (name: string) => string;
  readonly deleteText: string;
  readonly deleted: (name: string) => string;
  readonly inUse: string;
  readonly thingModel: string;
  readonly noModel: string;
  readonly outputs: string;
  readonly output: (channel: number) => string;
  readonly outputTypes: Readonly<Record<ThingModel['channels'][number]['type'], string>>;
  readonly properties: string;
  readonly identifier: string;
  readonly type: string;
  readonly types: Readonly<Record<ThingProperty['type'], string>>;
  readonly range: string;
  readonly writable: string;
}

const WORDS: WordTable<ProductWords> = {
  en: {
    title: 'Products',
    create: 'New product',
    searchHint: 'Part of a name, key or category',
    noneYet: 'There are no products. Make one: boards activate with its key.',
    noneFit: 'No product fits the search.',
    pages: 'Pages of the products',
    productKey: 'Product key',
    productKeyHint: '1 to 32 letters, digits, _ and -; it stays',
    texts: {
      name: 'Name',
      category: 'Category',
      description: 'Description',
      manufacturer: 'Manufacturer',
      model: 'Model',
      uiTemplate: 'Template in apps',
      iconName: 'Icon',
      iconColor: 'Colour of the icon',
    },
    colorHint: '#RGB, #RRGGBB or #RRGGBBAA',
    controlMode: 'Control mode',
    controlModes: {
      toggle: 'toggle: positions',
      pulse: 'pulse: on for a while',
      dimmer: 'dimmer: levels',
      readonly: 'read only: it reports',
      generic: 'generic: by its properties',
    },
    status: 'Status',
    enabled: 'enabled',
    disabled: 'disabled',
    activation: 'Activation',
    activations: { open: 'open: by its product key', signed: 'signed: boards prove their key' },
    activationHint: 'Whenever it becomes signed there is a new product secret, which is shown once.',
    secret: 'Product secret',
    secretUse:
      'The keys of its boards are made of it. One that is lost is replaced by going to open and back to signed.',
    back: 'All products',
    enable: 'Enable',
    disable: 'Disable',
    disableTitle: (name) => `Disable ${name}?`,
    disableText: 'Its boards lose their sessions and cannot activate until it is enabled.',
    nowEnabled: (name) => `${name} is enabled.`,
    nowDisabled: (name) => `${name} is disabled.`,
    saved: (name) => `${name} is saved.`,
    deleteTitle: (name) => `Delete ${name}?`,
    deleteText: 'Boards with its key can no longer activate. A product that has devices cannot be deleted.',
    deleted: (name) => `${name} is deleted.`,
    inUse: 'It still has devices: delete them first. To keep its boards out, disable it.',
    thingModel: 'Thing model',
    noModel: 'It was made here and not from a definition, so the cloud does not know what its boards report.',
    outputs: 'Outputs',
    output: (channel) => `Channel ${channel}`,
    outputTypes: { servo: 'servo', relay: 'relay', dimmer: 'dimmer' },
    properties: 'Properties',
    identifier: 'Key',
    type: 'Type',
    types: { boolean: 'on or off', integer: 'whole number', number: 'number', enum: 'one of' },
    range: 'Values',
    writable: 'Can be set',
  },
  zh: {
    title: '产品',
    create: '新建产品',
    searchHint: '名称、密钥或类别的一部分',
    noneYet: '没有产品。请新建一个：设备板用它的密钥激活。',
    noneFit: '没有符合搜索条件的产品。',
    pages: '产品分页',
    productKey: '产品密钥',
    productKeyHint: '1 到 32 个字母、数字、_ 或 -；之后不可更改',
    texts: {
      name: '名称',
      category: '类别',
      description: '描述',
      manufacturer: '制造商',
      model: '型号',
      uiTemplate: '应用模板',
      iconName: '图标',
      iconColor: '图标颜色',
    },
    colorHint: '#RGB、#RRGGBB 或 #RRGGBBAA',
    controlMode: '控制方式',
    controlModes: {
      toggle: '切换：多个位置',
      pulse: '脉冲：接通一段时间',
      dimmer: '调光：亮度等级',
      readonly: '只读：仅上报',
      generic: '通用：按属性控制',
    },
    status: '状态',
    enabled: '已启用',
    disabled: '已禁用',
    activation: '激活方式',
    activations: { open: '开放：凭产品密钥', signed: '签名：设备板证明持有密钥' },
    activationHint: '每次改为签名方式时都会生成新的产品密文，只显示一次。',
    secret: '产品密文',
    secretUse: '设备板的密钥由它派生。如果丢失，请先改为开放再改回签名以更换。',
    back: '全部产品',
    enable: '启用',
    disable: '禁用',
    disableTitle: (name) => `禁用 ${name}？`,
    disableText: '它的设备板将断开会话，启用之前无法激活。',
    nowEnabled: (name) => `${name} 已启用。`,
    nowDisabled: (name) => `${name} 已禁用。`,
    saved: (name) => `${name} 已保存。`,
    deleteTitle: (name) => `删除 ${name}？`,
    deleteText: '使用其密钥的设备板将无法再激活。仍有设备的产品无法删除。',
    deleted: (name) => `${name} 已删除。`,
    inUse: '它仍有设备：请先删除这些设备。若只想阻止设备板连接，请禁用它。',
    thingModel: '物模型',
    noModel: '它是在这里新建的，没有产品定义，因此云不知道其设备板上报什么。',
    outputs: '输出',
    output: (channel) => `通道 ${channel}`,
    outputTypes: { servo: '舵机', relay: '继电器', dimmer: '调光器' },
    properties: '属性',
    identifier: '标识',
    type: '类型',
    types: { boolean: '开或关', integer: '整数', number: '数值', enum: '枚举' },
    range: '取值',
    writable: '可设置',
  },
};

export function productWords(): ProductWords {
  return wordsOf(WORDS);
}
