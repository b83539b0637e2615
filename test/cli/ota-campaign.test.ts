import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Campaign, type CampaignDevice, campaignStanding } from '../../host-sim/cli/campaign-text.js';
import { watchCampaign } from '../../host-sim/cli/campaign-watch.js';
import { CliError } from '../../host-sim/cli/cli-error.js';
import type { Signals } from '../../host-sim/cli/lifetime.js';
import { temporaryFolder } from '../support/program.js';
import { runOta, type Said } from './ota-in-process.js';
import { ScriptedApi } from './scripted-api.js';

const CAMPAIGN: Campaign = {
  campaignId: 'camp_1',
  name: 'spring',
  packageId: 'pkg_1',
  productKey: 'SW-SERVO-001',
  version: '1.2.0',
  status: 'running',
  reason: null,
  stages: [10, 100],
  stage: 1,
  nextStageAt: '2026-03-01T00:00:00.000Z',
  boards: { total: 30, pending: 27, downloading: 1, updated: 1, failed: 1 },
  createdAt: '2026-02-28T23:59:00.000Z',
};
const OVER: Partial<Campaign> = { status: 'completed', nextStageAt: null, boards: { total: 30, updated: 30 } };

function board(number: number, more: Partial<CampaignDevice>): CampaignDevice {
  return {
    deviceId: `dev_${number}`,
    deviceSN: `A${number}`,
    state: 'pending',
    percent: null,
    step: null,
    desc: null,
    ...more,
  };
}
const BOARDS = [
  board(1, { state: 'downloading', percent: 35 }),
  board(2, { state: 'failed', step: -3, desc: 'wrong_digest: \u001b[2Jno' }),
  board(3, { state: 'updated' }),
  ...Array.from({ length: 26 }, (_, index) => board(4 + index, {})),
  board(30, { state: 'updated', desc: 'update_keys_unknown: its build lacks a key' }),
];

