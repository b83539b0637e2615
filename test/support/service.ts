import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';

/** Before a command: ends the program with whoever started it, where the system can (Linux). */
export const WITH_PARENT = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];

export interface ServiceOptions {
  readonly command: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Where what it prints is appended. */
  readonly log: string;
}

/** A program of somebody else's that a test starts, kills and starts again; it is ended by its own process id, and ends with the test. */
export class Service {
  readonly #options: ServiceOptions;
  #child: ChildProcess | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /** `undefined` while it does not run. */
  get pid(): number | undefined {
    return this.runs ? this.#child!.pid : undefined;
  }

  get runs(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it. @throws when it ends, or when not all of these ports of the loopback accept in time */
  async start(ports: readonly number[], withinMs: number): Promise<void> {
    if (this.runs) throw new Error('it runs already');
    const { command, env, log } = this.#options;
    const [program, ...args] = [...WITH_PARENT, ...command];
    const output = openSync(log, 'a', 0o600);
    try {
      this.#child = spawn(program!, args, { env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
      // Without a listener, a program that is not there would end the test's process.
      this.#child.on('error', () => {});
    } finally {
      closeSync(output);
    }
    const deadline = Date.now() + withinMs;
    for (const port of ports) {
      while (!(await accepts(port))) {
        if (!this.runs) throw new Error(`${command[0]} has ended: ${this.logTail()}`);
        if (Date.now() > deadline) throw new Error(`${command[0]} does not listen on ${port}: ${this.logTail()}`);
      }
    }
  }

  /** Sends the signal and waits for the end; what does not end in 15 s is killed. Nothing where it does not run. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.runs) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => child.kill('SIGKILL'), 15_000);
      child.once('exit', () => {
        clearTimeout(late);
        resolve();
      });
      child.kill(signal);
    });
  }

  /** The last lines that it printed. */
  logTail(lines = 20): string {
    if (!existsSync(this.#options.log)) return '';
    return readFileSync(this.#options.log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }
}

/** Whether the port accepts; a refused attempt costs a moment, which paces the tries. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => setTimeout(() => resolve(false), 10));
  });
}
