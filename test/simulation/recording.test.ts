import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveRecording, recordEvents } from '../../host-sim/cli/record-file.js';
import { loadProduct } from '../../host-sim/products/load.js';
import { KINDS_BY_NAME } from '../../host-sim/simulation/catalogue.js';
import { WorldPool } from '../../host-sim/simulation/pool.js';
import { Recorder } from '../../host-sim/simulation/recorder.js';
import { readRecording } from '../../host-sim/simulation/recording.js';
import { Program } from '../support/program.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'smartlink-record-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isKind = (what: string): boolean => KINDS_BY_NAME.has(what);
const servo = loadProduct('SW-SERVO-001');

/** What a recorder makes of events of one servo board: name, data, time. */
function happenings(events: readonly (readonly [string, object, number])[], knowsCommands = false): object[] {
  const recorder = new Recorder(knowsCommands);
  const board = recorder.add('A', servo);
  for (const [name, data, atMs] of events) recorder.event(board, { name, data } as never, atMs);
  return recorder.finish(0).happenings as object[];
}

describe('a recording', () => {
  it('has in the words of a world what a board says of itself', () => {
    const booted = (reason: string): object => ({ reason, version: '1.0.0', safeMode: false });
    expect(
      happenings([
        ['booted', booted('power_on'), 0],
        ['network_lost', { reason: 'no_address' }, 5_000],
        ['state_changed', { from: 'joining', to: 'clock' }, 65_000],
        ['session_lost', { kind: 'failed', reason: 'closed', retryMs: 1 }, 70_000],
        ['session_lost', { kind: 'refused', reason: 'CONNACK 5', retryMs: 1 }, 80_000],
        ['button_pressed', { input: 0, press: 'double' }, 90_000],
        ['output_settled', { channel: 0, value: 90 }, 91_000],
        ['output_settled', { channel: 0, value: 30 }, 99_000],
        ['booted', booted('power_on'), 110_000],
        ['booted', booted('watchdog'), 120_000],
        ['booted', booted('restart'), 130_000],
        ['network_lost', { reason: 'timeout' }, 140_000],
      ]),
    ).toEqual([
      { atMs: 5_000, what: 'wifi-lost', place: 0, reason: 'no_address', forMs: 60_000 },
      { atMs: 70_000, what: 'dropped', board: 0 },
      { atMs: 79_999, what: 'connack', code: 5, forMs: 2_000 },
      { atMs: 90_000, what: 'press', board: 0, choice: 0, how: 'double', ms: 100, gapMs: 100 },
      { atMs: 99_000, what: 'ask', board: 0, params: { angle: 30, channel: 0 } },
      { atMs: 109_000, what: 'power-cut', board: 0, offMs: 1_000 },
      { atMs: 120_000, what: 'crash', board: 0, reason: 'watchdog', times: 1, everyMs: 1_000 },
      { atMs: 130_000, what: 'wanted-restart', board: 0 },
      { atMs: 140_000, what: 'wifi-lost', place: 0, reason: 'lost', forMs: 5_000 },
    ]);
  });

  it('takes what was asked for it where somebody knows, and not what came to rest', () => {
    const recorder = new Recorder(true);
    const board = recorder.add('A', servo);
    recorder.asked(board, { action: 'trigger' }, 1_000);
    recorder.event(board, { name: 'output_settled', data: { channel: 0, value: 0 } }, 2_000);
    const { happenings: happened, durationMs } = recorder.finish(0);
    expect(happened).toEqual([{ atMs: 1_000, what: 'ask', board: 0, params: { action: 'trigger' } }]);
    expect(durationMs).toBe(7_000);
  });

  it('knows only kinds that there are, and is read again as it was written', () => {
    const recorder = new Recorder(true);
    recorder.asked(recorder.add('A', servo), { angle: 3 }, 10);
    const recording = recorder.finish(Date.UTC(2026, 0, 1));
    expect(readRecording(JSON.stringify(recording), isKind)).toEqual(recording);
  });

  it.each<[string, unknown]>([
    ['a recording must be a JSON object', '[]'],
    ['a recording must be a JSON object', '{'],
    ['format must be "smartlink-recording/1"', { format: 'x' }],
    ['durationMs must be a number from 0 to 31622400000', { durationMs: -1 }],
    ['boards must be a list of boards', { boards: [] }],
    ['happenings[0].atMs must be a number from 0 to durationMs', { happenings: [{ atMs: 1e9, what: 'ask' }] }],
    ['happenings[0].what must be the name of something that can happen', { happenings: [{ atMs: 1, what: 'war' }] }],
    ['boards[0].serial must be a text', { boards: [{ definition: {} }] }],
    ['boards[0].definition', { boards: [{ serial: 'A', definition: { productKey: 'X' } }] }],
  ])('says %s', (sentence, change) => {
    const recorder = new Recorder(true);
    recorder.add('A', servo);
    const good = JSON.parse(JSON.stringify(recorder.finish(0))) as object;
    const text = typeof change === 'string' ? change : JSON.stringify({ ...good, ...(change as object) });
    expect(() => readRecording(text, isKind)).toThrow(sentence);
  });

  it('is made of a list of events, of lines, and of what `--json` prints, several boards among each other', () => {
    const boot = { name: 'booted', level: 'info', at: 1_000, data: { reason: 'power_on' } };
    const crash = { name: 'booted', level: 'info', at: 9_000, data: { reason: 'crash' } };
    const printed = [
      { event: 'booted', level: 'info', deviceSN: 'A', at: 1_000, reason: 'power_on' },
      { event: 'booted', level: 'info', deviceSN: 'B', at: 2_000, reason: 'power_on' },
      { event: 'output', deviceSN: 'A', channel: 0, value: 180, at: 5_000 },
      { event: 'booted', level: 'info', deviceSN: 'B', at: 9_000, reason: 'crash' },
    ];
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const list = recordEvents(file('list.json', JSON.stringify([boot, crash])), servo);
    expect(list.happenings).toMatchObject([{ atMs: 8_000, what: 'crash', board: 0 }]);
    const lines = ['I (31) boot: ESP-IDF', JSON.stringify(boot), '', JSON.stringify(crash)].join('\n');
    expect(recordEvents(file('lines.txt', lines), servo).happenings).toEqual(list.happenings);
    const two = recordEvents(file('printed.txt', printed.map((line) => JSON.stringify(line)).join('\n')), servo);
    expect(two.boards.map(({ serial }) => serial)).toEqual(['A', 'B']);
    expect(two.happenings).toMatchObject([
      { atMs: 4_000, what: 'ask', board: 0, params: { angle: 180, channel: 0 } },
      { atMs: 8_000, what: 'crash', board: 1 },
    ]);
    expect(() => recordEvents(file('none.txt', 'hello'), servo)).toThrow('holds no event of a board');
    expect(() => recordEvents(join(folder, 'missing'), servo)).toThrow('cannot be read (ENOENT)');
  });
});

