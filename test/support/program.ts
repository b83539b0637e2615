import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';

export type JsonLine = Record<string, unknown> & { event?: string };

/** How a program ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Those that run. */
const running = new Set<ChildProcess>();
// A test that was given up may not have come to their end.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** The `smartlink` program as a user starts it, with its output as it comes. */
export class Program {
  readonly child: ChildProcess;
  /** Lines of stdout that are JSON, in order. */
  readonly lines: JsonLine[] = [];
  stdout = '';
  stderr = '';
  readonly exited: Promise<Exit>;
  #exit: Exit | undefined;
  readonly #waiting = new Set<() => void>();

  /** @param command what starts it, `npm start` for example */
  constructor(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    command: readonly string[] = [process.execPath, 'dist/smartlink.js'],
  ) {
    this.child = spawn(command[0]!, [...command.slice(1), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    running.add(this.child);
    this.child.stderr!.on('data', (chunk) => {
      this.stderr += chunk;
      for (const wake of this.#waiting) wake();
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.stdout += `${line}\n`;
      if (line.startsWith('{')) this.lines.push(JSON.parse(line) as JsonLine);
      for (const wake of this.#waiting) wake();
    });
    this.exited = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        running.delete(this.child);
        this.#exit = { code, signal };
        resolve(this.#exit);
        for (const wake of this.#waiting) wake();
      });
    });
  }

  /** The first line (from line `from` on) that `matches`. @throws when the program ends, or says nothing such in time. */
  line(matches: (line: JsonLine) => boolean, withinMs = 45_000, from = 0): Promise<JsonLine> {
    return this.#until(() => this.lines.slice(from).find(matches), withinMs);
  }

  /** The first whole line of what it prints for people, or of its log, that holds this text. @throws as {@link line} */
  printed(on: 'stdout' | 'stderr', text: string, withinMs = 45_000): Promise<string> {
    return this.#until(
      () =>
        this[on]
          .split('\n')
          .slice(0, -1)
          .find((line) => line.includes(text)),
      withinMs,
    );
  }

  async #until<T>(find: () => T | undefined, withinMs: number): Promise<T> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (this.#exit) throw new Error(`the program ended (${this.#exit.code}): ${this.stderr}`);
      if (Date.now() > deadline)
        throw new Error(`no such line within ${withinMs} ms; stdout: ${this.stdout} stderr: ${this.stderr}`);
      await this.#change(deadline - Date.now());
    }
  }

  ready(withinMs = 45_000): Promise<JsonLine> {
    return this.line((line) => line.event === 'ready', withinMs);
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    if (!this.#exit) this.child.kill(signal);
    return this.exited;
  }

  #change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(1, withinMs));
      this.#waiting.add(done);
    });
  }
}

/** A folder of its own for one test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'smartlink-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
