import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Act } from './command-record.js';

/** Below node_modules, so that the bundle finds the packages that stay outside of it. */
const BUNDLE = join(
  import.meta.dirname,
  '../../../node_modules/.cache/smartlink-test',
  `boards-process-${process.pid}.mjs`,
);

/** What the boards' process is started for. */
export interface BoardsTask {
  readonly apiUrl: string;
  /** File of the product, which has a relay and a lamp. */
  readonly product: string;
  readonly count: number;
  readonly startEveryMs: number;
  /** No more are started while so many have not been online yet. */
  readonly atOnce: number;
}

/** What it is told to do. */
export interface BoardsOrder {
  readonly kind: 'powerCut' | 'powerOn';
  readonly serials: readonly string[];
}

/** What it tells. */
export type BoardsReport =
  | { readonly kind: 'state'; readonly serial: string; readonly deviceId: string; readonly online: boolean }
  | { readonly kind: 'acted'; readonly act: Act }
  | { readonly kind: 'crashed'; readonly serial: string; readonly message: string };

/** Boards with the whole firmware, in a process of their own, as they see themselves. */
export class Boards {
  /** What they did, in order. */
  readonly acts: Act[] = [];
  readonly crashes: string[] = [];
  /** Device id by serial number, of those that have ever been online. */
  readonly ids = new Map<string, string>();
  /** Serial numbers. */
  readonly online = new Set<string>();
  /** How many sessions have ended. */
  losses = 0;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  static async start(task: BoardsTask): Promise<Boards> {
    mkdirSync(join(BUNDLE, '..'), { recursive: true });
    await build({
      entryPoints: [join(import.meta.dirname, 'boards-process.ts')],
      outfile: BUNDLE,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      logLevel: 'warning',
    });
    return new Boards(task);
  }

  private constructor(task: BoardsTask) {
    this.#child = fork(BUNDLE, [JSON.stringify(task)], {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.on('message', (report: BoardsReport) => this.#hear(report));
  }

  /** Takes their power away, or gives it back. */
  tell(order: BoardsOrder): void {
    this.#child.send(order);
  }

  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#exited;
    rmSync(BUNDLE, { force: true });
  }

  #hear(report: BoardsReport): void {
    if (report.kind === 'acted') this.acts.push(report.act);
    else if (report.kind === 'crashed') this.crashes.push(`${report.serial}: ${report.message}`);
    else if (report.online) {
      this.ids.set(report.serial, report.deviceId);
      this.online.add(report.serial);
    } else if (this.online.delete(report.serial)) this.losses++;
  }
}
