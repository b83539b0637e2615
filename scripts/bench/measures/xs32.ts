import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { loadProduct } from '../../../host-sim/products/load.js';
import { imageOf, packageOf, updateKey } from '../../../test/support/ota/package.js';
import { CA, server, TestPki } from '../../../test/support/pki.js';
import { run } from '../../moddable.mjs';
import { type BenchContext, type Measure, orWhy } from '../measure.js';
import { NotMeasurable, type Reading } from '../reading.js';
import { median } from '../statistics.js';
import { hasProgram } from '../tools.js';
import { kilobytes, runBoard } from '../xs32-board.js';
import { buildXs32, type Xs32Image } from '../xs32-program.js';

const DEVICE = '/sys/SW-SERVO-001/dev_0001';
const SET_TOPIC = `${DEVICE}/thing/service/property/set`;
const KB = 1_024;
const SMALL = 256 * KB;
const LARGE = 1_740_800;
const HOW_MEMORY = '32-bit XS of the SDK, heaps of the chip, peaks since boot of a board that was activated before';

const IR: Reading = {
  name: 'xs32.set-to-post',
  title: 'The whole board: a set of 244 bytes → its answer and its post, both at QoS 1, collections included',
  unit: 'instructions',
  how: 'callgrind, 32-bit XS of the SDK, heaps of the chip; (2N − N messages) / N',
  isExact: true,
  peer: {
    name: 'coreMQTT + coreJSON in C (figure of the specification; no answer, one post)',
    value: 32_636,
    isQuoted: true,
  },
  goal: { number: 1, of: 'ratio', limit: 2.5 },
};
const IR_SDK: Reading = {
  ...IR,
  name: 'xs32.set-to-post-sdk',
  title: 'The same beside the SDK’s client with a straightforward handler',
  peer: { name: 'the SDK’s example client (figure of the specification)', value: 369_655, isQuoted: true },
  goal: { number: 1, of: 'ratio', limit: 0.25 },
};
const HEAP: Reading = {
  name: 'xs32.heap',
  title: 'Most slots and chunks that XS took meanwhile',
  unit: 'KB',
  how: 'the engine’s own counters',
  isExact: true,
  goal: { number: 1, of: 'value', limit: 49 },
};
const GARBAGE: Reading = {
  name: 'xs32.garbage',
  title: 'Slots and chunks that a set → post leaves to the collector',
  unit: 'bytes',
  how: 'median growth of the heap between two sets without a collection, in a heap with room',
  isExact: true,
  goal: { number: 2, of: 'value', limit: 2_048 },
};
const LEAK: Reading = {
  name: 'xs32.leak',
  title: 'Live slots after 2,000 sets beside those after 100',
  unit: 'slots',
  how: 'after collections',
  isExact: true,
  goal: { number: 2, of: 'value', limit: 0 },
};
const memory = (name: string, title: string, limitKb: number): Reading => ({
  name: `xs32.${name}`,
  title,
  unit: 'KB',
  how: HOW_MEMORY,
  isExact: false,
  goal: { number: 3, of: 'value', limit: limitKb },
});
const PLAIN = memory('online', 'The whole board online without TLS, stack included', 40);
const TLS = memory('online-tls', 'The whole board online over TLS', 64);
const OTA = memory('update-tls', 'An update over TLS beside MQTT over TLS, or in its place', 96);
const OTA_SIZE: Reading = {
  name: 'xs32.update-size',
  title: 'Peak of an update of 1.7 MB beside one of 256 KB',
  unit: 'KB',
  how: HOW_MEMORY,
  isExact: false,
  goal: { number: 4, of: 'ratio', limit: 1.02 },
};

const FULL_SETS = 400;
const LEAK_SETS = 2_000;
/** Callgrind is fifty times slower; what takes longer hangs. */
const SETS_MS = 300_000;

