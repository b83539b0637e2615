import type { BoardEvent } from '../../src/core/events.js';

/** What a board has said of itself, as far as nobody can ask it. */
export class BoardLife {
  #state = 'boot';
  #firmwareVersion: string | null = null;
  #deviceId: string | null = null;
  /** It has forgotten it, and goes on saying it until it boots anew. */
  #isReset = false;

  /** Its state in the life cycle; `crashed` between a crash and the next boot. */
  get state(): string {
    return this.#state;
  }

  get firmwareVersion(): string | null {
    return this.#firmwareVersion;
  }

  /** Its identity at the cloud as it was last heard of: a board without power has not lost it. */
  get deviceId(): string | null {
    return this.#deviceId;
  }

  /** @param deviceId what the board says now that it is */
  event(event: BoardEvent, deviceId: string | undefined): void {
    if (event.name === 'booted') this.#isReset = false;
    if (!this.#isReset) this.#deviceId = deviceId ?? this.#deviceId;
    switch (event.name) {
      case 'booted':
        this.#state = 'boot';
        this.#firmwareVersion = (event as BoardEvent<'booted'>).data.version;
        break;
      case 'state_changed':
        this.#state = (event as BoardEvent<'state_changed'>).data.to;
        break;
      case 'factory_reset':
        this.#deviceId = null;
        this.#isReset = true;
        break;
      default:
    }
  }

  crashed(): void {
    this.#state = 'crashed';
  }

  /** Whatever it was doing, with power it begins anew. */
  powerCut(): void {
    this.#state = 'boot';
  }
}
