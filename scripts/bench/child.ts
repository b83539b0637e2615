import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../moddable.mjs';

/** What every program of `programs/` says first and answers: `usage`, `gc`, or its own. */
export interface Usage {
  /** CPU time of the process so far, µs. */
  readonly cpuUs: number;
  readonly rssBytes: number;
}

/** An answer that takes longer will not come, ms. */
const ANSWER_MS = 180_000;

/** A program of the bench in a process of its own, so that its CPU and memory are its own. */
export class Child {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  /** Starts `programs/NAME.ts`; resolves with what it says when it is ready. */
  static async start<Ready>(name: string, args: readonly string[]): Promise<{ child: Child; ready: Ready }> {
    const file = join(ROOT, 'dist/bench/programs', `${name}.mjs`);
    const child = new Child(fork(file, args, { execArgv: ['--expose-gc'] }));
    return { child, ready: await child.#hear<Ready>() };
  }

  /** Asks and waits for the answer; one question at a time. */
  async ask<Answer>(question: object): Promise<Answer> {
    const answer = this.#hear<Answer>();
    this.#process.send(question);
    return await answer;
  }

  async usage(): Promise<Usage> {
    return await this.ask({ ask: 'usage' });
  }

  stop(): void {
    this.#process.kill('SIGKILL');
  }

  #hear<Answer>(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => {
        clearTimeout(timer);
        reject(new Error(`a program of the bench ended (${code})`));
      };
      const timer = setTimeout(() => {
        reject(new Error('a program of the bench does not answer'));
        this.stop();
      }, ANSWER_MS);
      this.#process.once('exit', onExit);
      this.#process.once('message', (message) => {
        clearTimeout(timer);
        this.#process.removeListener('exit', onExit);
        resolve(message as Answer);
      });
    });
  }
}

/** The other side: says that it is ready, and answers. */
export function serveParent(ready: object, answer: (question: { ask: string }) => Promise<object> | object): void {
  process.on('disconnect', () => process.exit());
  process.on('message', async (question: { ask: string }) => {
    process.send!(question.ask === 'usage' ? usage() : await answer(question));
  });
  process.send!(ready);
}

function usage(): Usage {
  // Twice: what the first one finds to be finalised goes with the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system, rssBytes: process.memoryUsage.rss() };
}
