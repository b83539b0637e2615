/** A part of the domain that has a life of its own. */
export interface DomainModule {
  /** When everything listens. */
  start?(): void;
  /** Drops what has become too old: at the start and every hour. */
  prune?(): void;
  /** Stops its timers. */
  close?(): void;
}
