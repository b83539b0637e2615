/**
 * Of the processes that share one database, one leads: it alone writes down what boards say and looks after what is due (campaigns,
 * schedules, pruning). The others hear the boards as well, answer their callers, and give commands.
 */
export interface Lead {
  /** Whether it is this process, as far as it knows; costs nothing. */
  readonly isHeld: boolean;
  /** Whether it is so in the database: to be asked within a transaction that writes, until whose end it stays so. Absent: it always is. */
  confirm?(): boolean;
  /** Is told when this process takes over, or leads again after it stood still; never where it has led from the start. */
  onTaken(listener: () => void): void;
}

/** A cloud that shares its database with nobody. */
export const ALONE: Lead = { isHeld: true, onTaken: () => {} };
