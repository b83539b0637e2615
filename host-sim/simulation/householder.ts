import type { SetupRequest } from '../../src/core/setup-request.js';
import { isOnNetwork, type SetupState } from '../../src/provisioning/setup-desk.js';
import type { PhoneOutcome, VirtualPhone } from '../world/virtual-phone.js';
import { createVirtualPhone } from '../world/virtual-phone-host.js';
import { inputsLike } from './choose.js';
import { homeOf, placeOf } from './places.js';
import type { SimDevice } from './sim-device.js';
import type { World } from './world.js';

/** A press that opens a board that is set up, ms. */
const LONG_PRESS_MS = 3_500;
/** Between one attempt and the next, ms. */
const AGAIN_MS = 20_000;
/**
 * Attempts that somebody makes whose house is in order, before he gives up for good and lets the promises say what they think of the
 * board: half an hour of them, where it never opens.
 */
const MOST_ATTEMPTS = 90;

/** What came of it. */
export type HouseholdOutcome = PhoneOutcome | { readonly kind: 'no_way_in' };

export interface Chore {
  readonly device: SimDevice;
  /** What the board is told (default: the network of its house, as it then is). */
  readonly request?: () => SetupRequest;
  /** He goes away after so long, ms; absent: he stays until it works. */
  readonly leavesAfterMs?: number;
  onEnd?(outcome: HouseholdOutcome | undefined): void;
}

/**
 * Somebody with a phone and the label of a board, who sets it up, and does what people do where that does not work at once: press
 * its button, wait, and try again.
 */
export class Householder {
  readonly #world: World;
  readonly #chore: Chore;
  #phone: VirtualPhone | undefined;
  #attempts = 0;
  #isOver = false;

  constructor(world: World, chore: Chore) {
    this.#world = world;
    this.#chore = chore;
    if (chore.leavesAfterMs !== undefined) world.time.timer.set(() => this.#leave(), chore.leavesAfterMs);
    world.time.timer.set(() => this.#attempt());
  }

  #attempt(): void {
    if (this.#isOver) return;
    const { device, request = () => homeOf(device, this.#world) } = this.#chore;
    const { label } = device;
    if (this.#isInOrder()) this.#attempts++;
    if (label === undefined || !this.#isOpen(label.ssid)) {
      this.#open();
      this.#later({ kind: 'no_way_in' });
      return;
    }
    const world = this.#world;
    const seed = world.random.fork(`phone of ${device.index} at ${world.nowMs}`).uint32();
    this.#phone = createVirtualPhone({ time: world.time, network: world.network, radio: device.radio, seed });
    world.note(`phone sets up #${device.index}`);
    this.#phone.setUp({ label, request: request(), onOutcome: (outcome) => this.#onOutcome(outcome) });
  }

  #onOutcome(outcome: PhoneOutcome): void {
    this.#phone = undefined;
    const { device } = this.#chore;
    const state = outcome.kind === 'told' ? outcome.state : undefined;
    const told = state === undefined ? outcome.kind : `${state.stage} ${state.reason ?? ''}`;
    this.#world.note(`phone hears of #${device.index} ${told}`);
    const isSettled = state === undefined ? outcome.kind === 'refused' : isOnNetwork(state as SetupState);
    if (isSettled) this.#end(outcome);
    else this.#later(outcome);
  }

  #later(outcome: HouseholdOutcome): void {
    if (this.#attempts >= MOST_ATTEMPTS) this.#end(outcome);
    else this.#world.time.timer.set(() => this.#attempt(), AGAIN_MS);
  }

  /** By its button; one that has none opens by itself after a while. */
  #open(): void {
    const { device } = this.#chore;
    const [button] = inputsLike(device, 'button');
    if (button === undefined || this.#attempts % 2 === 0 || !device.isPowered) return;
    if (!device.world.button(button).pressed) this.#world.press(device, button, LONG_PRESS_MS);
  }

  /** Whether it is for the board alone to work. */
  #isInOrder(): boolean {
    const { device } = this.#chore;
    const { isOn, takesKeys, hasDhcp } = placeOf(this.#world, device).point;
    return device.isPowered && isOn && takesKeys && hasDhcp;
  }

  #isOpen(ssid: string): boolean {
    return this.#chore.device.radio.points.some((point) => point.isOn && point.ssid === ssid);
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#phone?.leave();
    this.#end(undefined);
  }

  #end(outcome: HouseholdOutcome | undefined): void {
    this.#isOver = true;
    this.#chore.onEnd?.(outcome);
  }
}
