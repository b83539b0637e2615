/** Acknowledgements that are waited for in one session; beyond it the oldest counts as not coming. */
const MAX_EXPECTED = 256;
const MAX_ID = 65_535;

/**
 * The packet identifiers of the messages at QoS 1 and 2 that one session is sent ([MQTT-2.3.1-4]), and who wants to know
 * when the client has acknowledged which: whatever else it is sent, and in whatever order it acknowledges.
 */
export class MessageIds {
  readonly #expected = new Map<number, () => void>();
  #last = 0;

  /** An identifier for the next message. @param onAcknowledged called once, unless the session ends before */
  next(onAcknowledged: (() => void) | undefined): number {
    do this.#last = (this.#last % MAX_ID) + 1;
    while (this.#expected.has(this.#last));
    if (!onAcknowledged) return this.#last;
    this.#expected.set(this.#last, onAcknowledged);
    // A client that subscribed at QoS 0 acknowledges nothing.
    if (this.#expected.size > MAX_EXPECTED) this.#expected.delete(this.#expected.keys().next().value!);
    return this.#last;
  }

  /** Takes a PUBACK; one for a message that nobody asks about does nothing. */
  acknowledged(id: number): void {
    const onAcknowledged = this.#expected.get(id);
    this.#expected.delete(id);
    onAcknowledged?.();
  }
}
