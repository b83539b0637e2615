import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, expect } from 'vitest';
import { SCHEMAS } from '../../../host-sim/cloud/api/schemas.js';
import {
  type Cloud,
  type CloudEventMap,
  type CloudLogEvent,
  type CloudOptions,
  createCloud,
} from '../../../host-sim/cloud/cloud.js';
import { connectBoard, type TestBoard } from './board.js';
import { createQuickEnvironment } from './clock.js';
import { PRODUCTS } from './products.js';

export const USER = { name: 'user@example.com', password: 'password123' };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  readonly body: any;
}

export interface Activation {
  readonly deviceId: string;
  readonly deviceSecret: string;
  readonly mqtt: {
    server: string;
    port: number;
    portTLS: number;
    username: string;
    password: string;
    clientId: string;
    keepAlive: number;
  };
  readonly topics: Record<
    | 'propertyPost'
    | 'propertySet'
    | 'status'
    | 'propertySetReply'
    | 'propertyPostReply'
    | 'propertyGet'
    | 'serviceInvoke'
    | 'eventPost'
    | 'logPost'
    | 'otaInform'
    | 'otaUpgrade'
    | 'otaProgress'
    | 'ntpRequest'
    | 'ntpResponse',
    string
  >;
  readonly extensions: { reconnectSpread: number; subscribeQos?: 0; mqttPortMTLS?: number };
}

const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export function onCleanup(cleanup: () => void | Promise<void>): void {
  cleanups.push(cleanup);
}

/** A directory that is gone after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'smartlink-cloud-'));
  onCleanup(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A cloud on free ports, with clients for it; closed after the test. */
export async function startCloud(options: Partial<CloudOptions> = {}): Promise<TestCloud> {
  const logged: CloudLogEvent[] = [];
  const cloud = await createCloud({
    dataDir: ':memory:',
    host: '127.0.0.1',
    apiPort: 0,
    mqttPort: 0,
    products: PRODUCTS,
    user: USER,
    log: (event) => {
      logged.push(event);
    },
    environment: createQuickEnvironment(),
    ...options,
  });
  onCleanup(async () => {
    await cloud.close();
    // Whatever a test does to it, a cloud has no failure of its own.
    expect(logged.filter((event) => event.level === 'error')).toEqual([]);
  });
  return new TestCloud(cloud, logged);
}

/** A connection that was kept ends when a test moves the clock, perhaps while the next request is on its way. */
export const ONE_REQUEST = { connection: 'close' } as const;

const ajv = new Ajv({ strictTypes: false, validateFormats: false });

export class TestCloud {
  readonly cloud: Cloud;
  readonly logged: CloudLogEvent[];
  #token: string | undefined;

  constructor(cloud: Cloud, logged: CloudLogEvent[]) {
    this.cloud = cloud;
    this.logged = logged;
  }

  /** One request to the API, below `/api/v1`; checks that every answer keeps the envelope. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.cloud.apiUrl}/api/v1${path}`, {
      method,
      headers: { ...ONE_REQUEST, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const answer: Answer = { status: response.status, headers: response.headers, body: await response.json() };
    expect(answer.body.code).toBe(answer.status);
    expect(Object.keys(answer.body)).toEqual(expect.arrayContaining(['code', 'message', 'data']));
    if (answer.status !== 200) expect(answer.body.data).toBeNull();
    return answer;
  }

  /** The same, as the development user. */
  async as(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    this.#token ??= (await this.login()).body.data.token as string;
    return this.call(method, path, body, { authorization: `Bearer ${this.#token}`, ...headers });
  }

  login(user: { name: string; password: string } = USER): Promise<Answer> {
    return this.call('POST', '/users/login', { username: user.name, password: user.password });
  }

  async activate(deviceSN = 'AABBCCDDEEFF', productKey = 'SW-SERVO-001'): Promise<Activation> {
    const answer = await this.call('POST', '/devices/activate', {
      productKey,
      deviceSN,
      firmwareVersion: '1.0.0',
      chipModel: 'ESP32',
    });
    expect(answer.status).toBe(200);
    matches('activate', answer);
    return answer.body.data as Activation;
  }

  /** An MQTT client with a board's credentials. */
  async connect(activation: Activation, options: Parameters<typeof connectBoard>[2] = {}): Promise<TestBoard> {
    const board = await connectBoard(this.cloud.mqttUrl, activation, options);
    onCleanup(() => board.end());
    return board;
  }

  /** A board that is online: connected, subscribed, and the cloud knows. */
  async online(activation: Activation, options: Parameters<typeof connectBoard>[2] = {}): Promise<TestBoard> {
    const board = await this.connect(activation, options);
    await board.subscribe(activation.topics.propertySet);
    const online = this.next('deviceOnline', (event) => event.deviceId === activation.deviceId);
    await board.say(activation.topics.status, { status: 'online', time: options.time ?? Date.now() }, { retain: true });
    await online;
    return board;
  }

  /** The next event of this name (that fits). */
  next<N extends keyof CloudEventMap>(
    name: N,
    fits: (event: CloudEventMap[N]) => boolean = () => true,
  ): Promise<CloudEventMap[N]> {
    return new Promise((resolve) => {
      const stop = this.cloud.events.on(name, (event) => {
        if (!fits(event)) return;
        stop();
        resolve(event);
      });
    });
  }

  /** Waits until a line of this name is in the log. */
  async untilLogged(name: string): Promise<CloudLogEvent> {
    for (;;) {
      const found = this.logged.find((event) => event.name === name);
      if (found) return found;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Checks that an answer's data is what the route's schema says, down to its keys. */
export function matches(route: keyof typeof SCHEMAS, answer: Answer): void {
  fitsData(SCHEMAS[route].data, answer.body.data);
}

/** Checks data against its schema, down to its keys. */
export function fitsData(schema: object, data: unknown): void {
  const validate = ajv.compile(closed(schema) as object);
  expect(validate(data) ? [] : validate.errors).toEqual([]);
}

/** The schema with no property allowed that it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  return 'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
}
