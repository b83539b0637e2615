import {
  backoffCeilingMs,
  HOPELESS_WAIT_MS,
  isHopeless,
  REFUSAL_WAIT_MS,
  STABLE_AFTER_MS,
} from '../../../src/core/backoff.js';
import type { WorldPromise } from '../promise.js';
import { Shares } from '../shares.js';
import type { SimDevice } from '../sim-device.js';
import { isUpgrade } from '../update-messages.js';

/** How long a board waits whose device has a session, and by how much that varies, ms. */
const IN_USE_WAIT_MS = 60_000;
/** After so many failures in a row the range is far from that of the first. */
const MANY_FAILURES = 4;
/** So many waits in a row that are the same on two boards are no accident. */
const LOCKSTEP = 3;
/** Such rows that are remembered: boards in lockstep have theirs at about the same time. */
const MOST_ROWS = 10_000;
/** Whatever comes with it is hopeless; events tell the word alone. */
const FORBIDDEN = 403;

/** What a board waits for, as it says itself. */
interface Failure {
  readonly kind: string;
  readonly reason: string;
  readonly retryMs: number;
}

/** One board's failures. */
class Retries {
  /** Since it was last online for a minute, as it is to count them. */
  failures = 0;
  onlineSinceMs = 0;
  leftOnlineMs: number | undefined;
  /** It must not knock before this, ms; and what it was told. */
  notBeforeMs = 0;
  refusal = '';
  readonly last: number[] = [];
}

export const backoffHonoured: WorldPromise = {
  name: 'backoff-honoured',
  why: 'Boards that ask again at once, or all together, keep down the server that just refused them (complaint 9).',
  watch: (world, broken) => {
    const boards = new Map<SimDevice, Retries>();
    const all = new Shares('a wait');
    const late = new Shares(`a wait after ${MANY_FAILURES} failures or more`);
    /** By their last waits. */
    const rows = new Map<string, SimDevice>();
    const of = (device: SimDevice): Retries => {
      const retries = boards.get(device) ?? new Retries();
      boards.set(device, retries);
      return retries;
    };
    const judge = (device: SimDevice, retries: Retries, waitMs: number, leastMs: number, rangeMs: number): void => {
      const { failures, last } = retries;
      if (waitMs < leastMs || waitMs > leastMs + rangeMs) {
        broken(device, `It waits ${waitMs} ms; from ${leastMs} to ${leastMs + rangeMs} would be right.`);
        return;
      }
      if (rangeMs === 0) return;
      const share = (waitMs - leastMs) / rangeMs;
      for (const shares of failures >= MANY_FAILURES ? [all, late] : [all]) {
        const wrong = shares.add(share);
        if (wrong !== undefined) broken(undefined, wrong);
      }
      last.push(waitMs);
      if (last.length < LOCKSTEP) return;
      last.splice(0, last.length - LOCKSTEP);
      const row = last.join(', ');
      const other = rows.get(row);
      if (other !== undefined && other !== device) broken(device, `It waits just as board ${other.index}: ${row} ms.`);
      rows.set(row, device);
      if (rows.size > MOST_ROWS) rows.delete(rows.keys().next().value!);
    };
    const begin = (device: SimDevice): void => {
      boards.delete(device);
      world.awayUntilMs.delete(device);
    };
    return {
      boot: begin,
      event: (device, { name, data }) => {
        const retries = of(device);
        if (name === 'state_changed') {
          const { from, to } = data as { from: string; to: string };
          // A person is at it, and wants it now.
          if (to === 'provisioning') begin(device);
          if (to === 'online') retries.onlineSinceMs = world.nowMs;
          if (from !== 'online') return;
          retries.leftOnlineMs = world.nowMs;
          // A minute of being online is a new beginning, whatever ends it.
          if (world.nowMs - retries.onlineSinceMs >= STABLE_AFTER_MS) retries.failures = 0;
        } else if (name === 'session_lost' || name === 'activation_failed') {
          const failure = data as Failure;
          const leastMs = leastWaitMs(failure);
          // How long a busy server wants to be left alone is seen at its door.
          if (failure.kind !== 'throttled') {
            const wasOnline = retries.leftOnlineMs === world.nowMs;
            const rangeMs = rangeOf(failure, retries.failures, wasOnline ? world.reconnectSpreadS * 1_000 : 0);
            judge(device, retries, failure.retryMs, leastMs, rangeMs);
          }
          retries.failures++;
          retries.notBeforeMs = world.nowMs + leastMs;
          retries.refusal = failure.reason;
        }
      },
      // What it is to fetch now is another file.
      packet: (device, way, packet) => {
        if (way === 'down' && isUpgrade(packet)) world.awayUntilMs.delete(device);
      },
      connected: (device, door) => {
        const { notBeforeMs, refusal } = of(device);
        const earlyMs = notBeforeMs - world.nowMs;
        if (earlyMs > 0) broken(device, `It was refused (${refusal}) and is back ${earlyMs} ms too early.`);
        const awayMs = (world.awayUntilMs.get(device) ?? 0) - world.nowMs;
        if (door === 'api' && awayMs > 0) broken(device, `Retry-After asked it to stay away for ${awayMs} ms more.`);
      },
    };
  },
};

/** What device.md says of waits: a refusal, and one that only a person can mend. */
function leastWaitMs({ kind, reason }: Failure): number {
  if (kind === 'failed' || kind === 'broken' || kind === 'throttled') return 0;
  if (kind === 'unable') return HOPELESS_WAIT_MS;
  if (reason === 'device_in_use') return IN_USE_WAIT_MS;
  const status = reason === 'forbidden' || reason === 'device_disabled' ? FORBIDDEN : 400;
  return isHopeless({ kind: 'refused', status, word: reason }) ? HOPELESS_WAIT_MS : REFUSAL_WAIT_MS;
}

/** The range of full jitter after so many failures, ms; `spreadMs`: over which a fleet comes back, where it was online. */
function rangeOf({ kind, reason }: Failure, failures: number, spreadMs: number): number {
  if (reason === 'device_in_use') return IN_USE_WAIT_MS;
  const ceilingMs = backoffCeilingMs(failures);
  if (kind !== 'failed' || spreadMs === 0) return ceilingMs;
  return Math.max(spreadMs, failures === 0 ? 0 : ceilingMs);
}
