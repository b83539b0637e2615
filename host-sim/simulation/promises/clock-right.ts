import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';

/** Going online waits for the time no longer than this, ms. */
const MOST_WAIT_MS = 5_000;
/** Online this long, a board has been told the time by somebody, ms. */
const TOLD_WITHIN_MS = 130_000;
/** How far off a clock may be that was set right: HTTP's whole seconds and a slow way, ms; and what its crystal adds. */
const MOST_OFF_MS = 5_000;
/** HTTP on a way that hardly works has nothing but that to go by; NTP is asked again in a quarter of an hour, ms. */
const ROUGH_OFF_MS = 20_000;
const ROUGH_FOR_MS = 1_200_000;
const DRIFT = 50 / 1_000_000;
/** Boards ask NTP daily: a wrong time that they were told lasts no longer, with a few minutes for the asking, ms. */
const CORRECTED_WITHIN_MS = 86_400_000 + 600_000;

interface Known {
  bootMs: number;
  onlineSinceMs: number | undefined;
  clockSinceMs: number | undefined;
}

export const clockRight: WorldPromise = {
  name: 'clock-right',
  why: 'By its clock a board tells an old command from a new one; and no time server may keep it offline (complaint 13).',
  watch: (world, broken) => {
    const boards = new Map<SimDevice, Known>();
    /** When somebody last lied about the time, a board's clock jumped, or the time server was away, ms. */
    let liedMs = Number.NEGATIVE_INFINITY;
    const jumpedMs = new Map<SimDevice, number>();
    /** Until then the cloud shows a certificate that has ended, or is another's, ms. */
    let badProofUntilMs = Number.NEGATIVE_INFINITY;
    /** Boards that came online meanwhile, knowing no time at all: the cloud's is not believed beyond its certificate's end. */
    const untoldMs = new Map<SimDevice, number>();
    let ntpDownMs = Number.NEGATIVE_INFINITY;
    return {
      boot: (device) => {
        boards.set(device, { bootMs: world.nowMs, onlineSinceMs: undefined, clockSinceMs: undefined });
        jumpedMs.delete(device);
        untoldMs.delete(device);
      },
      happening: (what) => {
        if (what.includes('"board-clock"')) {
          const { board } = JSON.parse(what) as { board: number };
          jumpedMs.set(world.device(board), world.nowMs);
        }
        if (what.includes('"server-certificate"')) {
          const { forMs } = JSON.parse(what) as { forMs: number };
          badProofUntilMs = world.nowMs + forMs;
        }
      },
      event: (device, { name, data }) => {
        if (name !== 'state_changed') return;
        const known = boards.get(device)!;
        const { from, to } = data as { from: string; to: string };
        known.onlineSinceMs = to === 'online' ? world.nowMs : undefined;
        if (to === 'online' && world.nowMs < badProofUntilMs) untoldMs.set(device, badProofUntilMs);
        if (to === 'clock') known.clockSinceMs = world.nowMs;
        if (from !== 'clock') return;
        const waitedMs = world.nowMs - known.clockSinceMs!;
        known.clockSinceMs = undefined;
        if (waitedMs > MOST_WAIT_MS) broken(device, `It waited ${waitedMs} ms for the time.`);
      },
      tick: () => {
        const { nowMs, wallMs, ntp, cloud } = world;
        if (ntp.offMs !== 0 || cloud.clockOffMs !== 0) liedMs = nowMs;
        if (!ntp.isUp) ntpDownMs = nowMs;
        for (const device of world.devices) {
          const known = boards.get(device);
          if (known === undefined || !device.isPowered) continue;
          if (known.clockSinceMs !== undefined && nowMs - known.clockSinceMs > MOST_WAIT_MS) {
            broken(device, 'It waits for the time, and for nothing else.');
            known.clockSinceMs = undefined;
          }
          const { bootMs, onlineSinceMs } = known;
          if (onlineSinceMs === undefined || nowMs - onlineSinceMs < TOLD_WITHIN_MS) continue;
          const taintedMs = Math.max(liedMs, jumpedMs.get(device) ?? Number.NEGATIVE_INFINITY);
          // Whoever was lied to, or has jumped, is right again after a day of being online beside an honest server.
          const isCorrected = nowMs - Math.max(taintedMs, ntpDownMs, onlineSinceMs) > CORRECTED_WITHIN_MS;
          if (taintedMs >= bootMs - MOST_WAIT_MS && !isCorrected) continue;
          // Then NTP is all there is to tell it, asked every quarter of an hour.
          const untold = untoldMs.get(device);
          if (untold !== undefined && nowMs - Math.max(untold, ntpDownMs) < ROUGH_FOR_MS) continue;
          const offMs = Math.abs(device.clockMs! - wallMs);
          const isRough = nowMs - Math.max(ntpDownMs, onlineSinceMs) < ROUGH_FOR_MS;
          const mostMs =
            (isRough ? ROUGH_OFF_MS : MOST_OFF_MS) + DRIFT * (isCorrected ? CORRECTED_WITHIN_MS : nowMs - bootMs);
          if (offMs > mostMs) broken(device, `Its clock is off by ${offMs} ms.`);
        }
      },
    };
  },
};
