/** Whether there is a way to the boards now. */
export type BrokerState = 'connected' | 'away';

/** What the rest of the cloud has messages passed on by, whoever's broker it is. */
export interface MessageBroker {
  /** Passes a message on; rejects where there is no way to the subscribers now. */
  publish(topic: string, payload: string, options: { readonly qos: 0 | 1; readonly retain: boolean }): Promise<void>;
  /** The retained messages that a filter matches, as far as this cloud knows of them. */
  retained(filter: string): AsyncIterable<{ readonly topic: string; readonly payload: Buffer }>;
  /** Removes a retained message. */
  clearRetained(topic: string): void;
  close(): Promise<void>;
}
