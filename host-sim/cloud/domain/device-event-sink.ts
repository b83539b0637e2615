/** An event that a board posted. */
export interface PostedEvent {
  /** Its identifier. */
  readonly name: string;
  /** `params` of the post, as they came. */
  readonly params: Readonly<Record<string, unknown>>;
  /** When it happened, by the board's clock where that is plausible, ms since 1970. */
  readonly reportedAt: number;
  readonly receivedAt: number;
}

/** Where the events of boards are kept. */
export interface DeviceEventSink {
  /** Keeps an event; `done` is called once it is kept, or with why it is not. The board is acknowledged after that. */
  record(
    device: { readonly deviceId: string; readonly deviceSeq: number },
    event: PostedEvent,
    done: (error?: Error) => void,
  ): void;
}

/** Keeps nothing: events reach subscribers and listeners alone. */
export const NO_EVENT_STORAGE: DeviceEventSink = { record: (_device, _event, done) => done() };
