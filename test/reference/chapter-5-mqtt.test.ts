import type { MqttClient } from 'mqtt';
import { describe, expect, test } from 'vitest';
import { nextMessage, useReferenceCloud } from './reference-cloud.js';

const cloud = useReferenceCloud();
const online = async (deviceId: string): Promise<boolean> =>
  (await cloud().data(cloud().as('GET', `/devices/${deviceId}/status`))).online;
const closed = (client: MqttClient) => new Promise((resolve) => client.once('close', () => resolve(true)));

describe('5.1 credentials', () => {
  test('are refused with a wrong password, another client id or an unknown name', async () => {
    const activation = await cloud().activate('CREDENTIALS');
    await expect(cloud().connect(activation, { password: 'tk_wrong' })).rejects.toMatchObject({ code: 4 });
    await expect(cloud().connect(activation, { username: 'SW-SERVO-001&dev_0' })).rejects.toMatchObject({ code: 4 });
    await expect(cloud().connect(activation, { clientId: 'other' })).rejects.toMatchObject({ code: 5 });
  });

  test('open the topics of their board and no other', async () => {
    const [mine, other] = [await cloud().activate('MINE'), await cloud().activate('OTHER')];
    const board = await cloud().connect(mine);
    for (const topic of [other.topics.propertySet, '#', '/sys/+/+/status']) {
      const [granted] = await board.subscribeAsync(topic).catch(() => [{ qos: 128 }]);
      expect({ topic, qos: granted?.qos }).toEqual({ topic, qos: 128 });
    }
    const ended = closed(board);
    board.publish(other.topics.propertyPost, '{"params":{"position":"up"}}');
    expect(await ended).toBe(true);
    const status = await cloud().data(cloud().as('GET', `/devices/${other.deviceId}/status`));
    expect(status.position).toBeNull();
  });
});

describe('5.4 status', () => {
  test('goes by what the board says, its will included', async () => {
    const activation = await cloud().activate('PRESENCE');
    const { status } = activation.topics;
    const will = { topic: status, payload: Buffer.from(JSON.stringify({ status: 'offline', time: Date.now() })) };
    const board = await cloud().connect(activation, { will: { ...will, qos: 1, retain: true } });
    await board.publishAsync(status, JSON.stringify({ status: 'online', time: Date.now() }), { qos: 1, retain: true });
    expect(await online(activation.deviceId)).toBe(true);
    board.stream.destroy();
    // A cut is seen by the broker when its socket says so.
    while (await online(activation.deviceId));
    const again = await cloud().online(activation);
    const retained = nextMessage(again);
    await again.subscribeAsync(status);
    expect(await retained).toMatchObject({ retain: true, payload: { status: 'online' } });
    await again.publishAsync(status, JSON.stringify({ status: 'offline', time: Date.now() }), { qos: 1, retain: true });
    expect(await online(activation.deviceId)).toBe(false);
  });
});
