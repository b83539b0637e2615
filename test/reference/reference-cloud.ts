import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, expect } from 'vitest';
import { ACTIVATION } from '../support/api-reference.js';
import { Program } from '../support/program.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  readonly body: any;
}

/** The reference's own account. */
export const USER = { username: 'user@example.com', password: 'password123' };
export const HOOK_SECRET = 'the-secret-of-the-hooks';

/** `smartlink cloud`, as a user starts it, and clients that know the API reference and nothing of our code. */
export class ReferenceCloud {
  readonly api: string;
  readonly mqtt: string;
  readonly ws: string;
  token = '';
  readonly #clients: MqttClient[] = [];

  constructor(ready: Record<string, unknown>) {
    this.api = String(ready['api']);
    this.mqtt = String(ready['mqtt']);
    this.ws = String(ready['ws']);
  }

  /** One request below `/api/v1`; every answer has the three keys of the envelope, and its HTTP status is its code. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.api}/api/v1${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer = { status: response.status, headers: response.headers, body: (await response.json()) as never };
    expect(answer.body).toMatchObject({ code: answer.status, message: expect.any(String) });
    expect(answer.body).toHaveProperty('data');
    return answer;
  }

  /** The same, with the token of the reference's account. */
  as(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call(method, path, body, { Authorization: `Bearer ${this.token}`, ...headers });
  }

  /** What a 200 answers; anything else fails the test. */
  async data(answer: Promise<Answer>): Promise<Answer['body']> {
    const { status, body } = await answer;
    expect({ status, message: body.message }).toEqual({ status: 200, message: 'success' });
    return body.data;
  }

  async activate(deviceSN: string): Promise<Answer['body']> {
    return this.data(this.call('POST', '/devices/activate', { ...ACTIVATION, deviceSN }));
  }

  /** An MQTT client with the credentials of an activation, and what else the test wants. */
  async connect({ mqtt: given }: Answer['body'], options: IClientOptions = {}): Promise<MqttClient> {
    const { username, password, clientId } = given;
    const client = await mqtt.connectAsync(this.mqtt, {
      username,
      password,
      clientId,
      keepalive: given.keepAlive,
      reconnectPeriod: 0,
      ...options,
    });
    client.on('error', () => {});
    this.#clients.push(client);
    return client;
  }

  /** A board that has subscribed to its commands and said `online`, which the cloud has heard. */
  async online(activation: Answer['body']): Promise<MqttClient> {
    const client = await this.connect(activation);
    await client.subscribeAsync(activation.topics.propertySet, { qos: 1 });
    const online = JSON.stringify({ status: 'online', time: Date.now() });
    await client.publishAsync(activation.topics.status, online, { qos: 1, retain: true });
    return client;
  }

  async end(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.endAsync(true)));
  }
}

/** The next message that comes to a client, its payload parsed. */
export function nextMessage(client: MqttClient): Promise<{ topic: string; payload: Answer['body']; retain: boolean }> {
  return new Promise((resolve) => {
    client.once('message', (topic, payload, { retain }) =>
      resolve({ topic, payload: JSON.parse(payload.toString()), retain }),
    );
  });
}

export const words = ({ body }: Answer): string => `${body.code} ${body.message}`;

/** A cloud for all tests of a file, with the reference's account logged in. */
export function useReferenceCloud(): () => ReferenceCloud {
  let program: Program;
  let cloud: ReferenceCloud;
  beforeAll(async () => {
    const account = ['--user', USER.username, '--password', USER.password];
    const hooks = ['--mqtt-hook-from', '127.0.0.1,10.0.0.0/8', '--mqtt-hook-secret', HOOK_SECRET];
    const ports = ['--api-port', '0', '--mqtt-port', '0'];
    program = new Program(['cloud', '--data', ':memory:', '--json', ...ports, ...account, ...hooks]);
    cloud = new ReferenceCloud(await program.ready());
    cloud.token = (await cloud.data(cloud.call('POST', '/users/login', USER))).token;
  });
  afterAll(async () => {
    await cloud?.end();
    expect(await program.end()).toEqual({ code: 0, signal: null });
    expect(program.stderr).not.toMatch(/"level":"error"|^\s+at /m);
  });
  return () => cloud;
}
