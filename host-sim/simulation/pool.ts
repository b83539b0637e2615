import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Job, JobAnswer, JobDone } from './job.js';

/** The bundle that `scripts/build.mjs` makes of `worker.ts`, beside the program's. */
const WORKER = fileURLToPath(new URL('world-worker.js', import.meta.url));
/** A world leaves much that lives for a moment; every core has a world of its own, so threads that help to clear up only take turns. */
const V8_FLAGS = ['--max-semi-space-size=32', '--single-threaded-gc'];

interface Waiting {
  readonly job: Job;
  readonly resolve: (done: JobDone) => void;
  readonly reject: (error: Error) => void;
}

/** Worker processes that make runs of worlds: each world has a process's time for itself. */
export class WorldPool {
  readonly #workers: Worker[];
  readonly #waiting: Waiting[] = [];

  /** @param worker the worker's bundle, by default the one beside this program */
  constructor(workers: number, worker = WORKER) {
    this.#workers = Array.from({ length: workers }, () => new Worker(worker, () => this.#next()));
  }

  /** Has a run made as soon as a worker is free. @throws {Error} where it cannot be made; a broken promise is a result */
  run(job: Job): Promise<JobDone> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#next();
    });
  }

  /** Ends the workers; runs that are not done never are. */
  close(): void {
    this.#waiting.length = 0;
    for (const worker of this.#workers) worker.close();
  }

  #next(): void {
    for (const worker of this.#workers) {
      if (worker.isFree && this.#waiting.length > 0) worker.take(this.#waiting.shift()!);
    }
  }
}

/** One process, started when it is first needed. */
class Worker {
  readonly #path: string;
  readonly #onFree: () => void;
  #child: ChildProcess | undefined;
  #taken: Waiting | undefined;

  constructor(path: string, onFree: () => void) {
    this.#path = path;
    this.#onFree = onFree;
  }

  get isFree(): boolean {
    return this.#taken === undefined;
  }

  take(waiting: Waiting): void {
    this.#taken = waiting;
    this.#child ??= this.#start();
    this.#child.send(waiting.job);
  }

  close(): void {
    this.#taken = undefined;
    const child = this.#child;
    this.#child = undefined;
    // In the middle of a run it would not hear of anything else.
    child?.kill('SIGKILL');
  }

  #start(): ChildProcess {
    const child = fork(this.#path, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: V8_FLAGS });
    child.on('message', (answer: JobAnswer) => {
      this.#finish(({ resolve, reject }) => ('error' in answer ? reject(new Error(answer.error)) : resolve(answer)));
    });
    child.on('exit', (code, signal) => {
      if (this.#child === child) this.#child = undefined;
      this.#finish(({ reject }) => reject(new Error(`a worker of worlds ended by itself (${signal ?? code})`)));
    });
    return child;
  }

  #finish(tell: (waiting: Waiting) => void): void {
    const taken = this.#taken;
    if (taken === undefined) return;
    this.#taken = undefined;
    tell(taken);
    this.#onFree();
  }
}
