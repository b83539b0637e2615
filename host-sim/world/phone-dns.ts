import type { UdpConstructor, UdpSocket } from '../../src/ports/socket.js';
import type { Timer } from '../../src/ports/timer.js';

const DNS_PORT = 53;
/** An answer is waited for so long, ms. */
const TIMEOUT_MS = 3_000;
const HEAD_BYTES = 12;
const TYPE_A = 1;
const CLASS_IN = 1;

/** What a question needs. */
export interface DnsWires {
  readonly timer: Timer;
  readonly UDP: UdpConstructor;
}

/** One question for the IPv4 address of a name (RFC 1035); `onDone` is called once, with `undefined` where there is no good answer. */
export class PhoneLookup {
  readonly #timer: Timer;
  readonly #deadline: unknown;
  readonly #socket: UdpSocket;

  constructor(
    { timer, UDP }: DnsWires,
    name: string,
    server: string,
    id: number,
    onDone: (address: string | undefined) => void,
  ) {
    this.#timer = timer;
    const question = encodeQuestion(name, id & 0xffff);
    const into = new Uint8Array(512);
    this.#socket = new UDP({
      onReadable: () => {
        const length = this.#socket.read(into);
        this.close();
        onDone(readAnswer(Buffer.from(into.subarray(0, length)), question));
      },
    });
    this.#socket.write(question, server, DNS_PORT);
    this.#deadline = timer.set(() => {
      this.close();
      onDone(undefined);
    }, TIMEOUT_MS);
  }

  close(): void {
    this.#timer.clear(this.#deadline);
    this.#socket.close();
  }
}

function encodeQuestion(name: string, id: number): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  // Recursion desired; one question.
  const head = Buffer.of(id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0);
  return Buffer.concat([head, ...labels, Buffer.of(0, 0, TYPE_A, 0, CLASS_IN)]);
}

/** The address in the answer's first record, which names the question by a pointer or in full. */
function readAnswer(answer: Buffer, question: Buffer): string | undefined {
  const isOurs =
    answer.length > question.length &&
    answer.readUInt16BE(0) === question.readUInt16BE(0) &&
    answer.subarray(HEAD_BYTES, question.length).equals(question.subarray(HEAD_BYTES));
  // A response without an error, with an answer.
  if (!isOurs || (answer[2]! & 0x80) === 0 || (answer[3]! & 15) !== 0 || answer.readUInt16BE(6) === 0) return undefined;
  const nameBytes = answer[question.length]! >= 0xc0 ? 2 : question.length - HEAD_BYTES - 4;
  const at = question.length + nameBytes;
  if (answer.length < at + 14 || answer.readUInt16BE(at) !== TYPE_A || answer.readUInt16BE(at + 8) !== 4)
    return undefined;
  return answer.subarray(at + 10, at + 14).join('.');
}
