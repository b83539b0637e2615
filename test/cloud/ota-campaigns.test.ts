import { describe, expect, test } from 'vitest';
import { MemoryPackageFiles } from '../../host-sim/cloud/store/package-files.js';
import { TestClock } from './support/clock.js';
import { temporaryDirectory } from './support/fixture.js';
import { type Disk, type FakeBoard, UpdateDomain } from './support/update-domain.js';

const HOUR_MS = 3_600_000;

const newDisk = (): Disk => ({ path: `${temporaryDirectory()}/cloud.sqlite`, packageFiles: new MemoryPackageFiles() });
const start = (disk = newDisk(), clock = new TestClock()) => UpdateDomain.run(clock, disk);

/** Boards that are there, in the order in which a campaign reaches them. */
async function online(t: UpdateDomain, count: number): Promise<FakeBoard[]> {
  const boards = t.boards(count);
  for (const board of boards) board.boot(t);
  await t.settled();
  return boards;
}

const toldOf = (boards: readonly FakeBoard[]) => boards.filter((board) => board.told.length > 0);

describe('a board', () => {
  test('that is there is told at once, and is updated when it says so itself', async () => {
    const t = await start();
    const [board] = await online(t, 1);
    const campaignId = t.begin(t.publish());
    await t.settled();
    expect(board!.told).toHaveLength(1);
    expect(t.state(board!)).toBe('told');
    for (const [percent, state] of [
      [5, 'downloading'],
      [100, 'verifying'],
    ] as const) {
      board!.progress(percent);
      expect(t.state(board!)).toBe(state);
    }
    board!.disconnect();
    await t.settled();
    expect(t.state(board!)).toBe('restarting');
    board!.connect(t);
    expect(t.state(board!)).toBe('restarting');
    board!.inform('1.1.0');
    await t.settled();
    expect(t.state(board!)).toBe('updated');
    expect(t.campaign(campaignId).status).toBe('completed');
  });

  test('that is away is told when it says which version it runs', async () => {
    const t = await start();
    const board = t.board('A');
    t.begin(t.publish());
    await t.settled();
    expect(t.state(board)).toBe('pending');
    board.boot(t);
    await t.settled();
    expect(board.told).toHaveLength(1);
    await t.pass(60_000);
    expect(board.told).toHaveLength(1);
  });

  test('that reconnects without a restart is told after 10 s', async () => {
    const t = await start();
    const board = t.board('A');
    t.begin(t.publish());
    await t.settled();
    board.connect(t);
    await t.settled();
    await t.pass(9_000);
    expect(board.told).toHaveLength(0);
    await t.pass(1_000);
    expect(board.told).toHaveLength(1);
  });

  test('that was told and lost its session is told again', async () => {
    const t = await start();
    const [board] = await online(t, 1);
    t.begin(t.publish());
    await t.settled();
    board!.disconnect();
    await t.settled();
    expect(t.state(board!)).toBe('pending');
    board!.connect(t);
    await t.settled();
    await t.pass(10_000);
    expect(board!.told).toHaveLength(2);
    expect(board!.told[1].data).toEqual(board!.told[0].data);
    expect(board!.told[1].id).toBeGreaterThan(board!.told[0].id);
  });

  test('that asks is told again', async () => {
    const t = await start();
    const [board] = await online(t, 1);
    t.begin(t.publish());
    await t.settled();
    board!.inform();
    await t.settled();
    expect(board!.told).toHaveLength(2);
  });

  test('that comes back from its update with the old version has failed, and is not told again', async () => {
    const t = await start();
    const [board] = await online(t, 1);
    t.begin(t.publish(), { abortPercent: 100 });
    await t.settled();
    await board!.update(t, { works: false });
    expect(t.services.campaigns.history(t.user, board!.deviceId, { page: 1, size: 1 }).list[0]).toMatchObject({
      state: 'failed',
      step: -1,
      desc: 'it came back with 1.0.0',
    });
    board!.inform();
    await t.pass(60_000);
    expect(board!.told).toHaveLength(1);
  });

  test('that names a step at which it failed is believed, and its words are one line', async () => {
    const t = await start();
    const [board] = await online(t, 1);
    t.begin(t.publish());
    await t.settled();
    board!.progress(-3, `wrong_signature: the signature of\n\u001b[31mkey 0 ${'x'.repeat(999)}`);
    const [update] = t.services.campaigns.history(t.user, board!.deviceId, { page: 1, size: 1 }).list;
    expect(update).toMatchObject({ state: 'failed', step: -3 });
    expect(update!.desc).toMatch(/^wrong_signature: the signature of {2}\[31mkey 0 x+$/);
    expect(update!.desc!.length).toBeLessThanOrEqual(256);
  });

  test('whose failure is of an update before this one has not failed', async () => {
    const t = await start();
    const board = t.board('A');
    t.begin(t.publish());
    await t.settled();
    board.connect(t);
    board.progress(-1, 'update_failed: the build before did not come online');
    board.inform();
    await t.settled();
    expect(t.state(board)).toBe('told');
  });

  test('that was given up is updated all the same when it says so', async () => {
    const t = await start();
    const [board] = await online(t, 1);
    t.begin(t.publish(), { silentMinutes: 5 });
    await t.settled();
    board!.progress(40);
    await t.pass(4.5 * 60_000);
    expect(t.state(board!)).toBe('downloading');
    await t.pass(60_000);
    expect(t.state(board!)).toBe('failed');
    board!.inform('1.1.0');
    expect(t.state(board!)).toBe('updated');
  });

  test('that speaks up in time is not given up', async () => {
    const t = await start();
    const [board] = await online(t, 1);
    t.begin(t.publish(), { silentMinutes: 5 });
    for (let percent = 0; percent < 100; percent += 10) {
      await t.pass(4 * 60_000);
      board!.progress(percent);
    }
    expect(t.state(board!)).toBe('downloading');
  });

  test('that runs a newer version is left alone', async () => {
    const t = await start();
    const [board] = await online(t, 1);
    const campaignId = t.begin(t.publish());
    board!.inform('1.2.0');
    await t.settled();
    expect(t.state(board!)).toBe('skipped');
    expect(t.campaign(campaignId).status).toBe('completed');
  });

  test('is told of the newest campaign, and its older one has nothing to do with it any more', async () => {
    const t = await start();
    const [board, other] = await online(t, 2);
    const older = t.begin(t.publish());
    await t.settled();
    const newer = t.begin(t.publish({ version: '1.2.0' }), { deviceIds: [board!.deviceId] });
    await t.settled();
    expect(board!.told.map((told) => told.data.version)).toEqual(['1.1.0', '1.2.0']);
    expect(t.states(older)).toEqual({ told: 1, superseded: 1 });
    await board!.update(t);
    expect(t.states(newer)).toEqual({ updated: 1 });
    await other!.update(t);
    expect(t.campaign(older)).toMatchObject({ status: 'completed', boards: { updated: 1, superseded: 1 } });
  });

  test('that its user may no longer control is not told', async () => {
    const t = await start();
    const board = t.board('A');
    const campaignId = t.begin(t.publish());
    const { services } = t;
    const other = await services.users.ensure('other', 'password123');
    const { projectId } = services.projects.create(other, { projectName: 'Private' });
    services.devices.update(other, board.deviceId, { projectId }, 'en');
    board.boot(t);
    await t.settled();
    expect(board.told).toEqual([]);
    expect(t.campaign(campaignId)).toMatchObject({ status: 'completed', boards: { cancelled: 1 } });
    expect(services.campaigns.devices(t.user, campaignId, { page: 1, size: 20 }).list).toEqual([]);
  });
});

describe('a campaign', () => {
  test('grows by its stages when their time is over and they have shown that the build is good', async () => {
    const t = await start();
    const boards = await online(t, 20);
    const campaignId = t.begin(t.publish(), { stages: [10, 50, 100], stageHours: 2 });
    await t.settled();
    const reached = [2, 10, 20];
    for (const [stage, count] of reached.entries()) {
      expect(toldOf(boards)).toHaveLength(count);
      expect(t.campaign(campaignId).stage).toBe(stage + 1);
      for (const board of toldOf(boards)) if (board.version === '1.0.0') await board.update(t);
      await t.pass(HOUR_MS);
      expect(toldOf(boards)).toHaveLength(count);
      await t.pass(HOUR_MS);
    }
    expect(t.campaign(campaignId)).toMatchObject({ status: 'completed', nextStageAt: null, boards: { updated: 20 } });
  });

  test('does not grow while nobody has shown anything, or some of few are under way', async () => {
    const t = await start();
    const boards = await online(t, 20);
    t.begin(t.publish(), { stages: [10, 100], silentMinutes: 10_080 });
    await t.pass(5 * HOUR_MS);
    expect(toldOf(boards)).toHaveLength(2);
    const [first, second] = toldOf(boards);
    await first!.update(t);
    await t.pass(HOUR_MS);
    expect(toldOf(boards)).toHaveLength(2);
    await second!.update(t);
    await t.pass(60_000);
    expect(toldOf(boards)).toHaveLength(20);
  });

  test('does not wait for boards that are away', async () => {
    const t = await start();
    const boards = t.boards(20);
    const campaignId = t.begin(t.publish(), { stages: [20, 100] });
    const inFirst = t.services.campaigns
      .devices(t.user, campaignId, { page: 1, size: 100 })
      .list.filter(({ stage }) => stage === 1);
    expect(inFirst).toHaveLength(4);
    for (const board of boards) if (board.deviceId !== inFirst[0]!.deviceId) board.boot(t);
    await t.settled();
    for (const board of toldOf(boards)) await board.update(t);
    await t.pass(HOUR_MS + 60_000);
    expect(toldOf(boards)).toHaveLength(19);
  });

  test('ends by itself when too many fail, and says why; who was not told is not', async () => {
    const t = await start();
    const boards = await online(t, 100);
    const campaignId = t.begin(t.publish(), { stages: [20, 100] });
    await t.settled();
    const reached = toldOf(boards);
    for (const [index, board] of reached.entries()) {
      if (t.campaign(campaignId).status !== 'running') break;
      await board.update(t, { works: index % 5 !== 4 });
    }
    expect(t.campaign(campaignId)).toMatchObject({
      status: 'aborted',
      reason: '1 of the 5 boards that have ended have failed',
      boards: { updated: 4, failed: 1, told: 15, cancelled: 80 },
    });
    await t.pass(3 * HOUR_MS);
    expect(toldOf(boards)).toHaveLength(20);
    // Those under way when it ended: what they were told of is no longer there.
    expect(t.states(campaignId)).toEqual({ updated: 4, failed: 1, cancelled: 95 });
  });

  test('goes on while the share of failures is below what is borne', async () => {
    const t = await start();
    const boards = await online(t, 20);
    const campaignId = t.begin(t.publish(), { abortPercent: 11 });
    await t.settled();
    for (const [index, board] of boards.entries()) await board.update(t, { works: index !== 9 && index !== 19 });
    expect(t.campaign(campaignId)).toMatchObject({ status: 'completed', boards: { updated: 18, failed: 2 } });
  });

  test('of few boards is judged when all have ended', async () => {
    const t = await start();
    const boards = await online(t, 3);
    const campaignId = t.begin(t.publish());
    await t.settled();
    await boards[0]!.update(t, { works: false });
    await boards[1]!.update(t);
    expect(t.campaign(campaignId).status).toBe('running');
    await boards[2]!.update(t);
    expect(t.campaign(campaignId)).toMatchObject({ status: 'aborted', boards: { updated: 2, failed: 1 } });
  });

  test('that is paused tells nobody, and goes on', async () => {
    const t = await start();
    const board = t.board('A');
    const campaignId = t.begin(t.publish());
    t.services.campaigns.pause(t.user, campaignId);
    board.boot(t);
    await t.pass(60_000);
    expect(board.told).toEqual([]);
    expect(t.services.campaigns.resume(t.user, campaignId).status).toBe('running');
    await t.settled();
    expect(board.told).toHaveLength(1);
  });

  test('that is paused does not grow', async () => {
    const t = await start();
    const boards = await online(t, 10);
    const campaignId = t.begin(t.publish(), { stages: [10, 100] });
    await t.settled();
    await toldOf(boards)[0]!.update(t);
    t.services.campaigns.pause(t.user, campaignId);
    await t.pass(3 * HOUR_MS);
    expect(toldOf(boards)).toHaveLength(1);
    t.services.campaigns.resume(t.user, campaignId);
    await t.settled();
    expect(toldOf(boards)).toHaveLength(10);
  });

  test('that is aborted cannot be paused or resumed, and is aborted once', async () => {
    const t = await start();
    const board = t.board('A');
    const campaignId = t.begin(t.publish());
    const { campaigns } = t.services;
    expect(campaigns.abort(t.user, campaignId)).toMatchObject({ status: 'aborted', reason: 'a user aborted it' });
    expect(campaigns.abort(t.user, campaignId).status).toBe('aborted');
    for (const deed of ['pause', 'resume'] as const) {
      expect(() => campaigns[deed](t.user, campaignId)).toThrow('campaign_ended');
    }
    board.boot(t);
    await t.settled();
    expect(board.told).toEqual([]);
  });

  test('that ended can be tried again with the boards that failed, and no others', async () => {
    const t = await start();
    const boards = await online(t, 2);
    const campaignId = t.begin(t.publish());
    await t.settled();
    await boards[0]!.update(t);
    await boards[1]!.update(t, { works: false });
    expect(t.campaign(campaignId).status).toBe('aborted');
    expect(t.services.campaigns.retry(t.user, campaignId)).toMatchObject({
      status: 'running',
      reason: null,
      endedAt: null,
    });
    await t.settled();
    expect(boards.map((board) => board.told.length)).toEqual([1, 2]);
    await boards[1]!.update(t);
    expect(t.campaign(campaignId)).toMatchObject({ status: 'completed', boards: { updated: 2 } });
  });

  test('that is tried again leaves a newer one its boards', async () => {
    const t = await start();
    const [board] = await online(t, 1);
    const older = t.begin(t.publish());
    await t.settled();
    await board!.update(t, { works: false });
    const newer = t.begin(t.publish({ version: '1.2.0' }));
    await t.settled();
    t.services.campaigns.retry(t.user, older);
    await t.settled();
    expect(t.states(older)).toEqual({ failed: 1 });
    expect(t.states(newer)).toEqual({ told: 1 });
  });

  test('over a share has the same boards for every campaign of a package, and more in a larger share', async () => {
    const t = await start();
    const boards = t.boards(50);
    const packageId = t.publish();
    const chosen = (percent: number) => {
      const campaignId = t.begin(packageId, { percent });
      const { list } = t.services.campaigns.devices(t.user, campaignId, { page: 1, size: 100 });
      return list.map(({ deviceId }) => deviceId).sort();
    };
    const few = chosen(10);
    expect(few).toHaveLength(5);
    expect(chosen(10)).toEqual(few);
    const more = chosen(50);
    expect(more).toHaveLength(25);
    expect(more).toEqual(expect.arrayContaining(few));
    const inOrder = boards.map(({ deviceId }) => deviceId).sort();
    expect(more).not.toEqual(inOrder.slice(0, 25));
  });

  test('is over the boards that need it', async () => {
    const t = await start();
    t.board('OLD', '1.0.9');
    t.board('SAME', '1.1.0');
    t.board('NEWER', '1.1.1');
    t.board('ODD', 'V1');
    t.services.activation.register({ productKey: 'SW-SERVO-001', deviceSN: 'AHEAD', projectId: 'proj_default' });
    const { list } = t.services.campaigns.devices(t.user, t.begin(t.publish()), { page: 1, size: 10 });
    expect(list.map(({ deviceSN, fromVersion }) => [deviceSN, fromVersion])).toEqual([
      ['OLD', '1.0.9'],
      ['ODD', 'V1'],
    ]);
  });

  test('whose last board is deleted is over', async () => {
    const t = await start();
    const board = t.board('A');
    const campaignId = t.begin(t.publish());
    t.services.devices.delete(t.user, board.deviceId);
    await t.pass(60_000);
    expect(t.campaign(campaignId).status).toBe('completed');
  });

  test('is forgotten half a year after its end, with what was in it', async () => {
    const t = await start();
    const [board] = await online(t, 1);
    t.begin(t.publish());
    await t.settled();
    await board!.update(t);
    t.clock.set(181 * 24 * HOUR_MS);
    t.services.campaigns.prune();
    expect(t.services.campaigns.list(t.user, { page: 1, size: 10 }).total).toBe(0);
    expect(t.state(board!)).toBeUndefined();
  });
});

describe('a cloud that is killed', () => {
  test('goes on with every board where it was', async () => {
    const clock = new TestClock();
    const disk = newDisk();
    const first = await start(disk, clock);
    const boards = await online(first, 6);
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

    const second = await start(disk, clock);
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
      [1, 'failed'],
      [1, 'updated'],
      [1, 'failed'],
    ]);
    expect(told!.told[1].data).toEqual(told!.told[0].data);
  });

  test('has the next stage begin when it is due', async () => {
    const clock = new TestClock();
    const disk = newDisk();
    const first = await start(disk, clock);
    const boards = await online(first, 10);
    const campaignId = first.begin(first.publish(), { stages: [10, 100], stageHours: 2 });
    await first.settled();
    const [canary] = toldOf(boards);
    await canary!.update(first);
    await first.pass(HOUR_MS);
    first.kill();
    clock.advance(HOUR_MS);
    const second = await start(disk, clock);
    for (const board of boards) board.boot(second);
    await second.settled();
    expect(second.campaign(campaignId).stage).toBe(2);
    expect(toldOf(boards)).toHaveLength(10);
  });

  test('gives boards up that were silent meanwhile', async () => {
    const clock = new TestClock();
    const disk = newDisk();
    const first = await start(disk, clock);
    const [board] = await online(first, 1);
    const campaignId = first.begin(first.publish());
    await first.settled();
    board!.progress(10);
    await first.settled();
    first.kill();
    clock.advance(2 * HOUR_MS);
    const second = await start(disk, clock);
    await second.pass(60_000);
    expect(second.states(campaignId)).toEqual({ failed: 1 });
    expect(second.campaign(campaignId).status).toBe('aborted');
  });
});
