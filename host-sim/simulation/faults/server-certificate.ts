import { forAWhile } from '../for-a-while.js';
import { DetailError, type Kind, numberOf, textOf } from '../happening.js';
import type { Certifying } from '../sim-pki.js';

const DAY_MS = 86_400_000;

/** What the cloud's own CA has made for it, and what is wrong with that. */
const WRONG: Readonly<Record<string, (names: readonly string[], nowMs: number) => Certifying>> = {
  expired: (names, nowMs) => ({ names, atMs: nowMs - 91 * DAY_MS, lifetimeMs: 90 * DAY_MS }),
  'not yet valid': (names, nowMs) => ({ names, atMs: nowMs + 30 * DAY_MS, lifetimeMs: 90 * DAY_MS }),
  'for another name': (_names, nowMs) => ({ names: ['old.home'], atMs: nowMs, lifetimeMs: 90 * DAY_MS }),
};

export const serverCertificate: Kind = {
  what: 'server-certificate',
  about:
    'The cloud shows a certificate that has expired, is not valid yet, or is for another name, until somebody mends that.',
  draw: (random) => ({ wrong: random.pick(Object.keys(WRONG)), forMs: random.between(10_000, 600_000) }),
  begin: (world, details) => {
    const wrong = WRONG[textOf(details, 'wrong')];
    if (wrong === undefined) throw new DetailError(`"wrong" must be one of ${Object.keys(WRONG).join(', ')}`);
    const { pki } = world.cloud;
    if (pki === undefined) return;
    forAWhile(world, {
      what: "the cloud's certificate is wrong",
      value: pki.certify(wrong(pki.names, world.wallMs)),
      forMs: numberOf(details, 'forMs'),
      keepsOff: world.devices.map(({ index }) => index),
      apply: (credentials) => world.cloud.show(credentials),
    });
  },
};
