import { createHash } from 'node:crypto';
import { createVirtualHost, type VirtualHost } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork, type VirtualPeer } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { XsEngine } from '../../host-sim/xs/engine.js';
import { FileServer } from '../support/ota/file-server.js';
import { BLOCK_BYTES, MemorySlots } from '../support/ota/memory-slots.js';
import { imageOf, packageHead, packageHeader, updateKey } from '../support/ota/package.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';
import { advance, advanceUntil, bootOnXs, type Running } from './engines.js';

const SLOT_BLOCKS = 496;
/** A block of the image comes that often, ms. */
const BLOCK_MS = 5;
/** Measured so often meanwhile, ms. */
const SAMPLE_MS = 100;

const key = updateKey(0);
const POINT = Buffer.from(key.point).toString('base64');

/** A board that comes online, and an update for it that nobody but the slot ever holds whole. */
export class UpdateRun {
  readonly time = new VirtualTime();
  readonly network = new VirtualNetwork(this.time);
  readonly host: VirtualHost;
  readonly #slots = new MemorySlots(SLOT_BLOCKS);
  readonly #cloud = new ScriptedCloud(this.network);
  readonly #server: FileServer;
  readonly #blocks: number;
  readonly #digest: Buffer;

  constructor(blocks: number) {
    const hash = createHash('sha256');
    for (let block = 0; block < blocks; block++) hash.update(blockOf(block));
    const digest = hash.digest();
    const fields = { imageBytes: blocks * BLOCK_BYTES, digest };
    const head = packageHead(packageHeader(new Uint8Array(0), fields), [key]);
    this.#blocks = blocks;
    this.#digest = digest;
    this.#cloud.announceExtensions = true;
    this.#server = new FileServer(this.network, head);
    this.#server.answer = ({ peer }) => {
      this.#server.send(peer, 200, [`Content-Length: ${head.length + fields.imageBytes}`, 'ETag: "v1"'], head);
      this.#send(peer, 0);
      return true;
    };
    this.host = createVirtualHost({
      time: this.time,
      network: this.network,
      serial: 'AABBCCDDEEFF',
      createSlots: () => this.#slots,
      settings: {
        environment: { name: 'dev', apiUrl: this.#cloud.apiUrl },
        wifi: { ssid: 'home', password: 'password1' },
        updateKeys: { keys: { '0': POINT }, required: 1 },
      },
    });
  }

  /** What is in use before it begins, and at most until the image is in the slot, was read back and is to start next. */
  async follow(running: Running, inUse: () => Promise<number>): Promise<{ before: number; peak: number }> {
    const { time } = this;
    const informs = this.#cloud.topic('ota/device/inform');
    if (!(await advanceUntil(time, running, () => this.#cloud.on(informs).length > 0, 60_000))) {
      throw new Error('the board did not come online');
    }
    await advance(time, running, 1_000);
    this.#forget();
    const before = await inUse();
    const data = { version: '1.1.0', size: 1, isDiff: 0, url: this.#server.url, module: 'default' };
    this.#cloud.publish(this.#cloud.topic('ota/device/upgrade'), JSON.stringify({ code: '1000', data, id: 1 }));
    let peak = 0;
    for (let ms = 0; this.#slots.started === undefined; ms += SAMPLE_MS) {
      if (ms > 60_000) throw new Error('the update did not come to its end');
      await advance(time, running, SAMPLE_MS);
      this.#forget();
      peak = Math.max(peak, await inUse());
    }
    running.powerOff();
    this.host.powerOff();
    const image = this.#slots.started.subarray(0, this.#blocks * BLOCK_BYTES);
    if (!createHash('sha256').update(image).digest().equals(this.#digest))
      throw new Error('the slot holds another image');
    return { before, peak };
  }

  /** What was recorded is not looked at again. */
  #forget(): void {
    const { wire, messages, packets } = this.#cloud;
    wire.length = messages.length = packets.length = this.host.events.length = this.#slots.operations.length = 0;
  }

  #send(peer: VirtualPeer, block: number): void {
    peer.write(blockOf(block));
    if (block + 1 < this.#blocks) this.time.timer.set(() => this.#send(peer, block + 1), BLOCK_MS);
  }
}

function blockOf(block: number): Buffer {
  return imageOf(BLOCK_BYTES, block + 1);
}

/** Live slots at most while an image of so many blocks is taken, beside those before, and bytes that the engine has taken for slots and chunks. */
export async function measureUpdate(engine: XsEngine, blocks: number): Promise<{ slots: number; bytes: number }> {
  const run = new UpdateRun(blocks);
  const board = bootOnXs(engine, run.host);
  let bytes = 0;
  const { before, peak } = await run.follow(board, async () => {
    const { currentHeapCount, allocate } = await board.measure(true);
    bytes = allocate;
    return currentHeapCount;
  });
  return { slots: peak - before, bytes };
}
