import type { BoardEvent } from '../../src/core/events.js';
import type { BootReason } from '../../src/ports/system.js';
import type { BoardEventName, CloudEventMap, CloudLogEvent } from '../cloud/cloud.js';
import type { AppAnswer } from './sim-app.js';
import type { CloudDoor } from './sim-cloud.js';
import type { SimDevice } from './sim-device.js';
import type { Shown } from './sim-tls-door.js';

/** What somebody asked of a board by the cloud's API, and what came of it. */
export interface Asked {
  readonly device: SimDevice;
  readonly params: object;
  readonly atMs: number;
  /** The cloud's answer; absent while there is none. */
  answer?: AppAnswer | undefined;
}

/** What a cloud tells of that witnesses see. */
export const CLOUD_EVENTS = [
  'deviceActivated',
  'deviceOnline',
  'deviceOffline',
  'propertyPosted',
  'eventPosted',
  'commandSent',
  'commandAnswered',
  'commandDropped',
] as const;

/** Sees everything that happens in a world. Every method is called at the instant of it. */
export interface Witness {
  boot?(device: SimDevice, reason: BootReason): void;
  powerOff?(device: SimDevice): void;
  crash?(device: SimDevice, error: unknown): void;
  event?(device: SimDevice, event: BoardEvent): void;
  pin?(device: SimDevice, pin: number, kind: string, value: number): void;
  /** A record was written or deleted. */
  stored?(device: SimDevice, key: string): void;
  /** A block of a flash for firmware was erased or written to; how often, `loader.flash.wearOf` says. */
  flash?(device: SimDevice, kind: 'erase' | 'write', block: number): void;
  /** Somebody with a cable has flashed what a board had from the factory. */
  flashed?(device: SimDevice): void;
  /** A board has power, and no firmware that is whole. */
  brick?(device: SimDevice): void;
  /** A hand is on a button, for so long. */
  pressed?(device: SimDevice, input: number, ms: number): void;
  /** A board has opened a connection to one of the cloud's doors. */
  connected?(device: SimDevice, door: CloudDoor, isTls: boolean): void;
  /** A board and the cloud have completed a handshake. */
  secured?(device: SimDevice, door: CloudDoor, shown: Shown): void;
  /** A board has said so much, in all, on a connection of somebody who has put himself into the cloud's place. */
  toldStranger?(device: SimDevice, said: Uint8Array): void;
  /** The broker has acknowledged what a board published at QoS 1. */
  acknowledged?(device: SimDevice, topic: string, payload: Buffer): void;
  /** A whole MQTT packet has come from a board, or is on its way to it. */
  packet?(device: SimDevice, way: 'up' | 'down', packet: Buffer): void;
  asked?(asked: Asked): void;
  /** Somebody calls a service of a board. */
  invoked?(device: SimDevice, service: string): void;
  /** The cloud has answered what was asked. */
  answered?(asked: Asked): void;
  cloud?<N extends BoardEventName>(name: N, event: CloudEventMap[N]): void;
  /** The cloud has started, on what the last one had committed. */
  cloudUp?(): void;
  /** It was stopped or killed. */
  cloudDown?(): void;
  log?(event: CloudLogEvent): void;
  /** Something begins that was planned, or ends. */
  happening?(what: string): void;
  /** Every ten seconds. Leaves no promise behind. */
  tick?(): void;
  /** The scenario is over, and everything has had time to come to rest. */
  end?(): void | Promise<void>;
}
