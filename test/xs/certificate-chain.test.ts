import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createVirtualHost } from '../../host-sim/world/virtual-host.js';
import { VirtualNetwork } from '../../host-sim/world/virtual-network.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { GuestBridge } from '../../host-sim/xs/bridge.js';
import { findXsEngine } from '../../host-sim/xs/engine.js';
import { XsWorker } from '../../host-sim/xs/worker.js';
import { type ChainCase, ChainWorld } from '../conformance/chain-cases.js';
import { TestPki } from '../support/pki.js';
import { bundle, withoutXs } from './engines.js';

describe.skipIf(withoutXs)('a certificate chain on XS', () => {
  const pki = new TestPki();
  let worker: XsWorker;
  let onAnswer: (bytes: Uint8Array) => void = () => {};

  beforeAll(async () => {
    const time = new VirtualTime();
    const host = createVirtualHost({ time, network: new VirtualNetwork(time), serial: 'AABBCCDDEEFF' });
    const bridge = new GuestBridge({
      host,
      send: () => {},
      onCrash: (error) => expect.unreachable(String(error)),
      onDeviceId: () => {},
      onStopped: () => {},
    });
    worker = new XsWorker({
      path: findXsEngine() ?? '',
      onAnswer: (bytes) => onAnswer(bytes),
      onQuestion: (bytes) => bridge.onQuestion(bytes),
      onDeath: (error) => expect.unreachable(String(error)),
    });
    const source = await bundle('test/xs/certificate-guest.ts');
    await new Promise<void>((resolve) => {
      onAnswer = () => resolve();
      worker.evaluate(source);
    });
  });

  afterAll(() => {
    worker?.kill();
    pki.close();
  });

  function ask({ chain, anchors, host }: ChainCase): Promise<string> {
    const ders = (certificates: ChainCase['chain']): number[][] => certificates.map(({ der }) => [...der]);
    const check = { chain: ders(chain), anchors: ders(anchors), host, nowMs: Date.now(), isFloor: false };
    return new Promise((resolve) => {
      onAnswer = (bytes) => resolve(Buffer.from(bytes).toString());
      worker.send(Buffer.from(JSON.stringify(check)));
    });
  }

  test('is trusted and refused as on Node, case by case', async () => {
    for (const one of new ChainWorld(pki).cases()) expect(await ask(one), one.says).toBe(one.verdict);
  });
});
