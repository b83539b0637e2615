import { describe, expect, test } from 'vitest';
import { openWebSocket } from '../cloud/support/web-socket.js';
import { nextMessage, useReferenceCloud } from './reference-cloud.js';

const cloud = useReferenceCloud();

/** A client as chapter 7 writes it. */
const open = () => openWebSocket(cloud().ws);

describe('7 WebSocket', () => {
  test('with the credentials of a board shows the messages of its topics', async () => {
    const activation = await cloud().activate('WATCHED');
    const { username, password } = activation.mqtt;
    const topic = activation.topics.propertyPost;
    const client = await open();
    expect(await client.ask({ action: 'subscribe', topic })).toMatchObject({ action: 'subscribe', code: 401 });
    expect(await client.ask({ action: 'auth', username, password: 'wrong' })).toMatchObject({
      action: 'auth',
      code: 401,
    });
    expect(await client.ask({ action: 'auth', username, password })).toEqual({
      action: 'auth',
      code: 200,
      message: 'success',
    });
    expect(await client.ask({ action: 'subscribe', topic })).toMatchObject({ action: 'subscribe', code: 200 });
    const other = await cloud().activate('UNWATCHED');
    expect(await client.ask({ action: 'subscribe', topic: other.topics.status })).toMatchObject({ code: 403 });
    const board = await cloud().connect(activation);
    const payload = { method: 'thing.event.property.post', id: '1', params: { position: 'up' }, time: Date.now() };
    await board.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
    expect(await client.next()).toEqual({ topic, payload });
    expect(await client.ask({ action: 'ping' })).toMatchObject({ action: 'ping', code: 200 });
  });

  test("with a user's token shows what he may see, and commands it", async () => {
    const activation = await cloud().activate('COMMANDED');
    const client = await open();
    expect(await client.ask({ action: 'auth', token: cloud().token })).toMatchObject({ code: 200 });
    expect(await client.ask({ action: 'subscribe', topic: '/sys/+/+/status' })).toMatchObject({ code: 200 });
    const board = await cloud().online(activation);
    expect(await client.next()).toMatchObject({ topic: activation.topics.status, payload: { status: 'online' } });
    const message = nextMessage(board);
    const payload = { params: { action: 'toggle', position: 'up' } };
    const publish = { action: 'publish', topic: activation.topics.propertySet, payload };
    expect(await client.ask(publish)).toMatchObject({ action: 'publish', code: 200 });
    expect((await message).payload.params).toEqual({ action: 'toggle', position: 'up' });
  });
});
