import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Aedes } from 'aedes';
import { afterEach, describe, expect, it } from 'vitest';
import type { FleetResult } from '../../host-sim/fleet/result.js';
import { type Mosquitto, startMosquitto, withoutMosquitto } from '../support/mosquitto.js';
import { usePrograms } from '../support/programs.js';
import { expectCleanEnd } from '../support/timed.js';

const SMALL = ['--boards', '10', '--rate', '20', '--for', '1', '--warm-up', '0', '--ramp', '0'];

describe('smartlink fleet', () => {
  const programs = usePrograms();
  const { start } = programs;
  let mosquitto: Mosquitto | undefined;
  let fake: Server | undefined;

  afterEach(async () => {
    await mosquitto?.stop();
    mosquitto = undefined;
    fake?.close();
  });

  async function brokerUrl(): Promise<string> {
    mosquitto = await startMosquitto();
    return `mqtt://127.0.0.1:${mosquitto.port}`;
  }

  describe.each([
    [['--broker', 'mqtt://127.0.0.1:1', '--boards', '0'], '--boards'],
    [['--broker', 'mqtt://127.0.0.1:1', '--rate', 'fast'], '--rate'],
    [['--broker', 'mqtt://127.0.0.1:1', '--rate', '0'], '--rate'],
    [
      ['--broker', 'mqtt://127.0.0.1:1', '--out', '/nonexistent/x.json'],
      '--out /nonexistent/x.json: the folder /nonexistent',
    ],
    [['--broker', 'mqtt://127.0.0.1:1', '--boards', '2', '--rate', '11'], '--rate 11'],
    [['--broker', 'mqtt://127.0.0.1:1', '--for', '1y'], '--for'],
    [['--broker', 'mqtt://127.0.0.1:1', '--shard', '3/3'], '--shard'],
    [['--broker', 'mqtt://127.0.0.1:1', '--boards', '2', '--shard', '2/3'], '--shard 2/3'],
    [['--broker', 'mqtt://127.0.0.1:1', '--workers', '-1'], '--workers'],
    [['--broker', 'mqtt://127.0.0.1:1', '--chaos', 'x'], '--chaos'],
    [['--broker', 'mqtt://127.0.0.1:1', '--product', 'SW-SENSE-001'], '--product SW-SENSE-001'],
    [['--broker', 'mqtt://127.0.0.1:1', '--product', 'NOPE'], '--product NOPE'],
    [['--broker', 'mqtt://127.0.0.1:1', '--product', 'NOPE'], 'SW-SERVO-001, SW-RELAY-002'],
    [['--broker', 'http://127.0.0.1:1'], '--broker'],
    [['--broker', 'mqtts://me:hidden-word@127.0.0.1:1'], '--broker mqtts'],
    [['--broker', 'mqtt://127.0.0.1:1', '--cloud', 'http://127.0.0.1:1'], '--cloud or --broker'],
    [['--boards', '3'], '--cloud or --broker'],
    [['--cloud', 'http://127.0.0.1:1', '--password', 'hidden-word'], '--password'],
  ])('%j', (args, flag) => {
    it(`is wrong usage, and the sentence names ${flag}`, async () => {
      const program = start('fleet', ...args);
      expect(await program.exited).toEqual({ code: 2, signal: null });
      expect(program.stderr).toContain(flag);
      expect(program.stderr + program.stdout).not.toContain('hidden-word');
    });
  });

  it('says in one sentence that there is no broker', async () => {
    const program = start('fleet', ...SMALL, '--broker', 'mqtt://127.0.0.1:1');
    expect(await program.exited).toEqual({ code: 1, signal: null });
    expect(program.stderr).toBe('error: the broker cannot be reached (ECONNREFUSED): is it running?\n');
  });

  describe.skipIf(withoutMosquitto)('at Mosquitto', () => {
    it('shows a line now and then, a table at the end, and writes the result', async () => {
      const file = join(programs.path, 'result.json');
      const program = start('fleet', ...SMALL, '--broker', await brokerUrl(), '--out', file, '--workers', '1');
      expect(await program.exited).toEqual({ code: 0, signal: null });
      expect(program.stderr).toBe('');
      expect(program.stdout).toContain('10 boards of SW-RELAY-002, in 1 thread; broker mqtt://127.0.0.1:');
      expect(program.stdout).toMatch(/boards +10 of 10 online, all after/);
      expect(program.stdout).toMatch(/latency +p50 [\d.]+ ms, p90 [\d.]+ ms, p99 [\d.]+ ms, max [\d.]+ ms/);
      expect(program.stdout).toContain('All went well.');
      const result = JSON.parse(readFileSync(file, 'utf8')) as FleetResult;
      const times = {
        count: expect.any(Number),
        p50: expect.any(Number),
        p90: expect.any(Number),
        p99: expect.any(Number),
        max: expect.any(Number),
        mean: expect.any(Number),
        histogram: { buckets: expect.any(Array), max: expect.any(Number), sum: expect.any(Number) },
      };
      expect(result).toEqual({
        format: 'smartlink-fleet',
        version: 1,
        ok: true,
        problems: [],
        interrupted: false,
        options: {
          boards: 10,
          product: 'SW-RELAY-002',
          path: 'broker',
          target: `mqtt://127.0.0.1:${mosquitto!.port}`,
          what: 'position by action',
          ratePerS: 20,
          forS: 1,
          warmUpS: 0,
          rampS: 0,
          chaosPerS: 0,
        },
        shards: { of: 1, indices: [0] },
        boards: { wanted: 10, online: 10, allOnlineAfterS: expect.any(Number) },
        load: {
          seconds: expect.any(Number),
          sent: expect.any(Number),
          answered: result.load.sent,
          lost: 0,
          refused: 0,
          cutOff: 0,
          cutOffAnswered: 0,
          doubled: 0,
          posts: expect.any(Number),
          drops: 0,
          resets: 0,
          silences: 0,
          unsent: expect.any(Number),
          setsPerS: expect.any(Number),
          messagesPerS: expect.any(Number),
          latencyUs: times,
          latenessUs: times,
        },
        connections: { reconnectUs: times, silentUs: times, backAfterS: null },
        machines: [
          {
            shard: { index: 0, of: 1 },
            startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
            versions: { smartlink: expect.any(String), node: process.version },
            machine: {
              cpu: expect.any(String),
              cores: expect.any(Number),
              memoryBytes: expect.any(Number),
              os: expect.any(String),
            },
            threads: 1,
            process: {
              rssBeforeBytes: expect.any(Number),
              rssOnlineBytes: expect.any(Number),
              rssPeakBytes: expect.any(Number),
              heapOnlineBytes: expect.any(Number),
              rssPerBoardBytes: expect.any(Number),
              cpu: expect.any(Number),
              driverBusy: expect.any(Number),
              boardsBusy: [expect.any(Number)],
            },
            leftovers: [],
          },
        ],
      });
    });

    it('with --json says one object a line: progress, and the result last', async () => {
      const program = start('fleet', ...SMALL, '--for', '3', '--broker', await brokerUrl(), '--json');
      expect(await program.exited).toEqual({ code: 0, signal: null });
      const [first, ...others] = program.lines;
      expect(first).toMatchObject({ event: 'progress', boards: 10, rssBytes: expect.any(Number) });
      expect(others.at(-1)).toMatchObject({ event: 'result', ok: true });
      expect(program.stdout.trimEnd().split('\n')).toHaveLength(program.lines.length);
    });

    it('is over within 3 s after Ctrl-C, and tells what was measured', async () => {
      const program = start('fleet', ...SMALL, '--for', '10m', '--broker', await brokerUrl(), '--json');
      await program.line((line) => line['phase'] === 'load' && Number(line['answered']) > 0);
      await expectCleanEnd(program, 'SIGINT', 3_500);
      expect(program.lines.at(-1)).toMatchObject({ event: 'result', ok: true, interrupted: true });
    });

    it('is over as soon when boards are not even online', async () => {
      const program = start('fleet', ...SMALL, '--ramp', '10m', '--broker', await brokerUrl(), '--json');
      await program.line((line) => line['phase'] === 'ramp');
      expect(await program.end('SIGINT')).toEqual({ code: 0, signal: null });
      expect(program.lines.at(-1)).toMatchObject({ event: 'result', interrupted: true, load: { sent: 0 } });
    });

    it('says of a stop in the ramp how many boards were online', async () => {
      const program = start('fleet', ...SMALL, '--ramp', '10m', '--broker', await brokerUrl());
      await expect.poll(() => program.stdout).toContain('ramp');
      expect(await program.end('SIGINT')).toEqual({ code: 0, signal: null });
      expect(program.stdout).toMatch(/Stopped early, with \d of 10 boards online, which is not held against it\./);
      expect(program.stdout).not.toContain('went well');
    });

    it('says in one sentence that the broker does not let this account in', async () => {
      mosquitto = await startMosquitto(['allow_anonymous false']);
      const program = start('fleet', ...SMALL, '--broker', `mqtt://me:hidden-word@127.0.0.1:${mosquitto.port}`);
      expect(await program.exited).toEqual({ code: 1, signal: null });
      expect(program.stderr).toBe(
        'error: the broker refuses this user name and password: give --broker mqtt://user:password@host:port.\n',
      );
    });

    it('adds up what two machines have measured', async () => {
      const broker = await brokerUrl();
      const files = ['a.json', 'b.json'].map((name) => join(programs.path, name));
      const parts = files.map((file, index) =>
        start('fleet', ...SMALL, '--rate', '10', '--broker', broker, '--shard', `${index}/2`, '--out', file),
      );
      for (const part of parts) expect(await part.exited).toEqual({ code: 0, signal: null });
      const all = join(programs.path, 'all.json');
      const sum = start('fleet', 'merge', ...files, '--out', all);
      expect(await sum.exited).toEqual({ code: 0, signal: null });
      expect(sum.stdout).toMatch(/shards +0, 1 of 2/);
      expect(JSON.parse(readFileSync(all, 'utf8'))).toMatchObject({ ok: true, boards: { wanted: 10, online: 10 } });
      const twice = start('fleet', 'merge', files[0]!, files[0]!);
      expect(await twice.exited).toEqual({ code: 2, signal: null });
      expect(twice.stderr).toContain('one shard is there twice');
    });
  });

  it('exits 1 where a broker brings posts twice', async () => {
    const aedes = await Aedes.createBroker();
    fake = createServer({ noDelay: true }, (socket: Socket) => aedes.handle(socket));
    await new Promise<void>((resolve) => fake!.listen(0, '127.0.0.1', resolve));
    const repeated = new WeakSet<object>();
    aedes.on('publish', (packet) => {
      if (!packet.topic.endsWith('/thing/event/property/post') || repeated.has(packet)) return;
      const { topic, payload, qos, retain } = packet;
      const again = { cmd: 'publish' as const, topic, payload, qos, retain, dup: false };
      repeated.add(again);
      if (!String(payload).endsWith('}\n')) aedes.publish({ ...again, payload: `${payload}\n` }, () => {});
    });
    const { port } = fake.address() as { port: number };
    const program = start('fleet', ...SMALL, '--broker', `mqtt://127.0.0.1:${port}`);
    expect(await program.exited).toEqual({ code: 1, signal: null });
    expect(program.stdout).toMatch(/\d+ posts came twice/);
    aedes.close();
  });

  it('takes a cloud that does not know the product, signs in, and measures through its WebSocket', async () => {
    const args = ['--api-port', '0', '--mqtt-port', '0', '--json', '--user', 'me', '--password', 'correct horse'];
    const cloud = start('cloud', '--data', ':memory:', ...args);
    const { api } = await cloud.ready();
    const login = ['--cloud', String(api), '--user', 'me', '--password', 'correct horse'];
    const program = start('fleet', ...SMALL, ...login);
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expect(program.stderr).toContain('did not know SW-RELAY-002: it was made there');
    expect(program.stdout).toContain("set → post through the cloud's WebSocket, API and broker");
    expect(program.stdout + program.stderr).not.toContain('correct horse');
    const wrong = start('fleet', ...SMALL, ...login.slice(0, -1), 'wrong');
    expect(await wrong.exited).toEqual({ code: 1, signal: null });
    expect(wrong.stderr).toContain('invalid_password');
  });

  it.skipIf(withoutMosquitto)('measures a cloud over a broker of somebody else’s as any other', async () => {
    const account = ['--user', 'me', '--password', 'correct horse'];
    const broker = ['--broker', await brokerUrl(), '--api-port', '0', '--json'];
    const cloud = start('cloud', '--data', ':memory:', '--activation-rate', '0', ...broker, ...account);
    const { api } = await cloud.ready();
    const program = start('fleet', ...SMALL, '--cloud', String(api), ...account);
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expect(program.stdout).toMatch(/boards +10 of 10 online/);
    expect(program.stdout).toContain('All went well.');
  });

  it('adds up nothing but results', async () => {
    const file = join(programs.path, 'other.json');
    writeFileSync(file, '{"format":"other"}');
    const program = start('fleet', 'merge', file);
    expect(await program.exited).toEqual({ code: 2, signal: null });
    expect(program.stderr).toContain('other.json is no result of a fleet');
  });
});
