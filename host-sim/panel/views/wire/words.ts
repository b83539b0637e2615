import { type WordTable, wordsOf } from '../../i18n/language.js';
import type { Actor, Command } from './commands.js';

interface WireWords {
  readonly title: string;
  readonly list: string;
  readonly filters: string;
  readonly kind: string;
  readonly kinds: Readonly<Record<'http' | 'mqtt' | 'life' | 'gap', string>>;
  readonly direction: string;
  readonly directions: Readonly<Record<'out' | 'in' | 'both' | 'none', string>>;
  readonly board: string;
  readonly level: string;
  readonly levels: Readonly<Record<'debug' | 'info' | 'warn' | 'error', string>>;
  readonly routine: string;
  readonly searchHint: string;
  readonly pause: string;
  readonly goOn: string;
  readonly clear: string;
  readonly shownOf: (shown: number, count: number) => string;
  readonly dropped: (count: number) => string;
  readonly paused: (arrived: number) => string;
  readonly arrived: (count: number) => string;
  readonly toNewest: string;
  readonly nothing: string;
  readonly nothingFits: string;
  readonly columns: Readonly<Record<'time' | 'board' | 'kind' | 'direction' | 'summary' | 'size' | 'duration', string>>;
  readonly viaCloud: string;
  readonly fromCloud: string;
  readonly onlyCloudHeard: string;
  readonly bytes: (count: number) => string;
  readonly topic: string;
  readonly payload: string;
  readonly fields: string;
  readonly request: string;
  readonly answer: string;
  readonly headers: string;
  readonly body: string;
  readonly beginning: (bytes: number) => string;
  readonly status: string;
  readonly event: string;
  readonly data: string;
  readonly raw: string;
  readonly rawSent: string;
  readonly rawBeginning: (shown: number, all: number) => string;
  readonly showAll: (characters: number) => string;
  readonly redacted: string;
  readonly empty: string;
  readonly again: string;
  readonly copyAs: (tool: string) => string;
  readonly showLine: string;
  readonly actors: Readonly<Record<Command['tool'], Readonly<Record<Actor, string>>>>;
  readonly why: Readonly<Record<'onlyCloud' | 'notText' | 'cut' | 'noUrl', string>>;
  readonly save: string;
  readonly saveRecording: string;
  readonly saveList: string;
  readonly saved: (file: string) => string;
  readonly copyReplay: string;
  readonly noRecording: string;
}

