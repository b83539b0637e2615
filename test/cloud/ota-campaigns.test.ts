import { describe, expect, test } from 'vitest';
import { bootBoards, startDomain, toldOf } from './support/update-domain.js';

const HOUR_MS = 3_600_000;

describe('a campaign', () => {
  test('grows by its stages when their time is over and they have shown that the build is good', async () => {
    const t = await startDomain();
    const boards = await bootBoards(t, 20);
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
    const t = await startDomain();
    const boards = await bootBoards(t, 20);
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
    const t = await startDomain();
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
    const t = await startDomain();
    const boards = await bootBoards(t, 100);
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
    const t = await startDomain();
    const boards = await bootBoards(t, 20);
    const campaignId = t.begin(t.publish(), { abortPercent: 11 });
    await t.settled();
    for (const [index, board] of boards.entries()) await board.update(t, { works: index !== 9 && index !== 19 });
    expect(t.campaign(campaignId)).toMatchObject({ status: 'completed', boards: { updated: 18, failed: 2 } });
  });

  test('of few boards is judged when all have ended', async () => {
    const t = await startDomain();
    const boards = await bootBoards(t, 3);
    const campaignId = t.begin(t.publish());
    await t.settled();
    await boards[0]!.update(t, { works: false });
    await boards[1]!.update(t);
    expect(t.campaign(campaignId).status).toBe('running');
    await boards[2]!.update(t);
    expect(t.campaign(campaignId)).toMatchObject({ status: 'aborted', boards: { updated: 2, failed: 1 } });
  });

  test('that is paused tells nobody, and goes on', async () => {
    const t = await startDomain();
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
    const t = await startDomain();
    const boards = await bootBoards(t, 10);
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
    const t = await startDomain();
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
    const t = await startDomain();
    const boards = await bootBoards(t, 2);
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

  test('that is tried again tells those anew that were at it when it was aborted: their file is elsewhere now', async () => {
    const t = await startDomain();
    const boards = await bootBoards(t, 3);
    const campaignId = t.begin(t.publish());
    await t.settled();
    const [told, half, whole] = boards;
    half!.progress(50);
    whole!.progress(100);
    await t.settled();
    t.services.campaigns.abort(t.user, campaignId);
    t.services.campaigns.retry(t.user, campaignId);
    await t.settled();
    expect(boards.map((board) => [board.told.length, t.state(board)])).toEqual([
      [2, 'told'],
      [2, 'told'],
      [1, 'verifying'],
    ]);
    for (const board of [told, half]) expect(board!.told[1].data.url).not.toBe(board!.told[0].data.url);
  });

  test('that is tried again leaves a newer one its boards', async () => {
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
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
    const t = await startDomain();
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
    const t = await startDomain();
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
    const t = await startDomain();
    const board = t.board('A');
    const campaignId = t.begin(t.publish());
    t.services.devices.delete(t.user, board.deviceId);
    await t.pass(60_000);
    expect(t.campaign(campaignId).status).toBe('completed');
  });

  test('is forgotten half a year after its end, with what was in it', async () => {
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
    t.begin(t.publish());
    await t.settled();
    await board!.update(t);
    t.clock.set(181 * 24 * HOUR_MS);
    t.services.campaigns.prune();
    expect(t.services.campaigns.list(t.user, { page: 1, size: 10 }).total).toBe(0);
    expect(t.state(board!)).toBeUndefined();
  });
});
