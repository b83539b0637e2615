import { afterEach } from 'vitest';
import { type Mosquitto, startMosquitto } from '../../support/mosquitto.js';
import type { Program } from '../../support/program.js';
import { usePrograms } from '../../support/programs.js';
import { connectBoard, type TestBoard } from '../support/board.js';
import type { Activation } from '../support/fixture.js';

const USER = ['--user', 'user@example.com', '--password', 'password123'] as const;
const ANY_PORTS = ['--api-port', '0', '--https-port', '0', '--ws-port', '0'] as const;

export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  readonly body: any;
}

/** A `smartlink cloud` that shares its folder and its broker with others. */
export class RealCloud {
  readonly program: Program;
  readonly api: string;

  constructor(program: Program, api: string) {
    this.program = program;
    this.api = api;
  }

  /** Whether it has taken the lead so far. */
  get hasLed(): boolean {
    return this.program.stderr.includes('"lead_taken"');
  }

  async call(method: string, path: string, body?: unknown, token?: string): Promise<ApiAnswer> {
    const response = await fetch(`${this.api}/api/v1${path}`, {
      method,
      headers: {
        connection: 'close',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  async logIn(): Promise<string> {
    const answer = await this.call('POST', '/users/login', { username: 'user@example.com', password: 'password123' });
    return String(answer.body.data.token);
  }

  async activate(deviceSN: string): Promise<Activation> {
    const request = { productKey: 'SW-SERVO-001', deviceSN, firmwareVersion: '1.0.0', chipModel: 'ESP32' };
    return (await this.call('POST', '/devices/activate', request)).body.data as Activation;
  }
}

/** A board that counts the commands it hears, by their ids, and answers them where it is not mute. */
export interface RealBoard {
  readonly board: TestBoard;
  readonly commands: Map<string, number>;
  isMute: boolean;
}

/** For a file whose tests run several clouds over one Mosquitto; all of it ends with each test. */
export function useClouds() {
  const programs = usePrograms();
  const boards: TestBoard[] = [];
  let mosquitto: Mosquitto | undefined;
  afterEach(async () => {
    await Promise.all(boards.splice(0).map((board) => board.end()));
    await mosquitto?.stop();
    mosquitto = undefined;
  });
  const broker = async (): Promise<Mosquitto> => {
    mosquitto ??= await startMosquitto(['max_queued_messages 0']);
    return mosquitto;
  };
  const launch = (url: string | undefined, ...args: string[]): Program => {
    const over = url === undefined ? ['--mqtt-port', '0', '--mqtts-port', '0', '--mtls-port', '0'] : ['--broker', url];
    const rest = ['--activation-rate', '0', '--json', ...args];
    return programs.start('cloud', '--data', programs.path, ...ANY_PORTS, ...USER, ...over, ...rest);
  };
  return {
    broker,
    /** Without a broker of somebody else's where `url` is undefined. */
    launch,
    /** So many, begun at once. */
    start: async (count: number): Promise<RealCloud[]> => {
      const { url } = await broker();
      const all = Array.from({ length: count }, () => launch(url));
      return Promise.all(
        all.map(async (program) => new RealCloud(program, String((await program.ready(60_000))['api']))),
      );
    },
    /** A board that is online. */
    connect: async (activation: Activation): Promise<RealBoard> => {
      const { topics } = activation;
      const time = Date.now();
      const will = { topic: topics.status, payload: JSON.stringify({ status: 'offline', time: time - 5 }) };
      const board = await connectBoard((await broker()).url, activation, { will });
      boards.push(board);
      const real: RealBoard = { board, commands: new Map(), isMute: false };
      board.client.on('message', (topic, payload) => {
        const { id, method } = JSON.parse(payload.toString()) as { id: string; method: string };
        const isQuestion = method === 'thing.service.property.get';
        if (!isQuestion) real.commands.set(id, (real.commands.get(id) ?? 0) + 1);
        if (isQuestion || !real.isMute) board.say(`${topic}_reply`, { id, code: 200, data: {} }).catch(() => {});
      });
      await board.subscribe(topics.propertySet);
      await board.subscribe(topics.propertyGet);
      await board.say(topics.status, { status: 'online', time }, { retain: true });
      return real;
    },
  };
}