describe('smartlink ota campaign', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let api: ScriptedApi;
  const campaign = (...args: string[]): Promise<Said> =>
    runOta('campaign', ...args, '--cloud', `http://127.0.0.1:${api.port}`, '--data', folder.path);

  beforeEach(async () => {
    folder = temporaryFolder();
    mkdirSync(folder.path, { recursive: true });
    writeFileSync(
      join(folder.path, 'account.json'),
      JSON.stringify({ username: 'dev', password: 'the generated one' }),
    );
    api = await ScriptedApi.start();
    api.answer = ({ what }) => {
      if (what === 'GET /ota/campaigns?page=1&size=100') return { data: { list: [CAMPAIGN], total: 1 } };
      const [, number] = /^GET \/ota\/campaigns\/camp_1\/devices\?page=(\d)&size=100$/.exec(what) ?? [];
      if (number !== undefined) {
        const from = (Number(number) - 1) * 20;
        return { data: { list: BOARDS.slice(from, from + 20), total: BOARDS.length } };
      }
      return /^POST \/ota\/campaigns(\/camp_1\/\w+)?$|^GET \/ota\/campaigns\/camp_1$/.test(what)
        ? { data: CAMPAIGN }
        : undefined;
    };
  });
  afterEach(() => {
    api.close();
    folder.remove();
  });

  it('begins one with what was asked for and nothing else, and has its stages end with all boards', async () => {
    const asked = async (...flags: string[]): Promise<unknown> => {
      api.calls.length = 0;
      expect((await campaign('create', '--package', 'pkg_1', ...flags)).error).toBeUndefined();
      return JSON.parse(String(api.calls.find(({ what }) => what === 'POST /ota/campaigns')!.body));
    };
    expect(await asked()).toEqual({ packageId: 'pkg_1', stages: [100] });
    expect(await asked('--stage', '1', '--stage', '10')).toEqual({ packageId: 'pkg_1', stages: [1, 10, 100] });
    expect(await asked('--stage', '100', '--device', 'dev_1', '--device', 'dev_2')).toEqual({
      packageId: 'pkg_1',
      deviceIds: ['dev_1', 'dev_2'],
      stages: [100],
    });
    const numbers = ['--percent', '20', '--stage-hours', '0', '--abort-percent', '5', '--silent-minutes', '30'];
    expect(await asked('--name', 'spring', ...numbers)).toEqual({
      packageId: 'pkg_1',
      name: 'spring',
      percent: 20,
      stages: [100],
      stageHours: 0,
      abortPercent: 5,
      silentMinutes: 30,
    });
  });

  it('refuses flags that contradict each other before it asks anybody', async () => {
    const refused = async (...flags: string[]) => (await campaign('create', '--package', 'pkg_1', ...flags)).error;
    expect(await refused('--percent', '10', '--device', 'dev_1')).toMatchObject({ exitCode: 2, code: 'bad_boards' });
    expect((await refused('--stage', '10', '--stage', '10'))!.message).toContain('Each stage is larger');
    expect((await refused('--percent', '0'))!.message).toContain('from 1 to 100');
    expect(api.calls).toEqual([]);
  });

  it('shows a person how it stands: which boards are at it, and why others failed', async () => {
    const { stdout } = await campaign('show', 'camp_1');
    expect(stdout).toBe(
      [
        '',
        '  Campaign  camp_1, spring',
        '  Brings    SW-SERVO-001 1.2.0 (pkg_1)',
        '  Status    running, stage 1 of 2 (10 % of the boards); the next not before 2026-03-01T00:00:00.000Z',
        '  Boards    1 of 30 updated, 27 pending, 1 downloading, 1 failed',
        '',
        '  dev_1  A1  downloading 35 %',
        '  dev_2  A2  failed (checksum or signature): wrong_digest: \\u001b[2Jno',
        '  dev_30  A30  updated: update_keys_unknown: its build lacks a key',
        '',
        '',
      ].join('\n'),
    );
  });

  it('gives a script all of it, of all boards', async () => {
    const { lines } = await campaign('show', 'camp_1', '--json');
    expect(lines).toEqual([{ event: 'campaign', ...CAMPAIGN, devices: BOARDS }]);
    expect((await campaign('list', '--json')).lines).toEqual([{ event: 'campaign', ...CAMPAIGN }]);
  });

  it('lists campaigns, a line each, or says that there are none', async () => {
    expect((await campaign('list')).stdout).toMatch(
      /^ {2}camp_1 {2}2026-02-28 {2}SW-SERVO-001 1\.2\.0 {2}running {2}1 of 30 updated, .* 1 failed {2}spring$/m,
    );
    api.answer = ({ what }) => (what.startsWith('GET') ? { data: { list: [], total: 0 } } : undefined);
    expect((await campaign('list')).stdout).toContain('There are no campaigns.');
  });

  it.each(['pause', 'resume', 'abort', 'retry'])('has the cloud %s one', async (deed) => {
    const { stdout } = await campaign(deed, 'camp_1');
    expect(api.calls.at(-1)!.what).toBe(`POST /ota/campaigns/camp_1/${deed}`);
    expect(stdout).toContain('Status    running');
    expect((await campaign(deed, '../users')).error).toMatchObject({ code: 'not_found', exitCode: 1 });
    expect(api.calls.at(-1)!.what).toBe(`POST /ota/campaigns/..%2Fusers/${deed}`);
  });

  it('logs in anew when a token has ended meanwhile, and no second time', async () => {
    const { answer } = api;
    const ended = { status: 401, body: { code: 401, message: 'unauthorized', data: null } };
    api.answer = (call, count) => (call.what.includes('page=1') && count === 1 ? ended : answer(call, count));
    expect((await campaign('show', 'camp_1')).error).toBeUndefined();
    expect(api.calls.filter(({ what }) => what === 'POST /users/login')).toHaveLength(2);
    api.calls.length = 0;
    api.answer = (call, count) => (call.what.includes('users') ? answer(call, count) : ended);
    expect((await campaign('show', 'camp_1')).error).toMatchObject({ code: 'unauthorized' });
    expect(api.calls.filter(({ what }) => what === 'POST /users/login')).toHaveLength(1);
  });

  describe('watched', () => {
    const signals: Signals = { onSignal: () => {} };
    let stdout = '';
    let stderr = '';
    beforeEach(() => {
      stdout = '';
      stderr = '';
      const keep = (add: (text: string) => void) => (text: string | Uint8Array) => {
        add(String(text));
        return true;
      };
      vi.spyOn(process.stdout, 'write').mockImplementation(keep((text) => (stdout += text)));
      vi.spyOn(process.stderr, 'write').mockImplementation(keep((text) => (stderr += text)));
    });
    afterEach(() => {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    });

    /** What a campaign is from one look to the next; an error is thrown. */
    function watch(
      course: readonly (Partial<Campaign> | CliError)[],
      { json = false, last = [] }: { json?: boolean; last?: readonly CampaignDevice[] } = {},
    ): Promise<void> {
      const rest = [...course];
      const read = async (): Promise<Campaign> => {
        const next = rest.shift()!;
        if (next instanceof CliError) throw next;
        return { ...CAMPAIGN, ...next };
      };
      const devices = async (all: boolean) => (all ? last : BOARDS.slice(0, 3));
      return watchCampaign({ campaign: CAMPAIGN, read, devices, json, signals }, 0);
    }

    it('tells a person each change once, and ends with the campaign', async () => {
      await watch([{}, {}, OVER]);
      expect(stdout.match(/1 of 30 updated/g)).toHaveLength(1);
      expect(stdout.match(/dev_1 {2}A1 {2}downloading 35 %/g)).toHaveLength(1);
      expect(stdout).toMatch(/Status {4}completed\n {2}Boards {4}30 of 30 updated\n$/);
    });

    it('ends for a person with all that failed in full, and what was shown of boards before is gone', async () => {
      vi.stubEnv('NO_COLOR', '');
      vi.stubEnv('TERM', 'xterm');
      const { isTTY } = process.stdout;
      process.stdout.isTTY = true;
      const desc = `rolled_back: ${'why '.repeat(50)}`;
      const failed = Array.from({ length: 15 }, (_, index) => board(index, { state: 'failed', step: -1, desc }));
      await watch([{}, OVER], { last: [...failed, ...BOARDS.slice(15)] }).finally(() => {
        process.stdout.isTTY = isTTY;
      });
      const end = stdout.slice(stdout.lastIndexOf('completed'));
      expect(end.match(/rolled_back: (why ){50}\n/g)).toHaveLength(15);
      expect(end).not.toContain('downloading');
      expect(end.split('\n').filter((line) => line.includes('…'))).toEqual([]);
    });

    it('counts the boards of which it shows how they stand, where it knows them all', async () => {
      await watch([OVER], { json: true, last: BOARDS });
      const { boards } = JSON.parse(stdout.trim().split('\n').at(-1)!);
      expect(boards).toEqual({ total: 30, updated: 2, downloading: 1, failed: 1, pending: 26 });
    });

    it('is in yellow when it is completed and some have failed', async () => {
      vi.stubEnv('NO_COLOR', '');
      vi.stubEnv('TERM', 'xterm');
      const { isTTY } = process.stdout;
      process.stdout.isTTY = true;
      const painted = (boards: Campaign['boards']) => campaignStanding({ ...CAMPAIGN, ...OVER, boards })[0];
      const both = [painted({ total: 2, updated: 2, failed: 0 }), painted({ total: 2, updated: 1, failed: 1 })];
      process.stdout.isTTY = isTTY;
      expect(both).toEqual([32, 33].map((colour) => `  Status    \u001b[${colour}mcompleted\u001b[0m`));
    });

    it('writes a line for a script whenever something has changed', async () => {
      await watch([{}, {}, OVER], { json: true });
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.map(({ status }) => status)).toEqual(['running', 'completed']);
      expect(lines[0].devices).toHaveLength(3);
    });

    it('fails with the reason when the campaign is aborted', async () => {
      const aborted = { status: 'aborted', reason: '3 of the 10 boards have failed' } as const;
      await expect(watch([{}, aborted])).rejects.toMatchObject({
        code: 'campaign_aborted',
        exitCode: 1,
        message: 'the campaign was aborted: 3 of the 10 boards have failed.',
      });
    });

    it('waits out a cloud that is away, which it says once, and nothing else', async () => {
      const away = new CliError('cloud_unreachable', 'nothing listens there.');
      await watch([away, away, away, {}, away, OVER]);
      expect(stderr.match(/nothing listens there\. Asking again\./g)).toHaveLength(2);
      const gone = new CliError('campaign_not_found', 'there is none.');
      await expect(watch([gone])).rejects.toBe(gone);
    });
  });
});
