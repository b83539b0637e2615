import type { BoardEvent } from '../../src/core/events.js';
import { BoardLife } from './board-life.js';
import type { SimBoardPort } from './board-port.js';
import { viewBoard } from './board-view.js';
import { SimApiError } from './errors.js';
import type { SimBoardView } from './messages.js';
import type { WireRing } from './wire-ring.js';

/** Strength of an access point where nobody has said how strong it is, dBm. */
const USUAL_RSSI = -55;
const LONGEST_SHOWN = 64;

/** A board to which something has happened is looked at each time, for so many times. */
const LIVELY_LOOKS = 40;

/** A board, and what it has said. */
export class KnownBoard {
  readonly port: SimBoardPort;
  readonly life = new BoardLife();
  #lively = 0;

  constructor(port: SimBoardPort) {
    this.port = port;
  }

  /** Something has happened to it, or is seen to go on. */
  stir(): void {
    this.#lively = LIVELY_LOOKS;
  }

  /** Whether it is worth a look; asked once a look. */
  takeLook(): boolean {
    if (this.#lively === 0) return false;
    this.#lively--;
    return true;
  }
}

/** The boards of this world by their serial numbers, and what each has said since the beginning. */
export class Boards {
  readonly #ring: WireRing;
  readonly #known = new Map<string, KnownBoard>();
  readonly #all: KnownBoard[] = [];
  readonly #wires: (() => void)[] = [];
  #airRssi = USUAL_RSSI;

  constructor(ring: WireRing) {
    this.#ring = ring;
  }

  get all(): readonly KnownBoard[] {
    return this.#all;
  }

  /** @throws SimApiError `device_not_found` */
  find(serial: string): KnownBoard {
    const known = this.#known.get(serial);
    if (known) return known;
    throw new SimApiError(
      'device_not_found',
      `There is no simulated board ${serial.slice(0, LONGEST_SHOWN)}: see GET /sim/v1/boards.`,
    );
  }

  view({ port, life }: KnownBoard): SimBoardView {
    return viewBoard(port, life, this.#airRssi);
  }

  /** How strong the access point is for boards that stand nowhere in particular, dBm. */
  setAir(rssi: number): void {
    this.#airRssi = rssi;
  }

  /** A board said this. It is known from then on. */
  event(port: SimBoardPort, event: BoardEvent): void {
    const known = this.add(port);
    known.life.event(event, port.deviceId);
    known.stir();
    const { name, level, at } = event;
    const data = event.data as Readonly<Record<string, unknown>>;
    this.#ring.add(port.serial, { kind: 'life', name, level, data, at, bytes: 0, raw: '' });
  }

  crashed(port: SimBoardPort): void {
    const known = this.add(port);
    known.life.crashed();
    known.stir();
  }

  /** One more board, where it is none of these. */
  add(port: SimBoardPort): KnownBoard {
    const before = this.#known.get(port.serial);
    if (before) return before;
    const known = new KnownBoard(port);
    this.#known.set(port.serial, known);
    this.#all.push(known);
    this.#wires.push(port.wire.onEntry((fact) => this.#ring.add(port.serial, fact)));
    return known;
  }

  /** Listens to none of them any more. */
  close(): void {
    for (const end of this.#wires.splice(0)) end();
  }
}
