import { SimButton } from '../world/sim-button.js';
import { SimContact } from '../world/sim-contact.js';
import type { Conditions } from '../world/surroundings.js';
import type { KnownBoard } from './boards.js';
import { SimApiError } from './errors.js';
import type { SimBoardChange, SimInputChange } from './messages.js';
import { INPUT_CHANGES, LONGEST_PRESS_MS } from './requests.js';
import { check } from './validation.js';

/** Sets what is around a board, and then its power. */
export function changeBoard(board: KnownBoard, { powered, ...link }: SimBoardChange): void {
  const { port, life } = board;
  board.stir();
  const { lossPercent, ...rest } = link;
  const change: Partial<Conditions> = { ...rest, ...(lossPercent !== undefined && { lossShare: lossPercent / 100 }) };
  if (Object.keys(change).length > 0) port.surroundings.set(change);
  if (powered === undefined || powered === port.powered) return;
  if (powered) {
    port.powerOn();
    return;
  }
  port.powerCut();
  life.powerCut();
}

/**
 * Moves an input as a hand would.
 * @param change anything: what fits depends on what the input is
 * @throws SimApiError `invalid_parameter`
 */
export function changeInput(board: KnownBoard, number: number, change: unknown): void {
  const { port } = board;
  const { inputs } = port.world;
  board.stir();
  const input = inputs[number];
  if (input === undefined) {
    const there = inputs.length === 0 ? 'none' : `${inputs.length}, from 0`;
    throw new SimApiError('invalid_parameter', `input ${number} is not there: ${port.serial} has ${there}.`);
  }
  if (input instanceof SimButton) {
    const { pressed, forMs = LONGEST_PRESS_MS } = taken('button', change);
    if (pressed) input.press(forMs);
    else input.up();
  } else if (input instanceof SimContact) {
    if (taken('digital', change).closed) input.close();
    else input.open();
  } else {
    input.set(taken('analog', change).level);
  }
}

interface Changes {
  readonly button: Extract<SimInputChange, { pressed: boolean }>;
  readonly digital: Extract<SimInputChange, { closed: boolean }>;
  readonly analog: Extract<SimInputChange, { level: number }>;
}

function taken<T extends keyof Changes>(type: T, change: unknown): Changes[T] {
  check(INPUT_CHANGES[type], change);
  return change as Changes[T];
}
