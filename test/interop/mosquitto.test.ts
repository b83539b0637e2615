import { connect, type MqttClient } from 'mqtt';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ActivationServer, json, startActivationServer } from '../support/activation-server.js';
import { LiveBoard } from '../support/live-board.js';
import { type Mosquitto, startMosquitto, withoutMosquitto } from '../support/mosquitto.js';

const POST = '/sys/SW-SERVO-001/dev_a1b2c3d4/thing/event/property/post';
const SET = '/sys/SW-SERVO-001/dev_a1b2c3d4/thing/service/property/set';
const STATUS = '/sys/SW-SERVO-001/dev_a1b2c3d4/status';
const REPLY = '/sys/SW-SERVO-001/dev_a1b2c3d4/thing/service/property/set_reply';

interface Message {
  readonly topic: string;
  readonly retained: boolean;
  readonly qos: number;
  readonly json: Record<string, unknown>;
}

describe.skipIf(withoutMosquitto)('a board on Mosquitto, with mqtt.js as the other side', () => {
  let broker: Mosquitto;
  let cloud: ActivationServer;
  let client: MqttClient;
  let board: LiveBoard | undefined;
  let messages: Message[];
  let wake: () => void = () => {};

  beforeAll(async () => {
    broker = await startMosquitto();
    cloud = await startActivationServer((_call, response) =>
      json(response, 200, {
        code: 200,
        message: 'success',
        data: {
          deviceId: 'dev_a1b2c3d4',
          deviceSecret: 'sk_abc123',
          mqtt: {
            server: '127.0.0.1',
            port: broker.port,
            portTLS: 8883,
            username: 'SW-SERVO-001&dev_a1b2c3d4',
            password: 'tk_xyz789',
            clientId: 'SW-SERVO-001&dev_a1b2c3d4',
            keepAlive: 60,
          },
          topics: { propertyPost: POST, propertySet: SET, status: STATUS, propertySetReply: REPLY },
        },
      }),
    );
  });

  afterAll(async () => {
    await cloud.close();
    await broker.stop();
  });

  beforeEach(async () => {
    messages = [];
    client = connect(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 50 });
    client.on('message', (topic, payload, packet) => {
      let body: Record<string, unknown> = {};
      try {
        body = JSON.parse(payload.toString()) as Record<string, unknown>;
      } catch {
        // The test's own hostile payloads come back to it.
      }
      messages.push({ topic, retained: packet.retain, qos: packet.qos, json: body ?? {} });
      wake();
    });
    await new Promise<void>((resolve) => client.subscribe('/sys/#', { qos: 1 }, () => resolve()));
  });

  afterEach(async () => {
    await board?.board.stop();
    board = undefined;
    client.publish(STATUS, '', { retain: true, qos: 1 });
    await client.endAsync();
  });

  async function message(matches: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = messages.find(matches);
      if (found) return found;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  /** What a new subscriber is given of the status topic: the retained message. */
  async function retainedStatus(): Promise<unknown> {
    const late = connect(`mqtt://127.0.0.1:${broker.port}`);
    const status = await new Promise<unknown>((resolve) => {
      late.on('message', (_topic, payload, packet) => packet.retain && resolve(JSON.parse(payload.toString())));
      late.subscribe(STATUS, { qos: 1 });
    });
    await late.endAsync();
    return status;
  }

  function set(id: string, params: object, time: number | undefined = Date.now(), retain = false): void {
    const body = { method: 'thing.service.property.set', id, params, ...(time === undefined ? {} : { time }) };
    client.publish(SET, JSON.stringify(body), { qos: 1, retain });
  }

  it('publishes online, posts its properties at QoS 1, answers a command and posts the outcome', async () => {
    board = new LiveBoard(cloud.url);
    await board.online();
    expect((await message(({ topic }) => topic === STATUS)).json).toEqual({
      status: 'online',
      time: expect.any(Number),
    });
    const first = await message(({ topic }) => topic === POST);
    expect(first).toMatchObject({ qos: 1, retained: false });
    expect(first.json).toMatchObject({
      method: 'thing.event.property.post',
      id: expect.stringMatching(/^[0-9]{1,10}$/),
      params: { position: 'middle', angle: 90, wifi_rssi: -45 },
      time: expect.any(Number),
    });
    set('789012', { action: 'toggle', position: 'up' });
    expect((await message(({ topic }) => topic === REPLY)).json).toEqual({ id: '789012', code: 200, data: {} });
    const outcome = await message(
      ({ topic, json: { params } }) => topic === POST && (params as { angle: number }).angle === 180,
    );
    expect(outcome.json).toMatchObject({ params: { position: 'up', angle: 180 } });
    expect(await retainedStatus()).toEqual({ status: 'online', time: expect.any(Number) });
  });

  it('leaves a retained offline behind at a clean stop', async () => {
    board = new LiveBoard(cloud.url);
    await board.online();
    await board.board.stop();
    board = undefined;
    await message(({ topic, json: body }) => topic === STATUS && body['status'] === 'offline');
    expect(await retainedStatus()).toEqual({ status: 'offline', time: expect.any(Number) });
  });

  it('leaves its will behind at a power cut: offline, with the time of the connect', async () => {
    board = new LiveBoard(cloud.url);
    await board.online();
    const online = await message(({ topic, json: body }) => topic === STATUS && body['status'] === 'online');
    board.board.powerCut();
    board = undefined;
    const will = await message(({ topic, json: body }) => topic === STATUS && body['status'] === 'offline');
    expect(Number(will.json['time'])).toBeLessThanOrEqual(Number(online.json['time']));
    expect(await retainedStatus()).toEqual(will.json);
  });

  it('does not act on a retained command, nor on one that is older than 60 s, and says so', async () => {
    set('retained', { action: 'toggle', position: 'down' }, Date.now(), true);
    await message(({ topic }) => topic === SET);
    board = new LiveBoard(cloud.url);
    expect((await message(({ topic, json: { id } }) => topic === REPLY && id === 'retained')).json).toMatchObject({
      code: 100_001,
    });
    set('stale', { action: 'toggle', position: 'down' }, Date.now() - 61_000);
    expect((await message(({ topic, json: { id } }) => topic === REPLY && id === 'stale')).json).toMatchObject({
      code: 100_001,
    });
    client.publish(SET, '', { retain: true, qos: 1 });
    expect(board.events.filter(({ name }) => name === 'output_settled')).toEqual([]);
  });

  it('survives hostile payloads: each is dropped or refused, and the session goes on', async () => {
    board = new LiveBoard(cloud.url);
    await board.online();
    client.publish(SET, Buffer.alloc(200_000, 0x20), { qos: 1 });
    for (const payload of [
      '',
      '{',
      '[]',
      'null',
      '{"id":1e99}',
      '"x"',
      '['.repeat(4_000),
      '{"a":'.repeat(700),
      '\u0000',
      '{"id":"a".repeat(65)}',
    ]) {
      client.publish(SET, payload, { qos: 1 });
    }
    client.publish(SET, Buffer.from([0xff, 0xfe, 0x80]), { qos: 1 });
    set('wrong-type', { action: 7 });
    set('not-an-object', [] as unknown as object);
    expect((await message(({ topic, json: { id } }) => topic === REPLY && id === 'wrong-type')).json).toMatchObject({
      code: 460,
    });
    expect((await message(({ topic, json: { id } }) => topic === REPLY && id === 'not-an-object')).json).toMatchObject({
      code: 460,
    });
    await board.event('message_dropped', ({ reason, bytes }) => reason === 'too_large' && bytes === 200_000);
    set('after', { angle: 45 });
    await board.event('output_settled', ({ value }) => value === 45);
    expect(board.crashes).toEqual([]);
    expect(board.events.filter(({ name }) => name === 'session_lost')).toEqual([]);
  });

  it('comes back by itself after the broker was restarted', async () => {
    board = new LiveBoard(cloud.url);
    await board.online();
    const seen = board.events.length;
    await broker.restart();
    await board.event('session_lost', () => true, seen);
    await board.online(seen);
    await new Promise<void>((resolve) => client.subscribe('/sys/#', { qos: 1 }, () => resolve()));
    set('again', { angle: 30 });
    await board.event('output_settled', ({ value }) => value === 30, seen);
    expect(cloud.calls.filter(({ body }) => body['deviceSN'] === 'AABBCCDDEEFF').length).toBeGreaterThan(0);
  });
});
