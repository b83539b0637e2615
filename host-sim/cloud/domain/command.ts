import type { CancelTimer } from '../environment.js';
import type { SetReply } from './messages.js';
import type { BoardLink } from './sessions.js';
import { serviceTopic, topicRoot } from './topics.js';

/** The service that a control command is. */
export const PROPERTY_SET = 'property.set';

/** The device that a command is for. */
export interface CommandTarget {
  readonly deviceId: string;
  readonly productKey: string;
  readonly deviceSeq: number;
}

/** What is asked of a board. */
export interface CommandFields extends CommandTarget {
  readonly id: string;
  /** What is asked for: `thing.service.{service}` (Alink). */
  readonly service: string;
  readonly params: object;
  readonly createdAt: number;
}

/** A command that was given, and neither answered nor dropped so far. */
export interface Command extends CommandFields {
  /** It is in the database, or on its way there. */
  stored: boolean;
  /** It was answered or dropped. */
  over: boolean;
  /** Kept: repeated until answered, on this session and the next ones. Otherwise it was handed to a listening board, once. */
  kept: boolean;
  /** A board said that it has it (PUBACK). */
  acknowledged: boolean;
  /** Called once when the board has acknowledged it, it is over, or its session has ended. */
  onSettled: (() => void) | undefined;
  deliveries: number;
  /** The session it was last sent on. */
  sentOn: BoardLink | undefined;
  cancelExpiry: CancelTimer;
  cancelRepeat: CancelTimer | undefined;
  waiter: { readonly resolve: (reply: SetReply) => void; readonly reject: (error: Error) => void } | undefined;
}

/** Where a board hears of a service. */
export function commandTopic({ productKey, deviceId }: CommandTarget, service: string): string {
  return serviceTopic(topicRoot(productKey, deviceId), service);
}
