import { SimButton } from '../world/sim-button.js';
import { SimContact } from '../world/sim-contact.js';
import { SimRelay } from '../world/sim-relay.js';
import { SimServo } from '../world/sim-servo.js';
import type { BoardLife } from './board-life.js';
import type { SimBoardPort } from './board-port.js';
import type { SimBoardView, SimInputView, SimLinkView, SimOutputView } from './messages.js';

/**
 * A board as it is now. Values are rounded to what an eye tells apart, so that noise is no change.
 * @param airRssi strength of the access point for boards that stand nowhere in particular, dBm
 */
export function viewBoard(board: SimBoardPort, life: BoardLife, airRssi: number): SimBoardView {
  const { serial, product, powered, led, world } = board;
  return {
    serial,
    productKey: product.productKey,
    deviceId: board.deviceId ?? life.deviceId,
    powered,
    state: powered ? life.state : 'off',
    firmwareVersion: life.firmwareVersion,
    rssi: board.rssi ?? null,
    led: led === undefined ? null : { on: led.on, cycle: led.cycle },
    outputs: world.outputs.map(viewOutput),
    inputs: world.inputs.map(viewInput),
    link: viewLink(board, airRssi),
  };
}

function viewOutput(part: SimBoardPort['world']['outputs'][number]): SimOutputView {
  if (part instanceof SimServo) {
    const { angleDeg, attached, stalled } = part;
    return { type: 'servo', angleDeg: round(angleDeg, 10), attached, stalled };
  }
  if (part instanceof SimRelay) return { type: 'relay', on: part.closed };
  return { type: 'dimmer', level: round(part.perceivedLevel, 10) };
}

function viewInput(part: SimBoardPort['world']['inputs'][number]): SimInputView {
  if (part instanceof SimButton) return { type: 'button', pressed: part.pressed };
  if (part instanceof SimContact) return { type: 'digital', closed: part.closed };
  return { type: 'analog', level: round(part.level, 10_000) };
}

function viewLink({ surroundings }: SimBoardPort, airRssi: number): SimLinkView {
  const { wifi, broker, latencyMs, lossShare, rssi = airRssi } = surroundings.conditions;
  return { wifi, broker, latencyMs, lossPercent: round(lossShare * 100, 100), rssi };
}

function round(value: number, partsOfOne: number): number {
  return Math.round(value * partsOfOne) / partsOfOne;
}
