import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readRecordingFile } from '../../host-sim/cli/record-file.js';
import { ENDPOINTS } from '../../host-sim/sim-api/endpoints.js';
import type {
  SimBoardChange,
  SimBoardView,
  SimStreamLine,
  SimWireEntry,
  SimWirePage,
} from '../../host-sim/sim-api/messages.js';
import { keepPorts } from '../support/ports.js';
import type { Program } from '../support/program.js';
import { usePrograms } from '../support/programs.js';
import { expectCleanEnd } from '../support/timed.js';

const ANY_PORT = ['--api-port', '0', '--mqtt-port', '0', '--json'];

interface Access {
  readonly url: string;
  readonly token: string;
}

/** What happened, in its order; a board that looks for its network again and again loses it as often. */
function courseOf({ happenings }: ReturnType<typeof readRecordingFile>): string[] {
  return happenings.map(({ what }) => what).filter((what, index, all) => what !== all[index - 1]);
}

describe('the simulated world of smartlink up', () => {
  const programs = usePrograms();
  const up = (...args: string[]): Program => programs.start('up', ...ANY_PORT, '--data', programs.path, ...args);
  const accessFile = (): string => join(programs.path, 'sim.json');
  const access = (): Access => JSON.parse(readFileSync(accessFile(), 'utf8')) as Access;

  it('lets in who can read sim.json, which is its owner’s, new at each start, and gone after a clean stop', async () => {
    await keepPorts(programs.path);
    const first = up();
    await first.ready();
    const before = access();
    expect(statSync(accessFile()).mode & 0o777).toBe(0o600);
    expect(before.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect((await ask(before, '')).status).toBe(200);
    await first.end('SIGKILL');
    const second = up();
    await second.ready();
    expect(access().token).not.toBe(before.token);
    expect((await ask({ ...access(), token: before.token }, '')).status).toBe(401);
    expect(first.stdout + first.stderr + second.stdout + second.stderr).not.toContain(before.token);
    expect(await second.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(() => statSync(accessFile())).toThrow('ENOENT');
  });

  it('lets in a login of the development account, where nothing is kept, and no other account’s', async () => {
    const program = programs.start(
      'up',
      ...ANY_PORT,
      '--data',
      ':memory:',
      '--user',
      'me',
      '--password',
      'password123',
    );
    const ready = await program.ready();
    const api = String(ready['api']);
    const post = async (path: string, body: object): Promise<string> => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${api}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return ((await response.json()) as { data: { token: string } }).data.token;
    };
    const token = await post('/users/login', { username: 'me', password: 'password123' });
    const url = `${api}/sim/v1`;
    expect((await ask({ url, token }, '/boards')).data).toHaveLength(1);
    const other = { username: 'other', email: 'other@example.com', password: 'password123' };
    await post('/users/register', other);
    const otherToken = await post('/users/login', other);
    expect(otherToken).toMatch(/./);
    expect((await ask({ url, token: otherToken }, '/boards')).status).toBe(401);
  });

  it.each([['node'], ['xs']])(
    'shows a board of engine %s as it works: a press turns the horn, Wi-Fi and power go and come',
    async (engine) => {
      const program = up('--engine', engine);
      await program.ready();
      const board = await Watched.start(access());
      expect(board.view).toMatchObject({ state: 'online', powered: true, rssi: -45, firmwareVersion: '1.0.0' });
      const { deviceId } = board.view;
      await board.put('inputs/0', { pressed: true, forMs: 100 });
      await board.until(({ outputs: [servo] }) => servo?.type === 'servo' && servo.angleDeg > 175);
      expect(board.view.inputs).toEqual([{ type: 'button', pressed: false }]);

      await board.patch({ wifi: false });
      await board.until(({ state, rssi }) => state === 'joining' && rssi === null);
      await board.patch({ wifi: true, rssi: -71 });
      await board.until(({ state, rssi }) => state === 'online' && rssi === -71);

      await board.patch({ powered: false });
      await board.until(({ state, rssi, led }) => state === 'off' && rssi === null && led?.on === false);
      expect(board.view.deviceId).toBe(deviceId);
      await program.printed('stderr', '"event":"power_cut"');
      await board.put('inputs/0', { pressed: true, forMs: 50 });
      await board.patch({ powered: true });
      const states = (await board.until(({ state }) => state === 'online')).map(({ state }) => state);
      expect(states).toContain('joining');
      expect(board.view.deviceId).toBe(deviceId);
    },
  );

  it('shows the wire of a board, without its secrets, and that latency is felt', async () => {
    const ready = await up().ready();
    const [{ deviceId }] = ready['boards'] as [{ deviceId: string }];
    const board = await Watched.start(access());
    const wire = async (): Promise<readonly SimWireEntry[]> =>
      (await ask<SimWirePage>(access(), '/wire?limit=500')).data.entries;
    const entries = await wire();
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    const activation = entries.find(({ kind }) => kind === 'http');
    expect(activation).toMatchObject({ method: 'POST', status: 200, url: `${ready['api']}/api/v1/devices/activate` });
    expect(entries.find((entry) => entry.kind === 'mqtt')).toMatchObject({ packet: 'CONNECT', direction: 'out' });
    expect(entries.find((entry) => entry.kind === 'life')).toMatchObject({ name: 'booted', bytes: 0 });
    const secrets = secretsIn(programs.path);
    expect(secrets.length).toBeGreaterThan(0);
    const bytes = entries.map(({ raw }) => Buffer.from(raw, 'base64').toString('latin1')).join('\n');
    for (const secret of secrets) expect(JSON.stringify(entries) + bytes).not.toContain(secret);

    const account = readFileSync(join(programs.path, 'account.json'), 'utf8');
    const api = `${String(ready['api'])}/api/v1`;
    const login = await fetch(`${api}/users/login`, { method: 'POST', body: account });
    const { token } = ((await login.json()) as { data: { token: string } }).data;
    const move = async (position: string): Promise<number> => {
      const { length } = await wire();
      const began = performance.now();
      const body = JSON.stringify({ action: 'toggle', position });
      await fetch(`${api}/devices/${deviceId}/control`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${token}` },
      });
      await board.until(({ outputs: [servo] }) => servo?.type === 'servo' && servo.attached);
      const tookMs = performance.now() - began;
      await board.until(({ outputs: [servo] }) => servo?.type === 'servo' && !servo.attached);
      expect(JSON.stringify((await wire()).slice(length))).toContain(`\\"position\\":\\"${position}\\"`);
      return tookMs;
    };
    await move('up');
    await board.patch({ latencyMs: 2_000 });
    // The command alone has come one way then; timers of Node may be a millisecond early.
    expect(await move('down')).toBeGreaterThan(1_990);
  });

  it('stops within 3 s while one reads its stream and another does not', async () => {
    const program = up('--boards', '3');
    await program.ready();
    const { url, token } = access();
    const { port } = new URL(url);
    const deaf = connect(Number(port), '127.0.0.1').pause();
    deaf.on('error', () => {});
    deaf.write(
      `GET /sim/v1/stream?wire=1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    const reading = await fetch(`${url}/stream`, { headers: { authorization: `Bearer ${token}` } });
    const read = reading.text();
    await expectCleanEnd(program);
    expect(await read).toMatch(/^\{"type":"boards"/);
    deaf.destroy();
  });

  it('saves at any time what smartlink world --replay takes, and goes on taking it down', async () => {
    await up('--boards', '2').ready();
    const board = await Watched.start(access());
    await board.patch({ wifi: false, latencyMs: 5 });
    await board.until(({ state }) => state === 'joining');
    const save = async (query: string): Promise<string> => {
      const file = join(programs.path, 'home.json');
      const headers = { authorization: `Bearer ${access().token}` };
      writeFileSync(file, await (await fetch(`${access().url}/recording${query}`, { headers })).text());
      return file;
    };
    const during = readRecordingFile(await save(''));
    expect(during.boards).toHaveLength(2);
    expect(during.happenings[0]).toMatchObject({ what: 'wifi-lost', reason: 'lost' });
    expect(courseOf(during)).toEqual(['wifi-lost']);
    expect(during.leftOut).toEqual(['latency: somebody set it, and a plan has no such thing']);
    await board.patch({ wifi: true });
    await board.until(({ state }) => state === 'online');
    await board.put('inputs/0', { pressed: true, forMs: 100 });
    await board.until(({ outputs: [servo] }) => servo?.type === 'servo' && servo.angleDeg > 175 && !servo.attached);

    const file = await save(`?serial=${board.view.serial}`);
    const after = readRecordingFile(file);
    expect(after.boards.map(({ serial }) => serial)).toEqual([board.view.serial]);
    expect(courseOf(after)).toEqual(['wifi-lost', 'press']);
    expect(after.happenings.at(-1)).toMatchObject({ what: 'press', board: 0, how: 'short' });
    const replay = programs.start('world', '--replay', file);
    expect({ ...(await replay.exited), said: replay.stdout + replay.stderr }).toMatchObject({ code: 0 });
  });

  it('is not there where there are no simulated boards', async () => {
    const program = programs.start('cloud', ...ANY_PORT, '--data', programs.path);
    const ready = await program.ready();
    expect((await fetch(`${String(ready['api'])}/sim/v1`)).status).toBe(404);
    expect(() => statSync(accessFile())).toThrow('ENOENT');
  });

  describe('and the page about it', () => {
    const page = readFileSync(new URL('../../docs/sim-api.md', import.meta.url), 'utf8');

    it('shows commands of curl that see a board, press it, break its network and keep what happened', async () => {
      await up().ready();
      const scripts = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script]) => script!);
      const script = scripts
        .join('\n')
        .replaceAll('.smartlink/', `${programs.path}/`)
        .replace('home.json', `${programs.path}/home.json`)
        // A machine where others are at work is slow.
        .replace('--max-time 2', '--max-time 5');
      const { stdout } = await promisify(execFile)('bash', ['-euc', script]);
      expect(stdout).not.toContain('"code":4');
      expect(stdout).toContain('"pressed":true');
      const stream = stdout.split('\n').filter((line) => line.startsWith('{"type":'));
      // On its way, or there already.
      expect(stream.join('\n')).toMatch(/"angleDeg":1[5-8]\d/);
      expect(stdout).toContain('"link":{"wifi":true,"broker":true,"latencyMs":200,"lossPercent":5,');
      expect(stdout).toContain('"powered":false,"state":"off"');
      expect(stdout).toContain('"entries":[{"seq":');
      expect(readRecordingFile(join(programs.path, 'home.json')).boards).toHaveLength(1);
    });

    it('names every call', () => {
      for (const { method, path } of ENDPOINTS) expect(page).toContain(`| \`${method} ${path}\` |`);
    });
  });
});

interface Asked<D = unknown> {
  readonly status: number;
  readonly data: D;
}

async function ask<D>({ url, token }: Access, path: string, init: RequestInit = {}): Promise<Asked<D>> {
  const response = await fetch(url + path, { ...init, headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, data: ((await response.json()) as { data: D }).data };
}

/** What the boards of a folder keep from everybody. */
function secretsIn(folder: string): string[] {
  const files = readdirSync(join(folder, 'boards'), { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  const texts = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
  return texts.flatMap((text) =>
    [...text.matchAll(/"(?:deviceSecret|password)":"([^"]{8,})"/g)].map(([, secret]) => secret!),
  );
}

/** The first board, as the stream shows it. */
class Watched {
  readonly #access: Access;
  readonly #lines: AsyncGenerator<SimBoardView>;
  view: SimBoardView;

  private constructor(access: Access, lines: AsyncGenerator<SimBoardView>, view: SimBoardView) {
    this.#access = access;
    this.#lines = lines;
    this.view = view;
  }

  static async start(access: Access): Promise<Watched> {
    const headers = { authorization: `Bearer ${access.token}` };
    const { body } = await fetch(`${access.url}/stream`, { headers });
    const lines = firstBoard(body!);
    return new Watched(access, lines, (await lines.next()).value as SimBoardView);
  }

  patch(change: SimBoardChange): Promise<Asked> {
    return ask(this.#access, `/boards/${this.view.serial}`, { method: 'PATCH', body: JSON.stringify(change) });
  }

  put(path: string, change: object): Promise<Asked> {
    const init = { method: 'PUT', body: JSON.stringify(change) };
    return ask(this.#access, `/boards/${this.view.serial}/${path}`, init);
  }

  /** What was seen until it looked like this. */
  async until(holds: (view: SimBoardView) => boolean): Promise<SimBoardView[]> {
    const seen: SimBoardView[] = [];
    while (seen.length === 0 || !holds(this.view)) {
      const next = await this.#lines.next();
      if (next.done) throw new Error(`the stream ended at ${JSON.stringify(this.view)}`);
      this.view = next.value;
      seen.push(next.value);
    }
    return seen;
  }
}

async function* firstBoard(body: ReadableStream<Uint8Array>): AsyncGenerator<SimBoardView> {
  let rest = '';
  let serial: string | undefined;
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines.map((text) => JSON.parse(text) as SimStreamLine)) {
      const board = line.type === 'boards' ? line.boards[0] : line.type === 'board' ? line.board : undefined;
      serial ??= board?.serial;
      if (board !== undefined && board.serial === serial) yield board;
    }
  }
}