describe('what happened to a real board', () => {
  it('is written by `up --record` and lived through again, twice the same', async () => {
    const record = join(folder, 'home.json');
    const data = join(folder, 'data');
    const up = new Program(['up', '--data', data, '--api-port', '0', '--mqtt-port', '0', '--record', record, '--json']);
    const ready = await up.ready();
    const api = `${String(ready['apiUrl'] ?? ready['api'])}/api/v1`;
    const [board] = ready['boards'] as { deviceId: string }[];
    const post = async (path: string, body: string, token = ''): Promise<Record<string, Record<string, string>>> => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      return (await fetch(`${api}${path}`, { method: 'POST', body, headers })).json() as never;
    };
    const login = await post('/users/login', readFileSync(join(data, 'account.json'), 'utf8'));
    const params = { action: 'toggle', position: 'up' };
    await post(`/devices/${board!.deviceId}/control`, JSON.stringify(params), login['data']!['token']);
    await up.line((line) => line.event === 'output');
    expect(await up.end()).toMatchObject({ code: 0 });

    const recording = readRecording(readFileSync(record, 'utf8'), isKind);
    expect(recording.happenings).toMatchObject([{ what: 'ask', board: 0, params }]);
    const pool = new WorldPool(1, 'dist/world-worker.js');
    try {
      const first = await pool.run({ scenario: recording, seed: 1 });
      expect(first.broken).toBeUndefined();
      expect((await pool.run({ scenario: recording, seed: 1 })).hash).toBe(first.hash);
    } finally {
      pool.close();
    }
  });
});

it('a recording of this program’s boards has no command of a board that is another program’s', () => {
  const recording = new LiveRecording(servo, true);
  recording.event({ serial: 'OWN' }, { name: 'state_changed', data: { from: 'connecting', to: 'online' } } as never);
  recording.asked('OWN', { angle: 90 });
  recording.asked('FOREIGN', { angle: 0 });
  const { boards, happenings } = recording.taken();
  expect(boards.map(({ serial }) => serial)).toEqual(['OWN']);
  expect(happenings.filter(({ what }) => what === 'ask')).toMatchObject([{ board: 0, params: { angle: 90 } }]);
});
