import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { clientIdOf } from '../../../host-sim/cloud/external/client-id.js';
import { Program, temporaryFolder } from '../../support/program.js';
import { WITH_PARENT } from '../../support/service.js';

const USER = { name: 'fleet-owner', password: 'a-password-for-the-fleet' };

export interface CloudsOptions {
  /** Files of the products that boards are of. */
  readonly products: readonly string[];
  /** What else each process is started with. */
  readonly flags: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Of the processes that share the data directory, one port a process. */
  readonly apiPorts: readonly number[];
}

/** A device as the cloud sees it. */
export interface SeenDevice {
  readonly deviceId: string;
  readonly deviceSN: string;
  readonly online: boolean;
}

/** The `smartlink cloud` program, one process or several on one data directory, and its API. */
export class Clouds {
  readonly #options: CloudsOptions;
  readonly #folder = temporaryFolder();
  readonly #programs: Program[] = [];
  /** Those that have ended, and were started again. */
  readonly #former: Program[] = [];
  readonly #webSockets: string[] = [];
  #token = '';

  constructor(options: CloudsOptions) {
    this.#options = options;
  }

  /** Of each process. */
  get apis(): readonly string[] {
    return this.#options.apiPorts.map((port) => `http://127.0.0.1:${port}`);
  }

  get webSockets(): readonly string[] {
    return this.#webSockets;
  }

  get token(): string {
    return this.#token;
  }

  /** Starts all processes, one after the other. */
  async start(): Promise<void> {
    for (let index = 0; index < this.apis.length; index++) await this.startOne(index);
    const { data } = (await this.#request('POST', '/users/login', {
      username: USER.name,
      password: USER.password,
    })) as { data: { token: string } };
    this.#token = data.token;
  }

  async startOne(index: number): Promise<void> {
    const { products, flags, env } = this.#options;
    const apiPort = String(this.#options.apiPorts[index]);
    const program = new Program(
      [
        ...['cloud', '--json', '--data', this.#folder.path, '--activation-rate', '0'],
        ...['--api-port', apiPort, '--https-port', '0', '--ws-port', '0'],
        ...['--user', USER.name, '--password', USER.password],
        ...products.flatMap((file) => ['--product', file]),
        ...flags,
      ],
      env,
      [...WITH_PARENT, process.execPath, 'dist/smartlink.js'],
    );
    if (this.#programs[index]) this.#former.push(this.#programs[index]);
    this.#programs[index] = program;
    const ready = await program.ready(60_000);
    this.#webSockets[index] = ready['ws'] as string;
  }

  /** By which the broker knows the processes; to be called while none runs. */
  clientIds(): string[] {
    const database = new Sqlite(join(this.#folder.path, 'cloud.sqlite'), { readonly: true });
    try {
      return this.apis.map((_, slot) => clientIdOf('cloud', { database, sharing: { slot } }));
    } finally {
      database.close();
    }
  }

  endOne(index: number, signal: 'SIGTERM' | 'SIGKILL'): Promise<unknown> {
    return this.#programs[index]!.end(signal);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.end('SIGTERM')));
    this.#folder.remove();
  }

  /** Commands a board by one of the processes; whether it was answered 200. */
  async control(deviceId: string, body: object, processIndex: number, waitMs?: number): Promise<boolean> {
    const path = `/devices/${deviceId}/control${waitMs === undefined ? '' : `?wait=${waitMs}`}`;
    const answer = (await this.#request('POST', path, body, processIndex)) as { code: number };
    return answer.code === 200;
  }

  /** Every device, as a process sees it. */
  async devices(processIndex = 0): Promise<SeenDevice[]> {
    const seen: SeenDevice[] = [];
    for (let page = 1; ; page++) {
      const path = `/devices?size=100&page=${page}`;
      const { data } = (await this.#request('GET', path, undefined, processIndex)) as {
        data: { total: number; list: { deviceId: string; deviceSN: string; status: string }[] };
      };
      for (const { deviceId, deviceSN, status } of data.list)
        seen.push({ deviceId, deviceSN, online: status === 'online' });
      if (data.list.length === 0 || seen.length >= data.total) return seen;
    }
  }

  /** The last lines of each process's log that are warnings or worse. */
  logTail(lines = 20): string {
    return this.#programs
      .map(({ stderr }) =>
        stderr
          .split('\n')
          .filter((line) => !/"level":"(debug|info)"/.test(line))
          .slice(-lines)
          .join('\n'),
      )
      .join('\n--\n');
  }

  /** How many lines of this name the processes have logged, for this reason. */
  count(name: string, why: string): number {
    const isSuch = (line: string): boolean => line.includes(`"${name}"`) && line.includes(`"why":"${why}"`);
    return [...this.#programs, ...this.#former].reduce(
      (sum, { stderr }) => sum + stderr.split('\n').filter(isSuch).length,
      0,
    );
  }

  /** The log of one process, an event a line. */
  log(index: number): string {
    return this.#programs[index]!.stderr;
  }

  async #request(method: string, path: string, body?: object, processIndex = 0): Promise<unknown> {
    const response = await fetch(`${this.apis[processIndex]}/api/v1${path}`, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(this.#token !== '' && { authorization: `Bearer ${this.#token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(70_000),
    });
    return response.json();
  }
}
