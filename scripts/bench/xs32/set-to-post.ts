import image from 'bench-image';
import { live, now, report, sample, samples } from 'bench-native';
import { argument, exit } from 'lin-native';
import Timer from 'timer';
import { createBoard } from '../../../src/board/board.js';
import type { TcpOptions, TcpSocket } from '../../../src/ports/socket.js';
import { buildConfig } from '../../../src/xs/build-config.js';
import { createXsHost } from '../../../src/xs/host.js';

const MQTT_PORT = 1_883;
const ROOM = 4_096;
/** Between two sets: what one leads to is over by then. */
const SET_MS = 500;
const ID_DIGITS = 7;
/** The memory of answered ids is full by then. */
const WARM_UP = 100;

/** What came of it, and the set that goes out. */
class Script {
  posts = 0;
  replies = 0;
  postBytes = 0;
  broker: ScriptedTcp | undefined;
  readonly set: Uint8Array;
  readonly #idAt: number;

  constructor() {
    const { setTopic, setPayload } = image;
    const rest = 2 + setTopic.length + setPayload.length;
    const text = `${setTopic}${setPayload}`;
    const set = new Uint8Array(3 + rest);
    set.set([0x30, (rest & 0x7f) | 0x80, rest >> 7, 0, setTopic.length]);
    for (let i = 0; i < text.length; i++) set[5 + i] = text.charCodeAt(i);
    this.set = set;
    this.#idAt = 5 + text.indexOf('0000000');
  }

  number(count: number): void {
    for (let i = ID_DIGITS - 1, rest = count; i >= 0; i--) {
      this.set[this.#idAt + i] = 48 + (rest % 10);
      rest = (rest / 10) | 0;
    }
  }
}

/** A TCP connection to a script: what is written is answered as an API or a broker would, a millisecond later. */
class ScriptedTcp implements TcpSocket {
  readonly #script: Script;
  readonly #options: TcpOptions;
  #incoming: Uint8Array = new Uint8Array(0);
  #at = 0;
  #asked = false;
  #open = true;

  constructor(script: Script, options: TcpOptions) {
    this.#script = script;
    this.#options = options;
    if (options.port === MQTT_PORT) script.broker = this;
    Timer.set(() => this.#options.onWritable(ROOM), 1);
  }

  read(into: Uint8Array): number {
    const count = Math.min(into.length, this.#incoming.length - this.#at);
    into.set(count === this.#incoming.length ? this.#incoming : this.#incoming.subarray(this.#at, this.#at + count));
    this.#at += count;
    return count;
  }

  write(bytes: Uint8Array): number {
    if (this.#options.port === MQTT_PORT) this.#answerPackets(bytes);
    else if (!this.#asked) {
      this.#asked = true;
      const { activation } = image;
      const answer = new Uint8Array(activation.length);
      for (let i = 0; i < answer.length; i++) answer[i] = activation.charCodeAt(i);
      Timer.set(() => this.deliver(answer), 1);
    }
    return ROOM;
  }

  close(): void {
    this.#open = false;
  }

  deliver(bytes: Uint8Array): void {
    if (!this.#open) return;
    this.#incoming = bytes;
    this.#at = 0;
    this.#options.onReadable(bytes.length);
  }

  #answerPackets(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const type = bytes[at]!;
      let length = 0;
      let head = 1;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at + head++]!;
        length |= (byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      const body = at + head;
      at = body + length;
      if (type >> 4 === 1) this.#reply([0x20, 2, 0, 0]);
      else if (type >> 4 === 8) this.#subscribed(bytes, body, at);
      else if (type >> 4 === 12) this.#reply([0xd0, 0]);
      else if (type >> 4 === 3) this.#published(bytes, type, body, head + length);
    }
  }

  #subscribed(bytes: Uint8Array, body: number, end: number): void {
    const answer = [0x90, 2, bytes[body]!, bytes[body + 1]!];
    for (let at = body + 2; at < end; at += 3 + ((bytes[at]! << 8) | bytes[at + 1]!)) answer.push(1);
    answer[1] = answer.length - 2;
    this.#reply(answer);
  }

  #published(bytes: Uint8Array, type: number, body: number, total: number): void {
    const topicBytes = (bytes[body]! << 8) | bytes[body + 1]!;
    // The last letter of …/property/post, and of …/set_reply.
    if (bytes[body + 1 + topicBytes] === 121) this.#script.replies++;
    else {
      this.#script.posts++;
      this.#script.postBytes = total;
    }
    if ((type & 6) === 0) return;
    const id = body + 2 + topicBytes;
    this.#reply([0x40, 2, bytes[id]!, bytes[id + 1]!]);
  }

  #reply(bytes: readonly number[]): void {
    Timer.set(() => this.deliver(Uint8Array.from(bytes)), 1);
  }
}

/** A board whose other end is a script in the same program, so that nothing but instructions counts; ends the program. */
export function runSetToPost(sets: number): void {
  const script = new Script();
  class TCP extends ScriptedTcp {
    constructor(options: TcpOptions) {
      super(script, options);
    }
  }
  const host = createXsHost();
  const clock = {
    hasTime: true,
    monotonicMs: () => now(),
    nowMs: () => 1_768_003_260_000 + now(),
    setNow: () => {},
  };
  createBoard({ ...host, clock, network: { ...host.network, TCP } }, buildConfig().product);
  if (argument(5) === 'roomy') makeRoom();
  // Long after it has come online, and its first posts are acknowledged.
  Timer.set(() => step(script, 0, sets), 120_000);
}

function step(script: Script, done: number, sets: number): void {
  if (done === WARM_UP) live('before');
  if (done < sets) {
    sample();
    const { broker, set } = script;
    script.number(done + 1);
    broker!.deliver(set);
    Timer.set(() => step(script, done + 1, sets), SET_MS);
    return;
  }
  report('sets');
  live('after');
  samples();
  const { posts, replies, postBytes, set } = script;
  trace(`${JSON.stringify({ bench: 'messages', sets, setBytes: set.length, posts, replies, postBytes })}\n`);
  exit(0);
}

/** What was once taken stays the machine's: afterwards no collection is needed for a while. */
function makeRoom(): void {
  const rows: unknown[] = [];
  for (let i = 0; i < 40_000; i++) rows.push({});
  for (let i = 0; i < 2_000; i++) rows.push(new Uint8Array(1_024));
}
