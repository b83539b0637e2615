import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';

/** Longest message of a guest, bytes. */
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_STDERR = 4_096;

/** Exit codes of xsnap-worker. */
const EXIT_REASONS: Readonly<Record<number, string>> = Object.freeze({
  2: 'its pipe broke',
  11: 'it ran out of memory',
  12: 'its stack overflowed',
  15: 'an exception was not caught',
  16: 'it ran out of keys',
  17: 'it computed too much',
});

/** What the engine measured while it handled a message. */
export interface XsMeter {
  /** Computrons: steps of the engine, exactly repeatable. */
  readonly compute: number;
  /** Slots in use; those that live, when a garbage collection has just been. */
  readonly currentHeapCount: number;
  /** Bytes that the engine has taken from the operating system. */
  readonly allocate: number;
}

export interface XsWorkerOptions {
  /** Path of xsnap-worker. */
  readonly path: string;
  /** Longest time for any answer (default 30 s), ms. */
  readonly deadlineMs?: number;
  /** The answer to a message or a script. */
  onAnswer(bytes: Uint8Array, meter: () => XsMeter): void;
  /** The guest asks; the result is the answer. */
  onQuestion(bytes: Uint8Array): Uint8Array;
  /** An empty answer: that to `fence`. */
  onFence?(): void;
  /** The process is gone, or of no more use (it is killed then). Called once; never after `kill` or `quit`. */
  onDeath(error: Error): void;
}

const OK = 0x2e;
const ERROR = 0x21;
const QUESTION = 0x3f;

/**
 * One XS engine in a process of its own: xsnap-worker of @agoric/xsnap, which speaks netstrings on its descriptors 3 and 4.
 * It ends by itself when this process does.
 */
export class XsWorker {
  /** Resolves once the process is gone. */
  readonly exited: Promise<void>;
  readonly #options: XsWorkerOptions;
  readonly #child: ChildProcess;
  readonly #deadlineMs: number;
  #received: Buffer = Buffer.alloc(0);
  #stderr = '';
  /** Killed or told to quit by us, or reported dead. */
  #over = false;
  /** Answers that are awaited, and since when. */
  #awaited = 0;
  #sinceMs = 0;
  #watch: NodeJS.Timeout | undefined;

  constructor(options: XsWorkerOptions) {
    this.#options = options;
    this.#deadlineMs = options.deadlineMs ?? 30_000;
    // A process group of its own: Ctrl-C is for the program, which then stops its boards cleanly. If the program dies, the
    // worker sees the end of its pipe and ends too.
    const child = spawn(options.path, ['smartlink'], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    this.exited = new Promise((resolve) => {
      child.once('close', () => resolve());
      child.once('error', () => resolve());
    });
    child.once('error', (error) => this.#die(`cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => {
      const why =
        signal === null ? (EXIT_REASONS[code ?? 0] ?? `it exited with code ${code}`) : `it was ended by ${signal}`;
      // What is still in the pipe counts first.
      setImmediate(() => this.#die(this.#stderr === '' ? why : `${why}: ${this.#stderr.trim()}`));
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-MOST_STDERR);
    });
    (child.stdio[3] as Duplex | null)?.on('error', () => {});
    (child.stdio[4] as Readable | null)?.on('error', () => {});
    (child.stdio[4] as Readable | null)?.on('data', (chunk: Buffer) => this.#receive(chunk));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Runs a script. */
  evaluate(source: string): void {
    this.#ask('e', Buffer.from(source));
  }

  /** Calls the guest's `handleCommand`. */
  send(message: Uint8Array): void {
    this.#ask('?', message);
  }

  /** Asks whether all before it is done; `onFence` answers. */
  fence(): void {
    this.#ask('R', new Uint8Array(0));
  }

  /** Lets the engine end by itself; one that has not after a second is killed. Silent; may be called twice. */
  async quit(): Promise<void> {
    if (!this.#over) {
      this.#write('q', new Uint8Array(0));
      this.#end();
    }
    const late = setTimeout(() => this.kill(), 1_000);
    await this.exited;
    clearTimeout(late);
  }

  /** Ends the process at once. Silent; may be called twice. */
  kill(): void {
    this.#end();
    this.#child.kill('SIGKILL');
  }

  #ask(prefix: string, body: Uint8Array): void {
    if (this.#over) return;
    this.#awaited++;
    this.#sinceMs = performance.now();
    this.#watch ??= setTimeout(this.#onWatch, this.#deadlineMs);
    this.#write(prefix, body);
  }

  #write(prefix: string, body: Uint8Array): void {
    const head = `${body.length + 1}:${prefix}`;
    const message = Buffer.allocUnsafe(head.length + body.length + 1);
    message.write(head, 0, 'latin1');
    message.set(body, head.length);
    message[message.length - 1] = 0x2c;
    (this.#child.stdio[3] as Duplex | null)?.write(message);
  }

  // One timer for all answers, moved on when it fires: an answer costs no timer of its own.
  readonly #onWatch = (): void => {
    this.#watch = undefined;
    if (this.#over || this.#awaited === 0) return;
    const left = this.#deadlineMs - (performance.now() - this.#sinceMs);
    if (left > 0) this.#watch = setTimeout(this.#onWatch, left);
    else this.#die(`it gave no answer within ${this.#deadlineMs} ms`);
  };

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    for (;;) {
      const colon = this.#received.indexOf(0x3a);
      if (colon < 0 && this.#received.length < 10) return;
      const length = colon < 0 ? Number.NaN : Number(this.#received.toString('latin1', 0, colon));
      if (!(length >= 1 && length <= MOST_BYTES)) {
        this.#die('it sent what is no netstring');
        return;
      }
      const end = colon + 1 + length;
      if (this.#received.length <= end) return;
      const message = this.#received.subarray(colon + 1, end);
      this.#received = this.#received.subarray(end + 1);
      this.#take(message);
    }
  }

  #take(message: Buffer): void {
    this.#sinceMs = performance.now();
    if (this.#over) {
      // It can only come to its end once it has an answer.
      if (message[0] === QUESTION) this.#write('/', new Uint8Array(0));
      return;
    }
    switch (message[0]) {
      case QUESTION:
        this.#write('/', this.#options.onQuestion(message.subarray(1)));
        return;
      case OK: {
        this.#awaited--;
        const split = message.indexOf(1);
        if (split < 0) this.#options.onFence?.();
        else
          this.#options.onAnswer(
            message.subarray(split + 1),
            () => JSON.parse(message.toString('latin1', 1, split)) as XsMeter,
          );
        return;
      }
      case ERROR:
        this.#die(message.subarray(1).toString());
        return;
      default:
        this.#die('it sent a message of no known kind');
    }
  }

  #die(why: string): void {
    if (this.#over) return;
    this.kill();
    this.#options.onDeath(new Error(`XS engine: ${why}`));
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#watch);
    this.#watch = undefined;
  }
}
