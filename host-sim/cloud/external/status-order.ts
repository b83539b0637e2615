import type { Presence } from '../domain/presence.js';

/**
 * Which of a board's words about itself are about now. A broker may bring them late and twice; what tells them apart is their time by
 * the board's clock: that of an `online` names the session, that of a will is the session's connect, which is before its `online` and
 * after all that the session before has said.
 */
export class StatusOrder {
  readonly #presence: Pick<Presence, 'since'>;
  /** When the session before the present one, or the last, came online: older words are that one's. */
  readonly #formerSince = new Map<string, number>();

  constructor(presence: Pick<Presence, 'since'>) {
    this.#presence = presence;
  }

  /** Whether an `online` is the one by which the present session came. */
  isRepeated(deviceId: string, time: number | undefined): boolean {
    return time !== undefined && time === this.#presence.since(deviceId);
  }

  /** Whether an `offline` is a word of a session before the present one. */
  isOld(deviceId: string, time: number | undefined): boolean {
    const former = this.#formerSince.get(deviceId);
    return time !== undefined && former !== undefined && time <= former;
  }

  /** Whether an `offline` of the present session is its will. */
  isWill(deviceId: string, time: number | undefined): boolean {
    const since = this.#presence.since(deviceId);
    return time === undefined || (since !== undefined && time < since);
  }

  /** To be called while a board is still believed online, and no longer will be by this session. */
  ending(deviceId: string): void {
    const since = this.#presence.since(deviceId);
    if (since !== undefined) this.#formerSince.set(deviceId, since);
  }

  /** To be called when a session begins by an `online` of this time, after the one before has ended. */
  beginning(deviceId: string, time: number | undefined): void {
    const former = this.#formerSince.get(deviceId);
    // Its clock was set back: what it says from now on is older than what it said, and is no older word.
    if (former !== undefined && time !== undefined && former >= time) this.#formerSince.delete(deviceId);
  }

  /** To be called when a device is deleted. */
  forget(deviceId: string): void {
    this.#formerSince.delete(deviceId);
  }
}
