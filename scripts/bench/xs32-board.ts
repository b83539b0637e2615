import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../test/support/ports.js';
import { RealNetwork } from '../../test/support/real-network.js';
import { ScriptedCloud } from '../../test/support/scripted-cloud.js';

const HOST = '127.0.0.1';
const SERIAL = 'AABBCCDDEEFF';
const ONLINE_MS = 60_000;
const UPDATE_MS = 300_000;
/** What follows `online`: the first posts and their acknowledgements. */
const SETTLE_MS = 1_500;
const SLOT_BYTES = 16;

/** Peaks of one boot. */
export interface BoardRun {
  readonly slots: number;
  readonly chunkBytes: number;
  readonly stackSlots: number;
}

export interface BoardRunOptions {
  readonly program: string;
  readonly folder: string;
  readonly tls: { readonly key: string; readonly cert: string };
  readonly isSecure: boolean;
  readonly progress: (text: string) => void;
  /** A package for it; the run then ends when the image is in the slot. */
  readonly update?: Uint8Array;
}

/** Boots the program twice, once to activate, and says what the second boot held at most. @throws {Error} when it does not come online */
export async function runBoard({
  program,
  folder,
  tls,
  isSecure,
  progress,
  update,
}: BoardRunOptions): Promise<BoardRun> {
  const network = new RealNetwork(isSecure ? tls : undefined);
  const [apiPort, mqttPort] = await freePorts(2);
  const cloud = new ScriptedCloud(network, { apiHost: HOST, apiPort, mqttHost: HOST, mqttPort });
  cloud.announceExtensions = true;
  const login = { username: 'u', password: 'p4ssw0rd', clientId: 'c', keepAlive: 60 };
  cloud.activation = () => cloud.activated({ mqtt: { server: HOST, port: mqttPort, portTLS: mqttPort, ...login } });
  const apiUrl = `${isSecure ? 'https' : 'http'}://${HOST}:${apiPort}`;
  const data = mkdtempSync(join(folder, 'board-'));
  let files: Server | undefined;
  try {
    progress(`32-bit board ${isSecure ? 'over TLS' : 'without TLS'}: activation`);
    const first = new Program(program, apiUrl, data);
    await first.until('online', ONLINE_MS);
    await delay(SETTLE_MS);
    await first.end();
    progress(
      `32-bit board ${isSecure ? 'over TLS' : 'without TLS'}${update ? `, update of ${update.length >> 10} KB` : ''}`,
    );
    const board = new Program(program, apiUrl, data);
    try {
      await board.until('online', ONLINE_MS);
      await delay(SETTLE_MS);
      if (update === undefined) return await board.peaks();
      files = await serve(update, tls);
      const { port } = files.address() as AddressInfo;
      const offer = {
        version: '1.1.0',
        size: 1,
        isDiff: 0,
        url: `https://${HOST}:${port}/api/v1/ota/files/t0k3n`,
        module: 'default',
      };
      cloud.publish(cloud.topic('ota/device/upgrade'), JSON.stringify({ code: '1000', data: offer, id: 1 }));
      return await board.completed();
    } finally {
      await board.end();
    }
  } finally {
    files?.closeAllConnections();
    files?.close();
    network.close();
  }
}

/** A figure of its own, and what it consists of; KB. */
export function kilobytes({ slots, chunkBytes, stackSlots }: BoardRun): {
  value: number;
  detail: Record<'slots' | 'chunks' | 'stack', number>;
} {
  const kb = (bytes: number): number => Math.round(bytes / 102.4) / 10;
  return {
    value: kb(slots * SLOT_BYTES + chunkBytes + stackSlots * SLOT_BYTES),
    detail: { slots: kb(slots * SLOT_BYTES), chunks: kb(chunkBytes), stack: kb(stackSlots * SLOT_BYTES) },
  };
}

/** One boot. */
class Program {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #ended: Promise<unknown>;
  #onLine: () => void = () => {};

  constructor(program: string, apiUrl: string, data: string) {
    const child = spawn(program, [apiUrl, data, SERIAL], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    child.once('close', () => this.#take('ended'));
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => this.#take(line));
  }

  async until(state: string, ms: number): Promise<void> {
    await this.#find(new RegExp(`"to":"${state}"`), ms);
  }

  async peaks(): Promise<BoardRun> {
    this.#child.kill('SIGUSR1');
    const [, slots, chunks, stack] = await this.#find(
      /peaks: (\d+) slots, (\d+) bytes of chunks, (\d+) slots/,
      ONLINE_MS,
    );
    return { slots: Number(slots), chunkBytes: Number(chunks), stackSlots: Number(stack) };
  }

  /** When the boot loader has been told of the image. */
  async completed(): Promise<BoardRun> {
    const [line] = await this.#find(/\{"bench":"complete".*\}/, UPDATE_MS);
    const said = JSON.parse(line!) as Record<'peakSlots' | 'peakChunkBytes' | 'peakStackSlots', number>;
    return { slots: said.peakSlots, chunkBytes: said.peakChunkBytes, stackSlots: said.peakStackSlots };
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #take(line: string): void {
    this.#lines.push(line);
    this.#onLine();
  }

  async #find(pattern: RegExp, ms: number): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(ms);
    for (let at = 0; ; ) {
      for (; at < this.#lines.length; at++) {
        const found = pattern.exec(this.#lines[at]!);
        if (found !== null) return found;
      }
      if (this.#lines.at(-1) === 'ended' || deadline.aborted) {
        throw new Error(`the board did not come so far:\n${this.#lines.slice(-12).join('\n')}`);
      }
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#onLine = resolve;
        }),
        delay(ms / 100),
      ]);
    }
  }
}

async function serve(file: Uint8Array, tls: { key: string; cert: string }): Promise<Server> {
  const files = createServer(tls, (request, response) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': file.length - from,
      etag: '"v1"',
      ...(from > 0 && { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` }),
    });
    response.end(file.subarray(from));
  });
  await new Promise<void>((resolve) => files.listen(0, HOST, resolve));
  return files;
}
