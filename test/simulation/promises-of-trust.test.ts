import { beforeEach, describe, expect, it } from 'vitest';
import { createNodeEnvironment } from '../../host-sim/cloud/environment.js';
import type { WorldPromise } from '../../host-sim/simulation/promise.js';
import { noSecretToStrangers } from '../../host-sim/simulation/promises/no-secret-to-strangers.js';
import { notStranded } from '../../host-sim/simulation/promises/not-stranded.js';
import { trustsOnlyItsOwn } from '../../host-sim/simulation/promises/trusts-only-its-own.js';
import { SimPki } from '../../host-sim/simulation/sim-pki.js';
import { STRANGERS } from '../../host-sim/simulation/strangers.js';
import { Frame, TlsFrames } from '../../host-sim/world/tls-frames.js';
import { FakeWorld } from './fake-world.js';

const DAY_MS = 86_400_000;

/** A world whose cloud has TLS. */
class FakeTlsWorld extends FakeWorld {
  readonly pki: SimPki;
  readonly home: { readonly cloud: { readonly pki: SimPki } };
  readonly other = undefined;

  constructor(promise: WorldPromise) {
    super(promise);
    this.pki = new SimPki({
      environment: { ...createNodeEnvironment(), now: () => this.wallMs },
      host: 'cloud.home',
      publicHost: 'broker.home',
      madeMs: this.wallMs,
    });
    Object.assign(this.cloud, { pki: this.pki });
    this.home = { cloud: { pki: this.pki } };
    this.devices[0]!.clockMs = this.wallMs;
  }

  /** A handshake comes to its end with a server that shows this. */
  secures({ chain }: { readonly chain: readonly Uint8Array[] }, serverName = 'cloud.home'): void {
    this.witness.secured?.(this.real(), 'api', { serverName, chain });
  }

  /** What a board says to a stranger, in all. */
  tellsStranger(...types: number[]): void {
    const frames = new TlsFrames();
    this.witness.toldStranger?.(this.real(), Buffer.concat(types.map((type) => frames.frame(type, new Uint8Array(9)))));
  }

  genuine(beginsInMs = 0, names = this.pki.names): { readonly chain: readonly Uint8Array[] } {
    return this.pki.certify({ names, atMs: this.wallMs + beginsInMs, lifetimeMs: 90 * DAY_MS });
  }
}

let world: FakeTlsWorld;

describe('no-secret-to-strangers', () => {
  beforeEach(() => {
    world = new FakeTlsWorld(noSecretToStrangers);
  });

  it('is broken by a board that goes where there is no TLS, and only where its cloud has any', () => {
    world.witness.connected?.(world.real(), 'mqtt', true);
    expect(world.told).toEqual([]);
    world.witness.connected?.(world.real(), 'mqtt', false);
    expect(world.told).toEqual(['It goes to mqtt in the clear.']);
    const plain = new FakeWorld(noSecretToStrangers);
    plain.witness.connected?.(plain.real(), 'mqtt', false);
    expect(plain.told).toEqual([]);
  });

  it('is broken by data, and by anything but TLS; not by a hello and a good-bye', () => {
    world.tellsStranger(Frame.clientHello);
    world.tellsStranger(Frame.clientHello, Frame.alert);
    expect(world.told).toEqual([]);
    world.tellsStranger(Frame.clientHello, Frame.clientFinished, Frame.data);
    world.witness.toldStranger?.(world.real(), Buffer.from('POST /api/v1/devices/activate HTTP/1.1\r\n'));
    expect(world.told).toEqual(['It tells a stranger what is for its cloud.', 'It speaks to a stranger in the clear.']);
  });
});

describe('trusts-only-its-own', () => {
  beforeEach(() => {
    world = new FakeTlsWorld(trustsOnlyItsOwn);
  });

  it('bears what the CA has made, also the one before it by a cross-certificate', () => {
    world.secures(world.genuine());
    world.pki.rotate();
    world.secures(world.genuine());
    expect(world.told).toEqual([]);
  });

  it.each(Object.keys(STRANGERS).filter((who) => who !== 'without the key'))('is broken by who is %s', (who) => {
    world.secures(STRANGERS[who]!(world.pki, world.wallMs));
    expect(world.told).toHaveLength(1);
  });

  it('is broken by a handshake that a board completes with a stranger', () => {
    world.tellsStranger(Frame.clientHello, Frame.clientFinished);
    expect(world.told).toEqual(['It trusts somebody who is not its cloud.']);
  });

  it('is broken by a certificate of the future where the board knows the time, and else it is not', () => {
    world.secures(world.genuine(30 * DAY_MS));
    expect(world.told).toEqual([]);
    world.says('clock_set', { source: 'ntp', shiftMs: 0 });
    world.secures(world.genuine(30 * DAY_MS));
    expect(world.told).toHaveLength(1);
  });
});

describe('not-stranded', () => {
  it('is broken by a board that is not online in the end, whatever was in its way', async () => {
    const one = new FakeWorld(notStranded);
    one.devices[0]!.isOnline = true;
    await one.witness.end?.();
    expect(one.told).toEqual([]);
    one.devices[0]!.isOnline = false;
    one.clearSinceMs = undefined;
    await one.witness.end?.();
    expect(one.told).toEqual(['Everything is as it should be, and it is connecting.']);
  });
});