/** Goals 1 to 4 on the XS of the Moddable SDK, in a program of 32 bits. */
export const xs32: Measure = {
  name: 'xs32',
  about: 'instructions and heap peaks on a 32-bit XS of the Moddable SDK',
  readings: [IR, IR_SDK, HEAP, GARBAGE, LEAK, PLAIN, TLS, OTA, OTA_SIZE],
  async run(context: BenchContext) {
    const { sdk, xs32Folder, progress } = context;
    if (sdk === undefined) throw new NotMeasurable('$MODDABLE does not name a Moddable SDK');
    if (!(await hasProgram('gcc', ['-m32', '-E', '-x', 'c', '/dev/null']))) throw new NotMeasurable('no gcc');
    const pki = new TestPki();
    try {
      const root = pki.issue({ subject: 'Bench CA', extensions: CA });
      const chain = pki.issue({ subject: 'cloud', extensions: server('IP:127.0.0.1') }, root);
      const key = updateKey(0);
      progress('building the firmware for a 32-bit XS');
      mkdirSync(xs32Folder, { recursive: true });
      const program = await buildXs32(sdk, xs32Folder, {
        ...scriptedImage(),
        anchors: [Buffer.from(root.der).toString('base64')],
        updateKeys: { keys: { '0': Buffer.from(key.point).toString('base64') }, required: 1 },
      });
      const boards = { program, tls: { key: chain.keyPem, cert: chain.pem } };
      const once = async (isSecure: boolean): Promise<ReturnType<typeof kilobytes>> =>
        kilobytes(await runBoard({ ...boards, folder: context.folder, isSecure, progress }));
      const update = async (bytes: number): Promise<ReturnType<typeof kilobytes>> => {
        const pack = packageOf(imageOf(bytes), [key]);
        return kilobytes(await runBoard({ ...boards, folder: context.folder, isSecure: true, progress, update: pack }));
      };
      return [
        ...(await orWhy([IR, IR_SDK, HEAP, GARBAGE, LEAK], () => measureSets(context, program))),
        ...(await orWhy([PLAIN], async () => [{ ...PLAIN, ...(await once(false)) }])),
        ...(await orWhy([TLS], async () => [{ ...TLS, ...(await once(true)) }])),
        ...(await orWhy([OTA, OTA_SIZE], async () => await measureUpdates(update, context.isQuick ? 1 : 3))),
      ];
    } finally {
      pki.close();
    }
  },
};

/** A peak depends on when the collector came: medians of both sizes, in turns. */
async function measureUpdates(
  update: (bytes: number) => Promise<ReturnType<typeof kilobytes>>,
  rounds: number,
): Promise<Reading[]> {
  const [small, large] = [[] as number[], [] as number[]];
  let detail = {};
  for (let round = 0; round < rounds; round++) {
    small.push((await update(SMALL)).value);
    const one = await update(LARGE);
    large.push(one.value);
    detail = one.detail;
  }
  const of = { value: median(large), rounds: large, detail };
  const peer = { name: 'one of 256 KB', value: median(small), rounds: small };
  return [
    { ...OTA, ...of },
    { ...OTA_SIZE, ...of, peer },
  ];
}

/** What the script in the program says, and the product. */
function scriptedImage(): Omit<Xs32Image, 'anchors' | 'updateKeys'> {
  const mqtt = {
    server: '127.0.0.1',
    port: 1_883,
    portTLS: 8_883,
    username: 'u',
    password: 'p4ssw0rd',
    clientId: 'c',
    keepAlive: 60,
  };
  const topics = {
    propertyPost: `${DEVICE}/thing/event/property/post`,
    propertySet: SET_TOPIC,
    status: `${DEVICE}/status`,
  };
  const data = { deviceId: 'dev_0001', deviceSecret: 'secret', mqtt, topics };
  const body = JSON.stringify({ code: 200, message: 'success', data });
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  return {
    product: loadProduct('SW-SERVO-001'),
    buildTimeMs: Date.UTC(2026, 0, 1),
    activation: head + body,
    setTopic: SET_TOPIC,
    // 186 bytes and five parameters, as the reference's; the time is never too long ago.
    setPayload: JSON.stringify({
      method: 'thing.service.property.set',
      id: 'command-c0000000',
      version: '1.0',
      params: { action: 'toggle', position: 'middle', channel: 0, switch: true, angle: 90 },
      time: 2_000_000_000_000,
    }),
  };
}