const WORDS: WordTable<WireWords> = {
  en: {
    title: 'Wire',
    list: 'What went over the wire, oldest first',
    filters: 'What is shown',
    kind: 'Kind',
    kinds: { http: 'HTTP', mqtt: 'MQTT', life: 'Event', gap: 'Gap' },
    direction: 'Direction',
    directions: { out: 'to the cloud', in: 'to the board', both: 'there and back', none: 'in the board' },
    board: 'Board',
    level: 'Events from',
    levels: { debug: 'debug', info: 'info', warn: 'warning', error: 'error' },
    routine: 'Pings and acknowledgements',
    searchHint: 'In topics, payloads and what stands in the list',
    pause: 'Pause',
    goOn: 'Go on',
    clear: 'Clear',
    shownOf: (shown, count) => `${shown} of ${count} entries shown.`,
    dropped: (count) => `${count} older ones are no longer kept.`,
    paused: (arrived) => `Paused: ${arrived} arrived meanwhile.`,
    arrived: (count) => `${count} new`,
    toNewest: 'To the newest',
    nothing: 'Nothing yet. It appears here as it happens.',
    nothingFits: 'Nothing of what is kept fits these filters.',
    columns: {
      time: 'Time',
      board: 'Board',
      kind: 'Kind',
      direction: 'Direction',
      summary: 'What',
      size: 'Size',
      duration: 'Took',
    },
    viaCloud: 'via the cloud',
    fromCloud: 'As the cloud passed it on: how the packet looked at the board is not known here.',
    onlyCloudHeard:
      'Shown are the messages that the cloud passes on, and whether a board is there. What else goes over the wire is seen at simulated boards only.',
    bytes: (count) => `${count} B`,
    topic: 'Topic',
    payload: 'Payload',
    fields: 'Fields',
    request: 'Request',
    answer: 'Answer',
    headers: 'Headers',
    body: 'Body',
    beginning: (bytes) => `Only the beginning: ${bytes} bytes came in all.`,
    status: 'Status',
    event: 'Event',
    data: 'Data',
    raw: 'Bytes',
    rawSent: 'What was sent, its first 4,096 bytes at most.',
    rawBeginning: (shown, all) => `The first ${shown} of ${all} bytes.`,
    showAll: (characters) => `Show all ${characters} characters`,
    redacted: 'Stars (***) stand in place of a secret. It never leaves the simulated world.',
    empty: 'Empty',
    again: 'Do it again',
    copyAs: (tool) => `Copy as ${tool}`,
    showLine: 'Show the line',
    actors: {
      curl: {
        board: 'As the board sent it. Where stars (***) stand, put the secret in.',
        user: 'The same command by the API, in your name. $TOKEN stands for an access token of yours.',
      },
      mosquitto_pub: {
        board:
          'In the name of the board, whose own session ends by it. $MQTT_PASSWORD is the password of its activation.',
        user: 'In your name. $TOKEN stands for an access token of yours; $CA_FILE, $CERT_FILE and $KEY_FILE for the cloud’s CA, and a client certificate of yours (POST /api/v1/certificates).',
      },
    },
    why: {
      onlyCloud: 'only the cloud says this; nobody else may publish it.',
      notText: 'this cannot stand on the line of a shell: it is not text, or holds a NUL.',
      cut: 'only its beginning was kept.',
      noUrl: 'this cloud does not listen where it would have to be sent.',
    },
    save: 'Save',
    saveRecording: 'Save a recording',
    saveList: 'Save this list',
    saved: (file) => `Saved as ${file}. This lives through it again:`,
    copyReplay: 'Copy the command',
    noRecording:
      'A recording that can be replayed needs simulated boards. The list can be saved as JSON, a line for each entry.',
  },
  zh: {
    title: '线路',
    list: '线路上的内容，最早的在前',
    filters: '显示内容',
    kind: '类型',
    kinds: { http: 'HTTP', mqtt: 'MQTT', life: '事件', gap: '缺失' },
    direction: '方向',
    directions: { out: '发往云端', in: '发往设备板', both: '往返', none: '设备板内部' },
    board: '设备板',
    level: '事件级别不低于',
    levels: { debug: '调试', info: '信息', warn: '警告', error: '错误' },
    routine: '心跳和确认报文',
    searchHint: '搜索主题、载荷和列表中的文字',
    pause: '暂停',
    goOn: '继续',
    clear: '清空',
    shownOf: (shown, count) => `显示 ${shown} 条，共 ${count} 条。`,
    dropped: (count) => `更早的 ${count} 条已不再保留。`,
    paused: (arrived) => `已暂停：期间又有 ${arrived} 条。`,
    arrived: (count) => `${count} 条新内容`,
    toNewest: '转到最新',
    nothing: '还没有内容，发生时会显示在这里。',
    nothingFits: '保留的内容中没有符合筛选条件的。',
    columns: {
      time: '时间',
      board: '设备板',
      kind: '类型',
      direction: '方向',
      summary: '内容',
      size: '大小',
      duration: '耗时',
    },
    viaCloud: '经云端',
    fromCloud: '由云端转发：设备板上报文的原貌在这里无法得知。',
    onlyCloudHeard: '这里显示云端转发的消息以及设备板是否在线。线路上的其他内容只有在模拟设备板上才能看到。',
    bytes: (count) => `${count} 字节`,
    topic: '主题',
    payload: '载荷',
    fields: '字段',
    request: '请求',
    answer: '应答',
    headers: '头部',
    body: '正文',
    beginning: (bytes) => `只有开头部分：总共 ${bytes} 字节。`,
    status: '状态码',
    event: '事件',
    data: '数据',
    raw: '字节',
    rawSent: '发送的内容，最多前 4096 字节。',
    rawBeginning: (shown, all) => `前 ${shown} 字节，共 ${all} 字节。`,
    showAll: (characters) => `显示全部 ${characters} 个字符`,
    redacted: '星号（***）代替了机密内容，机密绝不会离开模拟世界。',
    empty: '空',
    again: '再做一次',
    copyAs: (tool) => `复制为 ${tool}`,
    showLine: '显示命令行',
    actors: {
      curl: {
        board: '与设备板发送的一致。请在星号（***）处填入机密内容。',
        user: '以您的名义通过 API 发出同样的命令。$TOKEN 代表您的访问令牌。',
      },
      mosquitto_pub: {
        board: '以设备板的名义发布，设备板自己的会话会因此结束。$MQTT_PASSWORD 是它激活时得到的密码。',
        user: '以您的名义发布。$TOKEN 代表您的访问令牌；$CA_FILE、$CERT_FILE 和 $KEY_FILE 代表云端的 CA 和您的客户端证书（POST /api/v1/certificates）。',
      },
    },
    why: {
      onlyCloud: '只有云端会发送此内容，其他人都不能发布。',
      notText: '无法写成命令行：它不是文本，或含有 NUL 字符。',
      cut: '只保留了开头部分。',
      noUrl: '此云端没有在所需的地址上监听。',
    },
    save: '保存',
    saveRecording: '保存录制文件',
    saveList: '保存此列表',
    saved: (file) => `已保存为 ${file}。用以下命令重放：`,
    copyReplay: '复制命令',
    noRecording: '可重放的录制需要模拟设备板。列表可以保存为 JSON，每行一个条目。',
  },
};

export function wireWords(): WireWords {
  return wordsOf(WORDS);
}
