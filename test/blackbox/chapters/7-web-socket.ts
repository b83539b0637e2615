import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { REFERENCE } from '../../support/api-reference.js';
import type { Activation, CloudProcess } from '../support/cloud-process.js';
import type { FrameClient } from '../support/frame-client.js';

/** Chapter 7 of the API reference. */
export function webSocket(cloud: CloudProcess): void {
  let token: string;

  beforeAll(async () => {
    token = await cloud.token();
  });

  const OK = (action: string) => ({ action, code: 200, message: 'success' });
  const auth = ({ mqtt: { username, password } }: Activation) => ({ action: 'auth', username, password });

  /** Code and word of a frame that answers an action with an error. */
  function refused(frame: Record<string, unknown>, action: string): string {
    const { detail, ...rest } = frame;
    expect(['string', 'undefined']).toContain(typeof detail);
    expect(Object.keys(rest).sort()).toEqual(['action', 'code', 'message']);
    expect(rest['action']).toBe(action);
    return `${rest['code']} ${rest['message']}`;
  }

  async function asBoard(activation: Activation): Promise<FrameClient> {
    const client = await cloud.webSocket();
    expect(await client.ask(auth(activation))).toEqual(OK('auth'));
    return client;
  }

  async function asUser(): Promise<FrameClient> {
    const client = await cloud.webSocket();
    expect(await client.ask({ action: 'auth', token })).toEqual(OK('auth'));
    return client;
  }

  describe('7.1 connecting and authenticating', () => {
    test('is at /mqtt, and takes the credentials of a board as the reference writes them', async () => {
      expect(new URL(cloud.wsUrl).pathname).toBe('/mqtt');
      await asBoard(await cloud.activate());
    });

    test('with wrong credentials is 401 invalid_password, and may be tried again', async () => {
      const activation = await cloud.activate();
      const client = await cloud.webSocket();
      const { username, password } = activation.mqtt;
      for (const frame of [
        { username, password: 'tk_wrong' },
        { username: 'SW-SERVO-001&dev_00000000', password },
        { username: activation.deviceId, password },
      ]) {
        expect(refused(await client.ask({ action: 'auth', ...frame }), 'auth')).toBe('401 invalid_password');
      }
      expect(await client.ask(auth(activation))).toEqual(OK('auth'));
    });

    test('without a field that it needs is 400', async () => {
      const client = await cloud.webSocket();
      const { username, password } = (await cloud.activate()).mqtt;
      for (const frame of [{}, { username }, { password }, { username, password: 1 }]) {
        expect(refused(await client.ask({ action: 'auth', ...frame }), 'auth')).toBe('400 invalid_parameter');
      }
    });

    test('of a disabled device is 403 device_disabled', async () => {
      const activation = await cloud.activate();
      await cloud.as('PUT', `/devices/${activation.deviceId}`, { status: 3 });
      const client = await cloud.webSocket();
      expect(refused(await client.ask(auth(activation)), 'auth')).toBe('403 device_disabled');
    });

    test('comes first: everything else before it is 401', async () => {
      const client = await cloud.webSocket();
      for (const action of ['subscribe', 'unsubscribe', 'publish', 'ping', 'dance']) {
        const frame = { action, topic: '/sys/#', payload: {} };
        expect(refused(await client.ask(frame), action)).toBe('401 unauthorized');
      }
    });

    test('that keeps failing ends the connection', async () => {
      const client = await cloud.webSocket();
      for (let tries = 0; tries < 5; tries += 1) client.send({ action: 'auth', username: 'a&b', password: 'x' });
      expect(await client.closed).toBe(1008);
    });

    test('neither takes over the session of the board nor makes it online', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      const client = await asBoard(activation);
      client.socket.terminate();
      await client.closed;
      await board.settled();
      const statusOf = async () => (await cloud.as('GET', `/devices/${activation.deviceId}/status`)).body.data.online;
      expect(await statusOf()).toBe(true);
      await board.disconnect();
      await expect.poll(statusOf).toBe(false);
      await asBoard(activation);
      expect(await statusOf()).toBe(false);
    });
  });

  describe('7.2 subscribing and 7.3 receiving', () => {
    test('a message comes as topic and payload, the payload as JSON', async () => {
      const activation = await cloud.activate();
      const { propertyPost } = activation.topics;
      const board = await cloud.online(activation);
      const client = await asBoard(activation);
      expect(await client.ask({ action: 'subscribe', topic: propertyPost })).toEqual(OK('subscribe'));
      await board.say(propertyPost, REFERENCE['5.2']);
      expect(await client.next()).toEqual({ topic: propertyPost, payload: REFERENCE['5.2'] });
    });

    test('no longer after unsubscribe', async () => {
      const activation = await cloud.activate();
      const { propertyPost } = activation.topics;
      const board = await cloud.online(activation);
      const client = await asBoard(activation);
      await client.ask({ action: 'subscribe', topic: propertyPost });
      expect(await client.ask({ action: 'unsubscribe', topic: propertyPost })).toEqual(OK('unsubscribe'));
      await board.say(propertyPost, REFERENCE['5.2']);
      expect(await client.ask({ action: 'ping' })).toEqual(OK('ping'));
      expect(client.inbox.waiting).toBe(0);
    });

    test('with the credentials of a board: its own topics, commands among them, by wildcard too', async () => {
      const activation = await cloud.activate();
      await cloud.online(activation);
      const client = await asBoard(activation);
      const topic = `/sys/SW-SERVO-001/${activation.deviceId}/thing/#`;
      expect(await client.ask({ action: 'subscribe', topic })).toEqual(OK('subscribe'));
      await cloud.as('POST', `/devices/${activation.deviceId}/control`, REFERENCE['5.3'].params);
      expect(await client.on(activation.topics['propertySet'])).toMatchObject({
        payload: { method: 'thing.service.property.set', params: REFERENCE['5.3'].params },
      });
    });

    test('with the credentials of a board: no topic of anybody else', async () => {
      const activation = await cloud.activate();
      const other = await cloud.activate();
      const client = await asBoard(activation);
      for (const topic of [
        '#',
        '/sys/#',
        '/sys/+/+/status',
        '/sys/SW-SERVO-001/+/thing/event/property/post',
        other.topics['propertyPost'],
        '$SYS/#',
      ]) {
        expect(refused(await client.ask({ action: 'subscribe', topic }), 'subscribe')).toBe('403 forbidden');
      }
      for (const topic of [undefined, null, '', 7, ['#'], '/sys/#/x']) {
        expect(refused(await client.ask({ action: 'subscribe', topic }), 'subscribe')).toBe('400 invalid_parameter');
      }
    });

    test('what is retained comes after the answer', async () => {
      const activation = await cloud.activate();
      await cloud.online(activation);
      const client = await asBoard(activation);
      client.send({ action: 'subscribe', topic: activation.topics['status'] });
      expect(await client.next()).toEqual(OK('subscribe'));
      expect(await client.next()).toMatchObject({ topic: activation.topics['status'], payload: { status: 'online' } });
    });

    test('a frame that is no JSON object, or names no action, is 400, and the connection stays', async () => {
      const client = await asBoard(await cloud.activate());
      for (const frame of ['', 'x', '[]', 'null', '"auth"', '{}', '{"action":7}', '{"action":"dance"}']) {
        expect(await client.ask(frame)).toMatchObject({ code: 400, message: 'invalid_parameter' });
      }
      expect(await client.ask({ action: 'ping' })).toEqual(OK('ping'));
    });
  });

  describe('publishing', () => {
    test('as a board: what it may publish over MQTT, and nothing else', async () => {
      const activation = await cloud.activate();
      const other = await cloud.activate();
      const client = await asBoard(activation);
      const publish = (topic: string | undefined, payload: unknown) =>
        client.ask({ action: 'publish', topic, payload });
      expect(await publish(activation.topics['propertyPost'], REFERENCE['5.2'])).toEqual(OK('publish'));
      const { position } = (await cloud.as('GET', `/devices/${activation.deviceId}/status`)).body.data;
      expect(position).toBe('up');
      for (const topic of [other.topics['propertyPost'], other.topics['status'], activation.topics['propertySet']]) {
        expect(refused(await publish(topic, REFERENCE['5.2']), 'publish')).toBe('403 forbidden');
      }
      for (const payload of [undefined, null, 7, 'x', {}]) {
        expect(refused(await publish(activation.topics['propertyPost'], payload), 'publish')).toBe(
          '400 invalid_parameter',
        );
      }
    });

    test('as a user: commands, under the rules of 4.5', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      const client = await asUser();
      const set = (params: object) =>
        client.ask({ action: 'publish', topic: activation.topics['propertySet'], payload: { params } });
      expect(await set({ action: 'toggle', position: 'up' })).toEqual(OK('publish'));
      expect((await board.on(activation.topics['propertySet'])).payload.params).toEqual(REFERENCE['5.3'].params);
      expect(refused(await set({}), 'publish')).toBe('400 no_control_params');
      expect(refused(await set({ angle: 181 }), 'publish')).toBe('400 invalid_parameter');
    });
  });

  describe("with a user's token (an extension)", () => {
    test('the topics of all devices that he may see, wildcards included', async () => {
      const client = await asUser();
      expect(await client.ask({ action: 'subscribe', topic: '/sys/+/+/status' })).toEqual(OK('subscribe'));
      const activation = await cloud.activate();
      await cloud.online(activation);
      expect(await client.on(activation.topics['status'])).toMatchObject({ payload: { status: 'online' } });
    });

    test("nothing of a device in another user's project", async () => {
      const anna = await cloud.signUp('anna@example.com');
      const { projectId } = (await anna('POST', '/projects', { projectName: 'Anna' })).body.data;
      const activation = await cloud.activate();
      await anna('PUT', `/devices/${activation.deviceId}`, { projectId });
      const client = await asUser();
      expect(await client.ask({ action: 'subscribe', topic: '/sys/#' })).toEqual(OK('subscribe'));
      const topic = activation.topics['propertyPost'];
      expect(refused(await client.ask({ action: 'subscribe', topic }), 'subscribe')).toBe('403 forbidden');
      const board = await cloud.online(activation);
      await board.say(topic, REFERENCE['5.2']);
      await client.ask({ action: 'ping' });
      expect(client.inbox.all.filter((frame) => frame.topic?.includes(activation.deviceId))).toEqual([]);
    });

    test('a token that is none is 401', async () => {
      const client = await cloud.webSocket();
      for (const bad of ['', 'x', `${token}x`]) {
        expect(refused(await client.ask({ action: 'auth', token: bad }), 'auth')).toBe('401 unauthorized');
      }
    });
  });

  describe('the `mqtt` subprotocol (an extension)', () => {
    test('is MQTT itself: a board lives over it, with the same rules', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation, { url: cloud.wsUrl });
      await cloud.as('POST', `/devices/${activation.deviceId}/control`, { action: 'trigger' });
      expect((await board.on(activation.topics['propertySet'])).payload.params).toEqual({ action: 'trigger' });
      expect(await board.subscribe('/sys/#')).toEqual([128]);
      const { deviceId } = activation;
      expect((await cloud.as('GET', `/devices/${deviceId}/status`)).body.data.online).toBe(true);
      const wrong = { url: cloud.wsUrl, password: 'x' };
      await expect(cloud.connect(activation, wrong)).rejects.toMatchObject({ code: 4 });
    });
  });

  describe('what is no WebSocket there', () => {
    const http = (path: string, ...args: string[]) => {
      const url = `${cloud.wsUrl.replace('ws:', 'http:').replace('/mqtt', '')}${path}`;
      const out = execFileSync('curl', ['-s', '--max-time', '30', '-w', ' %{http_code}', ...args, url]).toString();
      return out;
    };

    test('is told so: 426 at /mqtt, 404 elsewhere', () => {
      expect(http('/mqtt')).toMatch(/"code":426,"message":"invalid_parameter","data":null.* 426$/);
      expect(http('/')).toMatch(/"code":404,"message":"not_found","data":null.* 404$/);
      const upgrade = ['-H', 'Connection: Upgrade', '-H', 'Upgrade: websocket', '-H', 'Sec-WebSocket-Version: 13'];
      expect(http('/other', ...upgrade, '-H', 'Sec-WebSocket-Key: eA==')).toMatch(/ 404$/);
    });

    test('a frame of more than 64 KiB ends the connection', async () => {
      const client = await asUser();
      client.send('x'.repeat(65_537));
      expect(await client.closed).toBe(1009);
    });
  });
}
