import type { Lead } from './lead.js';

/**
 * What processes that share a database tell each other of: `device`, its credentials changed, it was disabled or deleted; `product`,
 * its status; `certificate`, one was revoked; `campaign`, begun or steered; `schedule`, when something runs by the clock;
 * `push`, what a user wants to hear of; `unanswered`, a command to a device was not answered in time.
 */
export type NoticeKind = 'device' | 'product' | 'certificate' | 'campaign' | 'schedule' | 'push' | 'unanswered';

/** What a process knows of those that share its database. */
export interface Sharing {
  /** 0 to 15; no other that runs has it. */
  readonly slot: number;
  readonly lead: Lead;
  /** To be told whether the boards are heard: who does not hear them gives the lead to one that does, and does not take it. */
  setHearing(isHearing: boolean): void;
  /** Tells of what others have changed, soon after. @param listener its subject, empty: any may be */
  onNotice(kind: NoticeKind, listener: (subject: string) => void): void;
  /** Tells the others of what no change in the database says. */
  tell(kind: 'unanswered', subject: string): void;
  /** Tells who leads of a slot that nobody has any more, and that has left commands. */
  onOrphans(listener: (slot: number) => void): void;
}
