import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useChildCloud } from './support/child-cloud.js';
import { TestClock } from './support/clock.js';
import { startCloud, temporaryDirectory } from './support/fixture.js';
import { packageOf, upload } from './support/packages.js';
import { bootBoards, newDisk, startDomain, toldOf } from './support/update-domain.js';

const HOUR_MS = 3_600_000;

const startChild = useChildCloud();

describe('a cloud that is killed', () => {
  test('goes on with every board where it was', async () => {
    const clock = new TestClock();
    const disk = newDisk();
    const first = await startDomain(disk, clock);
    const boards = await bootBoards(first, 6);
    const campaignId = first.begin(first.publish(), { abortPercent: 100 });
    await first.settled();
    const [told, half, whole, restarts, done, failed] = boards;
    half!.progress(50);
    for (const board of [whole, restarts]) board!.progress(100);
    await first.settled();
    restarts!.disconnect();
    done!.inform('1.1.0');
    failed!.progress(-4, 'flash_failed: the flash cannot be written');
    await first.settled();
    first.kill();

    const second = await startDomain(disk, clock);
    expect(second.states(campaignId)).toEqual({ pending: 1, downloading: 1, restarting: 2, updated: 1, failed: 1 });
    told!.connect(second);
    half!.boot(second);
    whole!.boot(second, '1.1.0');
    restarts!.boot(second);
    await second.settled();
    await second.pass(10_000);
    expect(boards.map((board) => [board.told.length, second.state(board)])).toEqual([
      [2, 'told'],
      [2, 'told'],
      [1, 'updated'],
      [1, 'restarting'],
      [1, 'updated'],
      [1, 'failed'],
    ]);
    expect(told!.told[1].data).toEqual(told!.told[0].data);
  });

  test('has the next stage begin when it is due', async () => {
    const clock = new TestClock();
    const disk = newDisk();
    const first = await startDomain(disk, clock);
    const boards = await bootBoards(first, 10);
    const campaignId = first.begin(first.publish(), { stages: [10, 100], stageHours: 2 });
    await first.settled();
    const [canary] = toldOf(boards);
    await canary!.update(first);
    await first.pass(HOUR_MS);
    first.kill();
    clock.advance(HOUR_MS);
    const second = await startDomain(disk, clock);
    for (const board of boards) board.boot(second);
    await second.settled();
    expect(second.campaign(campaignId).stage).toBe(2);
    expect(toldOf(boards)).toHaveLength(10);
  });

  test('does not take up again what was aborted before', async () => {
    const clock = new TestClock();
    const disk = newDisk();
    const first = await startDomain(disk, clock);
    const [board] = await bootBoards(first, 1);
    const campaignId = first.begin(first.publish());
    await first.settled();
    first.services.campaigns.abort(first.user, campaignId);
    expect(first.state(board!)).toBe('told');
    first.kill();
    const second = await startDomain(disk, clock);
    expect(second.states(campaignId)).toEqual({ cancelled: 1 });
  });

  test('believes the failure of a board that it told before', async () => {
    const clock = new TestClock();
    const disk = newDisk();
    const first = await startDomain(disk, clock);
    const [board] = await bootBoards(first, 1);
    const campaignId = first.begin(first.publish());
    await first.settled();
    first.kill();
    const second = await startDomain(disk, clock);
    await second.settled();
    board!.connect(second);
    board!.progress(-2, 'too_slow: fewer than 64 KiB have come in 60 s');
    await second.settled();
    expect(second.states(campaignId)).toEqual({ failed: 1 });
  });

  test('gives boards up that were silent meanwhile', async () => {
    const clock = new TestClock();
    const disk = newDisk();
    const first = await startDomain(disk, clock);
    const [board] = await bootBoards(first, 1);
    const campaignId = first.begin(first.publish());
    await first.settled();
    board!.progress(10);
    await first.settled();
    first.kill();
    clock.advance(2 * HOUR_MS);
    const second = await startDomain(disk, clock);
    await second.pass(60_000);
    expect(second.states(campaignId)).toEqual({ failed: 1 });
    expect(second.campaign(campaignId).status).toBe('aborted');
  });
});

describe('a cloud whose disk fails', () => {
  test('takes packages again when that is over, however many it had to give up', async () => {
    const disk = newDisk();
    let fails = true;
    const begin = disk.packageFiles.begin.bind(disk.packageFiles);
    disk.packageFiles.begin = () => {
      const draft = begin();
      const failing = (): never => {
        throw Object.assign(new Error('read-only'), { code: 'EROFS' });
      };
      return fails ? { ...draft, write: failing, discard: failing } : draft;
    };
    const t = await startDomain(disk);
    for (let count = 0; count < 4; count += 1) {
      const upload = t.services.packages.begin(t.user);
      expect(() => upload.write(packageOf())).toThrow('read-only');
      expect(() => upload.close()).toThrow('read-only');
    }
    fails = false;
    expect(t.publish()).toMatch(/^pkg_/);
  });
});

describe('a cloud that is killed while it takes a package', () => {
  test('has nothing of it, and all of those before', async () => {
    const dataDir = temporaryDirectory();
    const folder = join(dataDir, 'packages');
    const child = await startChild(dataDir);
    const login = await fetch(`${child.apiUrl}/api/v1/users/login`, {
      method: 'POST',
      body: JSON.stringify({ username: 'user@example.com', password: 'password123' }),
    });
    const { token } = ((await login.json()) as { data: { token: string } }).data;
    const send = () =>
      request(`${child.apiUrl}/api/v1/ota/packages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      });
    const whole = send().end(packageOf());
    const [answer] = await once(whole, 'response');
    expect(answer.statusCode).toBe(200);
    answer.resume();
    const half = send();
    half.on('error', () => {});
    half.write(packageOf({ version: '1.2.0' }).subarray(0, 50_000));
    while (readdirSync(folder).length < 2) await new Promise((resolve) => setImmediate(resolve));
    const exited = once(child.child, 'exit');
    child.child.kill('SIGKILL');
    await exited;
    expect(readdirSync(folder)).toHaveLength(2);

    const t = await startCloud({ dataDir });
    expect(readdirSync(folder)).toHaveLength(1);
    const { list } = (await t.as('GET', '/ota/packages')).body.data;
    expect(list.map(({ version }: { version: string }) => version)).toEqual(['1.1.0']);
    expect((await upload(t, packageOf({ version: '1.2.0' }))).status).toBe(200);
  });

  test('has no file that nobody knows', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir });
    await upload(first, packageOf());
    await first.cloud.close();
    const folder = join(dataDir, 'packages');
    // As a kill leaves it between the file and its row.
    writeFileSync(join(folder, 'pkg_0000000000000000.slfw'), 'x');
    await startCloud({ dataDir });
    expect(readdirSync(folder)).toHaveLength(1);
  });
});
