import { expect, test } from 'vitest';
import type { Sharing } from '../../../host-sim/cloud/domain/sharing.js';
import { ExternalBroker } from '../../../host-sim/cloud/external/external-broker.js';
import { oneBoard, online } from './one-board.js';

test('whose status is kept: who was online when the cloud ended, until the device is deleted by any process', async () => {
  const noticed: ((subject: string) => void)[] = [];
  const sharing: Sharing = {
    slot: 0,
    lead: { isHeld: true, onTaken: () => {} },
    onNotice: (_kind, listener) => void noticed.push(listener),
    onOrphans: () => {},
    tell: () => {},
    setHearing: () => {},
  };
  const { services, deviceId, say, boards, clock, target } = await oneBoard({ sharing });
  say('status', online(1_000));
  boards.close();
  const broker = new ExternalBroker({
    broker: { urls: ['mqtt://127.0.0.1:1'] },
    services,
    clientId: 'smartlink-cloud-a1b2c3-0',
    onMessage: () => {},
  });
  broker.restore();
  const statuses = async () => {
    const found: object[] = [];
    for await (const { topic, payload } of broker.retained('/sys/#'))
      found.push([topic, JSON.parse(payload.toString())]);
    return found;
  };
  const kept = [`/sys/SW-SERVO-001/${deviceId}/status`, { status: 'online', time: clock.now }];
  expect(await statuses()).toEqual([kept]);
  for (const tell of noticed) tell('');
  expect(await statuses()).toEqual([kept]);
  services.stores.devices.delete(target.deviceSeq);
  for (const tell of noticed) tell(deviceId);
  expect(await statuses()).toEqual([]);
  await broker.close();
});
