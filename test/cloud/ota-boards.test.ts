import { describe, expect, test } from 'vitest';
import { bootBoards, startDomain } from './support/update-domain.js';

describe('a board', () => {
  test('that is there is told at once, and is updated when it says so itself', async () => {
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
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
    const t = await startDomain();
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
    const t = await startDomain();
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
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
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

  test('that was told and has another session at once is told again', async () => {
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
    t.begin(t.publish());
    await t.settled();
    board!.connect(t);
    await t.settled();
    await t.pass(10_000);
    expect(board!.told).toHaveLength(2);
  });

  test('that asks is told again', async () => {
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
    t.begin(t.publish());
    await t.settled();
    board!.inform();
    await t.settled();
    expect(board!.told).toHaveLength(2);
  });

  test('that comes back from its update with the old version has failed, and is not told again', async () => {
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
    t.begin(t.publish(), { abortPercent: 100 });
    await t.settled();
    await board!.update(t, { works: false });
    expect(t.services.campaigns.history(t.user, board!.deviceId, { page: 1, size: 1 }).list[0]).toMatchObject({
      state: 'failed',
      step: -1,
      desc: 'not_proven: the new build did not come online',
    });
    board!.inform();
    await t.pass(60_000);
    expect(board!.told).toHaveLength(1);
  });

  test('that comes back with the old version and gives no reason has 5 minutes to go on', async () => {
    const t = await startDomain();
    const [lost, cut] = await bootBoards(t, 2);
    const campaignId = t.begin(t.publish(), { abortPercent: 100 });
    await t.settled();
    for (const board of [lost!, cut!]) board.progress(100);
    await t.settled();
    for (const board of [lost!, cut!]) board.disconnect();
    await t.settled();
    for (const board of [lost!, cut!]) board.boot(t);
    await t.pass(4 * 60_000);
    expect(t.states(campaignId)).toEqual({ restarting: 2 });
    cut!.disconnect();
    await t.pass(90_000);
    expect(t.services.campaigns.history(t.user, lost!.deviceId, { page: 1, size: 1 }).list[0]).toMatchObject({
      state: 'failed',
      step: -1,
      desc: 'it came back with 1.0.0',
    });
    cut!.boot(t, '1.1.0');
    await t.settled();
    expect(t.states(campaignId)).toEqual({ updated: 1, failed: 1 });
    expect([lost!.told.length, cut!.told.length]).toEqual([1, 1]);
  });

  test('that names a step at which it failed is believed, and its words are one line', async () => {
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
    t.begin(t.publish());
    await t.settled();
    board!.progress(-3, `wrong_signature: the signature of\n\u001b[31mkey 0 ${'x'.repeat(999)}`);
    const [update] = t.services.campaigns.history(t.user, board!.deviceId, { page: 1, size: 1 }).list;
    expect(update).toMatchObject({ state: 'failed', step: -3 });
    expect(update!.desc).toMatch(/^wrong_signature: the signature of {2}\[31mkey 0 x+$/);
    expect(update!.desc!.length).toBeLessThanOrEqual(256);
  });

  test('that was told, left its session for the download and comes back without it has failed, and is not told again', async () => {
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
    const campaignId = t.begin(t.publish());
    await t.settled();
    board!.disconnect();
    await t.settled();
    expect(t.state(board!)).toBe('pending');
    board!.connect(t);
    board!.progress(-3, 'wrong_signature: the signature of key 0 does not hold');
    await t.settled();
    expect(t.state(board!)).toBe('failed');
    await t.pass(60_000);
    expect(board!.told).toHaveLength(1);
    expect(t.campaign(campaignId).status).toBe('aborted');
  });

  test('that was told and lost its session is at it as soon as it says so', async () => {
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
    t.begin(t.publish());
    await t.settled();
    board!.disconnect();
    await t.settled();
    board!.connect(t);
    board!.progress(35);
    await t.settled();
    expect(t.state(board!)).toBe('downloading');
    await t.pass(10_000);
    expect(board!.told).toHaveLength(1);
  });

  test('whose failure is of an update before this one has not failed', async () => {
    const t = await startDomain();
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
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
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
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
    t.begin(t.publish(), { silentMinutes: 5 });
    for (let percent = 0; percent < 100; percent += 10) {
      await t.pass(4 * 60_000);
      board!.progress(percent);
    }
    expect(t.state(board!)).toBe('downloading');
  });

  test('that runs a newer version is left alone', async () => {
    const t = await startDomain();
    const [board] = await bootBoards(t, 1);
    const campaignId = t.begin(t.publish());
    board!.inform('1.2.0');
    await t.settled();
    expect(t.state(board!)).toBe('skipped');
    expect(t.campaign(campaignId).status).toBe('completed');
  });

  test('is told of the newest campaign, and its older one has nothing to do with it any more', async () => {
    const t = await startDomain();
    const [board, other] = await bootBoards(t, 2);
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
    const t = await startDomain();
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
