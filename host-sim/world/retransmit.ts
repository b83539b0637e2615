import type { Random } from '../../src/ports/random.js';

/** A segment that gets lost is sent again after this, doubled each time (RFC 6298), ms. */
const RETRANSMIT_MS = 300;
const MOST_RETRANSMITS = 8;

/**
 * How much later a segment arrives because it, or what was sent in its place, got lost, ms; `undefined`: never, TCP gives up.
 * @param lossShare share of the segments that get lost, 0 to 1
 */
export function retransmitMs(random: Random, lossShare: number): number | undefined {
  let ms = 0;
  for (let tries = 0; random.uint32() / 0x1_0000_0000 < lossShare; tries++) {
    if (tries === MOST_RETRANSMITS) return undefined;
    ms += RETRANSMIT_MS * 2 ** tries;
  }
  return ms;
}
