import { PinBank } from '../../host-sim/host/pins.js';
import type { SimBoardPort, WireFact } from '../../host-sim/sim-api/board-port.js';
import type { SimLedView } from '../../host-sim/sim-api/messages.js';
import { BoardWorld } from '../../host-sim/world/board-world.js';
import { Surroundings } from '../../host-sim/world/surroundings.js';
import type { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { BoardEvent, BoardEvents, EventName } from '../../src/core/events.js';
import { EVERYTHING } from '../support/everything.js';

/** Real hardware in virtual time, and firmware that does what a test says. */
export class FakeBoard implements SimBoardPort {
  readonly serial: string;
  readonly product = EVERYTHING;
  readonly world: BoardWorld;
  readonly surroundings = new Surroundings();
  deviceId: string | undefined;
  powered = true;
  led: SimLedView | undefined = { on: true, cycle: [] };
  rssi: number | undefined;
  /** What was done with its power. */
  readonly power: string[] = [];
  readonly listeners = new Set<(fact: WireFact) => void>();
  readonly wire = {
    onEntry: (listener: (fact: WireFact) => void) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    },
  };

  constructor(serial: string, { clock, timer }: VirtualTime) {
    this.serial = serial;
    const random = { uint32: () => 0x1234_5678 };
    this.world = new BoardWorld({ product: EVERYTHING, pins: new PinBank({ clock }), clock, timer, random });
  }

  powerOn(): void {
    this.powered = true;
    this.power.push('on');
  }

  powerCut(): void {
    this.powered = false;
    this.deviceId = undefined;
    this.power.push('cut');
  }

  /** Something goes over its wire. */
  sends(fact: WireFact = PINGREQ): void {
    for (const listener of this.listeners) listener(fact);
  }
}

export const PINGREQ: WireFact = {
  kind: 'mqtt',
  direction: 'out',
  packet: 'PINGREQ',
  fields: {},
  at: 1_000,
  bytes: 2,
  raw: 'wAA=',
};

/** What a board's console has. */
export function said<N extends EventName>(name: N, data: BoardEvents[N]): BoardEvent {
  return { name, level: 'info', at: 1_000, data } as BoardEvent;
}
