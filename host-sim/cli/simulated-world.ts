import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BoardEvent } from '../../src/core/events.js';
import type { Cloud, Mount } from '../cloud/cloud.js';
import { writeFileAtomic } from '../files/files.js';
import { nodeClock } from '../host/node-host.js';
import { NodeTimer } from '../host/node-timer.js';
import type { SimulatedBoard } from '../host/sim-board.js';
import { SIM_PATH } from '../sim-api/messages.js';
import { SimApi } from '../sim-api/sim-api.js';
import type { Radio } from '../world/radio.js';
import { DESK_NETWORK } from '../world/sim-wifi.js';
import type { Conditions } from '../world/surroundings.js';
import { warn } from './console.js';
import { LOOPBACK } from './loopback.js';
import type { LiveRecording } from './record-file.js';

const TOKEN_BYTES = 32;
/** Readable by its owner alone, as all files of the folder. */
const ACCESS_FILE = 'sim.json';
/** What somebody may set and a replay knows nothing of; how boards bore it is in their events. */
const NOT_REPLAYED: Partial<Record<keyof Conditions, string>> = {
  broker: 'the way to the broker',
  latencyMs: 'latency',
  lossShare: 'loss',
  rssi: 'strength of the access point',
};

/** The boards of this program as a world that is seen and moved over `/sim/v1`, and the file that lets scripts in. */
export class SimulatedWorld {
  /** Served beside the cloud; who asks before the cloud is there is let in nowhere. */
  readonly mount: Mount;
  readonly #api: SimApi;
  readonly #recording: LiveRecording;
  readonly #token = randomBytes(TOKEN_BYTES).toString('base64url');
  #cloud: Pick<Cloud, 'isOperator'> | undefined;
  #file: string | undefined;

  constructor(recording: LiveRecording) {
    this.#recording = recording;
    this.#api = new SimApi({
      token: this.#token,
      authenticate: async (token) => (await this.#cloud?.isOperator(token)) ?? false,
      recording: (serials) => recording.taken(serials),
      clock: nodeClock,
      timer: new NodeTimer((callback) => callback()),
      onFault: (error) => warn(`the simulated world failed: ${error instanceof Error ? error.stack : String(error)}`),
    });
    this.mount = this.#api;
  }

  /** From now on the logins of a cloud's development account are let in. */
  trust(cloud: Pick<Cloud, 'isOperator'>): void {
    this.#cloud = cloud;
  }

  event(board: SimulatedBoard, event: BoardEvent): void {
    this.#api.event(board, event);
  }

  crashed(board: SimulatedBoard): void {
    this.#api.crashed(board);
  }

  /**
   * Shows all boards, and writes `sim.json` for scripts.
   * @param at where the cloud is on this machine, and the folder of its state; `:memory:` has no file
   */
  open(boards: readonly SimulatedBoard[], radio: Radio, at: { readonly url: string; readonly dataDir: string }): void {
    this.#api.attach(boards, radio.find(DESK_NETWORK.ssid)!.rssi);
    for (const { surroundings } of boards) surroundings.onChange((now, before) => this.#note(now, before));
    // Where nobody on this machine would be let in, a token is of no use.
    if (at.dataDir === ':memory:' || !LOOPBACK.test(new URL(at.url).hostname.replace(/[[\]]/g, ''))) return;
    this.#file = join(at.dataDir, ACCESS_FILE);
    writeFileAtomic(this.#file, `${JSON.stringify({ url: at.url + SIM_PATH, token: this.#token })}\n`);
  }

  /** Ends all streams, and lets nobody in any more. */
  async close(): Promise<void> {
    if (this.#file !== undefined) rmSync(this.#file, { force: true });
    await this.#api.close();
  }

  #note(now: Conditions, before: Conditions): void {
    for (const [name, what] of Object.entries(NOT_REPLAYED) as [keyof Conditions, string][]) {
      if (now[name] !== before[name])
        this.#recording.leaveOut(`${what}: somebody set it, and a plan has no such thing`);
    }
  }
}
