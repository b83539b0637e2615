import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { type JsonLine, Program, temporaryFolder } from '../../support/program.js';
import { expectCleanEnd } from '../../support/timed.js';
import { Board, type BoardOptions } from './board.js';
import { FrameClient } from './frame-client.js';
import { Inbox } from './inbox.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** As it came. */
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  readonly body: any;
}

/** What 4.1 of the reference answers, and the topics announced beyond it. */
export interface Activation {
  readonly deviceId: string;
  readonly deviceSecret: string;
  readonly mqtt: { readonly username: string; readonly password: string; readonly clientId: string };
  readonly topics: Readonly<Record<string, string>>;
}

export type HeaderFields = Record<string, string>;

export const USER = { username: 'user@smartlink.test', password: 'correct horse battery' };

const ANY_PORTS = ['--api-port', '0', '--mqtt-port', '0', '--ws-port', '0', '--json'];

/** Flags of the command, or what makes them, given a folder for files that they name. */
type Flags = readonly string[] | ((folder: string) => readonly string[]);

/** `smartlink cloud` or `smartlink up` in a process of its own, as its clients meet it: on its ports, and nowhere else. */
export class CloudProcess {
  /** Its log: what it writes on stderr. */
  readonly log = new Inbox<JsonLine>();
  readonly #command: string;
  readonly #flags: Flags;
  readonly #open = new Set<{ end(): void | Promise<void> }>();
  #folder: ReturnType<typeof temporaryFolder> | undefined;
  #program: Program | undefined;
  #ready: JsonLine | undefined;
  #token: Promise<string> | undefined;
  #serials = 0;

  /** @param flags beside those for free ports, a folder of its own and the account {@link USER} */
  constructor(command: 'cloud' | 'up' = 'cloud', flags: Flags = []) {
    this.#command = command;
    this.#flags = flags;
  }

  async start(): Promise<void> {
    this.#folder = temporaryFolder();
    const { path } = this.#folder;
    const flags = typeof this.#flags === 'function' ? this.#flags(path) : this.#flags;
    const account = ['--user', USER.username, '--password', USER.password];
    this.#program = new Program([this.#command, ...ANY_PORTS, '--data', join(path, 'data'), ...account, ...flags]);
    createInterface({ input: this.#program.child.stderr! }).on('line', (line) => {
      if (line.startsWith('{')) this.log.put(JSON.parse(line) as JsonLine);
    });
    this.#ready = await this.#program.ready();
  }

  get program(): Program {
    return this.#program!;
  }

  get ready(): JsonLine {
    return this.#ready!;
  }

  get api(): string {
    return String(this.ready['api']);
  }

  get mqttUrl(): string {
    return String(this.ready['mqtt']);
  }

  get mqttsUrl(): string {
    return String(this.ready['mqtts']);
  }

  get mtlsUrl(): string {
    return String(this.ready['mtls']);
  }

  get wsUrl(): string {
    return String(this.ready['ws']);
  }

  /** Waits for a line of the log of this name that speaks of this. */
  logged(name: string, about: string): Promise<JsonLine> {
    return this.log.next((line) => line['name'] === name && JSON.stringify(line).includes(about));
  }

