import { decodeText, encodeText } from '../../host-sim/xs/guest-wire.js';
import { UpdateTransfer } from '../../src/ota/update-transfer.js';
import type { Host } from '../../src/ports/host.js';
import type { TcpOptions } from '../../src/ports/socket.js';

/* Runs inside XS: a transfer whose network, flash and digests take nothing of this engine's memory, whatever the image's size. */

declare function gc(): void;

const SEGMENT_BYTES = 1_460;
const SLOT_BYTES = 0x1f0000;

let socket: TcpOptions;
/** What comes first of the answer; all that follows is zeros. */
let head = new Uint8Array(0);
let headAt = 0;
let unread = 0;
let digest = new Uint8Array(32);
let end = '';
const due: (() => void)[] = [];

const host = {
  timer: {
    // What is to be soon, is soon; deadlines never fall due here.
    set: (callback: () => void, delayMs = 0) => {
      if (delayMs === 0) due.push(callback);
      return callback;
    },
    repeat: () => 0,
    clear: () => {},
  },
  random: { uint32: () => 0 },
  text: { decode: decodeText, encode: encodeText },
  crypto: {
    createSha256: () => ({ update: () => {}, digest: () => digest }),
    verifyP256: () => true,
  },
  secrets: { read: () => undefined, write: () => {}, delete: () => {} },
  network: {
    TCP: class {
      constructor(options: TcpOptions) {
        socket = options;
        due.push(() => options.onWritable(8_192));
      }
      read(into: Uint8Array): number {
        const count = Math.min(into.length, unread);
        for (let at = 0; at < count; at++) into[at] = headAt < head.length ? head[headAt++]! : 0;
        unread -= count;
        return count;
      }
      write(): number {
        return 8_192;
      }
      close(): void {}
    },
  },
};

const transfer = new UpdateTransfer({
  host: host as unknown as Host,
  slots: {
    isOnTrial: false,
    openSpare: () => ({
      bytes: SLOT_BYTES,
      blockBytes: 4_096,
      eraseBlock: () => {},
      write: () => {},
      read: () => {},
      complete: () => {},
      close: () => {},
    }),
    confirm: () => {},
    rollBack: () => {},
  },
  keys: () => ({ points: [new Uint8Array(65)], required: 1 }),
  board: { productKey: 'SW-SERVO-001', chip: 'ESP32', version: '1.0.0' },
  floor: () => undefined,
  security: () => undefined,
  onHeader: () => {},
  onProgress: () => {},
  onEnd: (outcome) => {
    end = outcome.ok ? 'ok' : outcome.failure.code;
  },
});

/** One message: `s` and an answer's beginning starts, `f` and a number lets so many bytes arrive, `g` collects the garbage. */
(globalThis as unknown as { handleCommand: (message: ArrayBuffer) => ArrayBuffer }).handleCommand = (message) => {
  const bytes = new Uint8Array(message);
  const kind = bytes[0];
  if (kind === 0x73) {
    head = bytes.slice(1);
    digest = head.slice(head.length - 230 + 12, head.length - 230 + 44);
    transfer.start('http://10.0.0.1/x');
  } else if (kind === 0x66) {
    for (let left = new DataView(message).getUint32(1); left > 0; left -= SEGMENT_BYTES) {
      unread = Math.min(left, SEGMENT_BYTES);
      socket.onReadable(unread);
    }
  } else gc();
  for (let next = due.shift(); next !== undefined; next = due.shift()) next();
  const answer = new Uint8Array(20);
  return answer.slice(0, encodeText(end, answer, 0)).buffer as ArrayBuffer;
};