interface Sets {
  readonly before: { readonly liveSlots: number };
  readonly after: { readonly liveSlots: number };
  readonly sets: {
    readonly allocatedSlots: number;
    readonly allocatedChunkBytes: number;
    readonly peakStackSlots: number;
    readonly collections: number;
  };
  readonly messages: { readonly posts: number; readonly setBytes: number; readonly postBytes: number };
  readonly garbage: { readonly slots: number; readonly chunkBytes: number };
}

async function measureSets({ folder, progress, verbose, isQuick }: BenchContext, program: string): Promise<Reading[]> {
  const data = mkdtempSync(join(folder, 'sets-'));
  const runSets = async (
    count: number,
    before: readonly string[] = [],
    ...more: readonly string[]
  ): Promise<{ said: Sets; output: string }> => {
    const [command = program, ...rest] = [...before, program];
    const args = [...rest, 'http://127.0.0.1:8080', data, 'AABBCCDDEEFF', `${count}`, ...more];
    const environment = { ...process.env, SMARTLINK_BENCH_VIRTUAL_TIME: '1' };
    const { code, output } = await run(command, args, { environment, timeoutMs: SETS_MS });
    const lines = output.split('\n').filter((line) => line.startsWith('{"bench":'));
    const said = Object.fromEntries(
      lines.map((line) => JSON.parse(line)).map((line) => [line.bench, line]),
    ) as unknown as Sets;
    if (code !== 0 || output.includes('command_refused') || said.messages.posts < count) {
      throw new Error(`the sets went wrong:\n${output.split('\n').slice(-8).join('\n')}`);
    }
    return { said, output };
  };
  // The first boot activates.
  await runSets(10);
  progress(`${LEAK_SETS} sets`);
  const { said } = await runSets(LEAK_SETS);
  const { sets, messages } = said;
  const { garbage } = (await runSets(100, [], 'roomy')).said;
  const readings: Reading[] = [
    {
      ...HEAP,
      value: round((sets.allocatedSlots * 16 + sets.allocatedChunkBytes) / KB),
      detail: {
        slots: sets.allocatedSlots,
        chunkBytes: sets.allocatedChunkBytes,
        stackSlots: sets.peakStackSlots,
        collectionsASet: round(sets.collections / LEAK_SETS),
      },
    },
    garbage.slots < 0
      ? { ...GARBAGE, why: 'a collection came between any two sets' }
      : {
          ...GARBAGE,
          value: garbage.slots * 16 + garbage.chunkBytes,
          detail: { slots: garbage.slots, chunkBytes: garbage.chunkBytes },
        },
    { ...LEAK, value: said.after.liveSlots - said.before.liveSlots, detail: { live: said.after.liveSlots } },
  ];
  if (!(await hasProgram('valgrind'))) {
    const why = 'valgrind is not installed';
    return [{ ...IR, why }, { ...IR_SDK, why }, ...readings];
  }
  const count = isQuick ? FULL_SETS / 4 : FULL_SETS;
  const instructions = async (sets: number): Promise<{ all: number; collector: number; top: string }> => {
    progress(`callgrind, ${sets} sets`);
    const out = join(folder, `callgrind.${sets}`);
    const { output } = await runSets(sets, ['valgrind', '--tool=callgrind', `--callgrind-out-file=${out}`]);
    const annotated = await run('callgrind_annotate', ['--inclusive=yes', '--threshold=100', out]);
    const exclusive = await run('callgrind_annotate', [out]);
    const collector = /^\s*([\d,]+) .*:fxCollect\b/m.exec(annotated.output)?.[1] ?? '0';
    return {
      all: Number(/Collected : (\d+)/.exec(output)?.[1]),
      collector: Number(collector.replaceAll(',', '')),
      top: exclusive.output,
    };
  };
  const once = await instructions(count);
  const twice = await instructions(2 * count);
  verbose(twice.top.split('\n').slice(15, 60).join('\n'));
  const value = Math.round((twice.all - once.all) / count);
  const collector = Math.round((twice.collector - once.collector) / count);
  const detail = {
    collector,
    withoutCollector: value - collector,
    setBytes: messages.setBytes,
    postBytes: messages.postBytes,
  };
  return [{ ...IR, value, detail }, { ...IR_SDK, value, detail }, ...readings];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