  /** Ends clients and process. Whatever its tests did to it, a cloud stops cleanly and has no failure of its own to tell. */
  async stop(): Promise<void> {
    await Promise.all([...this.#open].map((client) => client.end()));
    await expectCleanEnd(this.program);
    this.#folder?.remove();
    expect(this.log.all.filter((line) => line['level'] === 'error')).toEqual([]);
    expect(this.program.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  }

  /** One request below `/api/v1`; checks what holds for every answer of the API (1.1, 6.1). */
  async call(method: string, path: string, body?: unknown, headers: HeaderFields = {}): Promise<Answer> {
    return this.request(method, `/api/v1${path}`, body, headers);
  }

  /** One request to any path. */
  async request(method: string, path: string, body?: unknown, headers: HeaderFields = {}): Promise<Answer> {
    const response = await fetch(`${this.api}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && {
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    });
    const text = await response.text();
    const answer: Answer = { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
    checkEnvelope(answer);
    return answer;
  }

  /** The same as the development user, who logs in once. */
  async as(method: string, path: string, body?: unknown, headers: HeaderFields = {}): Promise<Answer> {
    return this.call(method, path, body, { authorization: `Bearer ${await this.token()}`, ...headers });
  }

  token(): Promise<string> {
    this.#token ??= this.call('POST', '/users/login', USER).then(({ body }) => body.data.token as string);
    return this.#token;
  }

  /** Registers somebody else, logs him in, and calls as him. */
  async signUp(username: string): Promise<CloudProcess['call']> {
    const account = { username, password: 'password123' };
    expect((await this.call('POST', '/users/register', account)).status).toBe(200);
    const { token } = (await this.call('POST', '/users/login', account)).body.data;
    return (method, path, body, headers) =>
      this.call(method, path, body, { authorization: `Bearer ${token}`, ...headers });
  }

  /** A serial number that no device has yet. */
  serial(): string {
    this.#serials += 1;
    return `AABBCC${this.#serials.toString(16).toUpperCase().padStart(6, '0')}`;
  }

  async activate(fields: Record<string, unknown> = {}): Promise<Activation & { readonly deviceSN: string }> {
    const request = {
      productKey: 'SW-SERVO-001',
      deviceSN: this.serial(),
      firmwareVersion: '1.0.0',
      chipModel: 'ESP32',
      ...fields,
    };
    const answer = await this.call('POST', '/devices/activate', request);
    expect(answer.text).toContain('"code":200');
    return { ...(answer.body.data as Activation), deviceSN: request.deviceSN };
  }

  /** A product of this control mode, made by the API, so without a thing model. */
  async product(productKey: string, controlMode: string, fields: object = {}): Promise<string> {
    const answer = await this.as('POST', '/products', {
      productKey,
      name: productKey,
      category: 'test',
      controlMode,
      ...fields,
    });
    expect(answer.text).toContain('"code":200');
    return productKey;
  }

  /** An MQTT session with a board's credentials; rejects with the CONNACK code in `code`. */
  async connect(activation: Activation, options: BoardOptions = {}): Promise<Board> {
    return this.#keep(await Board.connect(options.url ?? this.mqttUrl, activation, options));
  }

  /** A board that listens and has said that it is online. */
  async online(activation: Activation, options: BoardOptions = {}): Promise<Board> {
    const board = await this.connect(activation, options);
    await board.subscribe(activation.topics['propertySet']!);
    await board.say(activation.topics['status']!, { status: 'online', time: Date.now() }, { retain: true });
    return board;
  }

  async webSocket(protocols: string[] = []): Promise<FrameClient> {
    return this.#keep(await FrameClient.open(this.wsUrl, protocols));
  }

  #keep<T extends { end(): void | Promise<void> }>(client: T): T {
    this.#open.add(client);
    return client;
  }
}

function checkEnvelope({ status, headers, text, body }: Answer): void {
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(text).not.toMatch(/node_modules|\.[jt]s:\d+|<html/i);
  // Health, the OpenAPI document and what they link to are without it, by agreement.
  if (!('code' in body)) return;
  expect(body.code).toBe(status);
  const { detail, ...envelope } = body;
  expect(Object.keys(envelope).sort()).toEqual(['code', 'data', 'message']);
  if (status === 200) {
    expect(body.message).toBe('success');
    expect(detail).toBeUndefined();
  } else {
    expect(body.message).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(body.data).toBeNull();
    expect(['string', 'undefined']).toContain(typeof detail);
  }
}

/** Code and word of an answer or a frame. */
export function words(answer: Answer | { code: number; message: string }): string {
  const { code, message } = 'body' in answer ? answer.body : answer;
  return `${code} ${message}`;
}
