import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOta } from '../cli/ota-in-process.js';
import { NO_BROWSER } from '../support/browser.js';
import { temporaryFolder } from '../support/program.js';
import { Desk } from './desk.js';

const HOSTILE = '<img src=x onerror=alert(1)>\u202egnp.exe';
const HOSTILE_SHOWN = '<img src=x onerror=alert(1)>\ufffdgnp.exe';

interface CampaignState {
  readonly status: string;
  readonly endedAt: string | null;
  readonly boards: Readonly<Record<string, number>>;
}

if (NO_BROWSER !== undefined) it.skip(`updates in the panel: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('updates in the panel', () => {
  const folder = temporaryFolder();
  const file = (name: string): string => join(folder.path, name);
  let desk: Desk;

  const pack = async (version: string, key: string): Promise<string> => {
    const knows = ['--update-key', file('key.pem.pub')];
    const { error } = await runOta(
      ...['pack', '--simulator', '--product', 'SW-SERVO-001', '--firmware-version', version, '--key', file(key)],
      ...[...knows, '--out', file(`${version}.slfw`)],
    );
    expect(error).toBeUndefined();
    return file(`${version}.slfw`);
  };
  const upload = (path: string): Promise<void> => desk.page.getByLabel('Upload a package').setInputFiles(path);
  const showUpdates = async (): Promise<void> => {
    await desk.show('updates');
    await desk.page.getByRole('heading', { level: 1, name: 'Updates' }).waitFor();
  };
  const heading = (name: string): Promise<void> => desk.page.getByRole('heading', { level: 1, name }).waitFor();
  const campaignOf = async (): Promise<CampaignState> => {
    const id = desk.page.url().split('/').at(-1);
    return desk.api<CampaignState>('GET', `/ota/campaigns/${id}`);
  };

  beforeAll(async () => {
    for (const key of ['key.pem', 'other.pem']) await runOta('keygen', '--out', file(key));
    desk = await Desk.open({ flags: ['--boards', '2', '--update-key', file('key.pem.pub')] });
  });
  afterAll(async () => {
    await desk?.close();
    folder.remove();
  });

  it('begin with a package, whose upload says how far it is, and why it is refused', async () => {
    await showUpdates();
    await desk.page.getByText('There is no package yet.').waitFor();
    await desk.page.getByText('No campaign yet.').waitFor();
    writeFileSync(file('wrong.slfw'), 'not a package at all, and long enough to be read as the head of one'.repeat(20));
    await upload(file('wrong.slfw'));
    await desk.page
      .getByRole('alert')
      .filter({ hasText: 'wrong.slfw was not taken: what came does not begin as a package' })
      .waitFor();
    writeFileSync(file('large.slfw'), Buffer.alloc(4_194_305));
    await upload(file('large.slfw'));
    await desk.page.getByRole('alert').filter({ hasText: 'larger than 4194304 bytes' }).waitFor();

    const path = await pack('1.1.0', 'key.pem');
    const session = await desk.page.context().newCDPSession(desk.page);
    await session.send('Network.enable');
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 150_000 };
    await session.send('Network.emulateNetworkConditions', slow);
    await upload(path);
    const bar = desk.page.getByRole('progressbar', { name: 'Uploading 1.1.0.slfw' });
    await expect
      .poll(() => bar.evaluate((one) => Number((one as unknown as { value: number }).value)))
      .toBeGreaterThan(0);
    await desk.picture('updates-uploading');
    await desk.page.getByRole('button', { name: 'Cancel' }).click();
    await bar.waitFor({ state: 'detached' });
    await expect.poll(() => desk.page.getByRole('alert').count()).toBe(0);
    await session.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: -1 });

    await upload(path);
    await desk.page.getByText('SW-SERVO-001 1.1.0 is there.').waitFor();
    const row = desk.page.getByRole('row', { name: /^1\.1\.0/ });
    await expect.poll(() => row.innerText()).toMatch(/SW-SERVO-001[\s\S]*ESP32[\s\S]*by key 0[\s\S]*needs key 0/);
  });

  it('are rolled out by a campaign, seen board by board until they are through', async () => {
    await showUpdates();
    await desk.page.getByRole('link', { name: 'Roll out SW-SERVO-001 1.1.0' }).click();
    await heading('Begin a campaign');
    await desk.page.getByLabel('Stages').fill('50, 20');
    await desk.page.getByRole('button', { name: 'Begin' }).click();
    await desk.page.getByText('Percents that rise and end with 100').first().waitFor();
    await expect
      .poll(() => desk.page.getByLabel('Stages').evaluate('document.activeElement.getAttribute("aria-invalid")'))
      .toBe('true');
    await desk.page.getByLabel('Stages').fill('100');
    await desk.page.getByLabel('Name').fill(HOSTILE);
    await desk.page.getByLabel('Which boards').selectOption('chosen');
    await desk.page.getByRole('button', { name: 'Begin' }).click();
    await desk.page.getByText('Choose at least one board.').waitFor();
    const first = desk.page.getByRole('checkbox').first();
    await first.check();
    await desk.page.getByText('1 board chosen').waitFor();
    expect(await desk.faults()).toEqual([]);
    await desk.picture('updates-new');
    await desk.page.getByRole('button', { name: 'Begin' }).click();
    await heading(HOSTILE_SHOWN);
    await expect.poll(() => desk.page.locator('img').count()).toBe(0);
    await desk.page
      .getByRole('progressbar', { name: /^Progress of/ })
      .nth(1)
      .waitFor();
    await desk.picture('updates-campaign-running');
    await desk.page.getByText('1 of 1 updated').waitFor({ timeout: 40_000 });
    await desk.page.getByRole('row').getByText('updated', { exact: true }).waitFor();
    await desk.page.getByText('completed').waitFor();
    expect(await campaignOf()).toMatchObject({ status: 'completed', boards: { total: 1, updated: 1 } });
    expect(await desk.faults()).toEqual([]);
    await desk.picture('updates-campaign-done');

    await desk.page.getByRole('link', { name: /^Updates of/ }).click();
    await desk.page.getByText('1.0.0 → 1.1.0').waitFor();
    expect(await desk.faults()).toEqual([]);
    await desk.picture('updates-history');
  });

  it('are paused, gone on with and aborted, and a package in use is not deleted', async () => {
    await showUpdates();
    await upload(await pack('1.2.0', 'key.pem'));
    await desk.page.getByText('SW-SERVO-001 1.2.0 is there.').waitFor();
    await desk.page.getByRole('link', { name: 'Roll out SW-SERVO-001 1.2.0' }).click();
    await desk.page.getByLabel('Stages').fill('50, 100');
    await desk.page.getByLabel('Name').fill('in stages');
    await desk.page.getByRole('button', { name: 'Begin' }).click();
    await heading('in stages');
    await desk.page.getByRole('button', { name: 'Pause' }).click();
    await desk.page.getByText('Paused: no further boards are told.').waitFor();
    await desk.page.getByRole('button', { name: 'Resume' }).waitFor();
    expect((await campaignOf()).status).toBe('paused');

    await showUpdates();
    await desk.page.getByRole('button', { name: 'Delete SW-SERVO-001 1.2.0' }).click();
    await desk.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await desk.page.getByText('A campaign of this package runs or is paused.').waitFor();
    await desk.page.getByRole('link', { name: 'in stages' }).click();
    await desk.page.getByRole('button', { name: 'Resume' }).click();
    await desk.page.getByRole('button', { name: 'Pause' }).waitFor();
    await desk.page.getByRole('button', { name: 'Abort' }).click();
    await desk.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect((await campaignOf()).status).toBe('running');
    await desk.page.getByRole('button', { name: 'Abort' }).click();
    await desk.page.getByRole('dialog').getByRole('button', { name: 'Abort' }).click();
    await desk.page.getByText('a user aborted it').waitFor();
    expect((await campaignOf()).status).toBe('aborted');
    await desk.page.getByRole('button', { name: /^\d cancelled$/ }).click();
    await expect.poll(() => desk.page.getByRole('row').count()).toBe((await campaignOf()).boards['cancelled']! + 1);
    await desk.picture('updates-campaign-aborted');

    await showUpdates();
    await desk.page.getByRole('button', { name: 'Delete SW-SERVO-001 1.2.0' }).click();
    await desk.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await desk.page.getByText('The package is deleted.').waitFor();
    await expect.poll(() => desk.page.getByRole('button', { name: 'Delete SW-SERVO-001 1.2.0' }).count()).toBe(0);
  });

  it('that fail say where and why in words, and are tried again', async () => {
    const { projectId } = await desk.api<{ projectId: string }>('POST', '/projects', { projectName: 'the shelf' });
    await showUpdates();
    await upload(await pack('1.3.0', 'other.pem'));
    await desk.page.getByRole('link', { name: 'Roll out SW-SERVO-001 1.3.0' }).click();
    await desk.page.getByLabel('Which boards').selectOption('percent');
    await desk.page.getByLabel('Share of the boards').fill('50');
    await desk.page.getByRole('button', { name: 'Begin' }).click();
    await desk.page.getByText('0 of 1 updated, 1 failed').waitFor({ timeout: 30_000 });
    await desk.page.getByText('Checksum or signature: wrong_signature').waitFor();
    await desk.picture('updates-campaign-failed');
    const before = await campaignOf();
    expect(before).toMatchObject({ status: 'aborted', boards: { failed: 1 } });
    await desk.page.getByRole('button', { name: 'Retry the failed' }).click();
    await desk.page.getByText('The boards that failed are told again.').waitFor();
    await expect.poll(async () => (await campaignOf()).endedAt).not.toBe(before.endedAt);
    await expect.poll(async () => (await campaignOf()).status).toBe('aborted');
    await desk.page.getByText('0 of 1 updated, 1 failed').waitFor();

    await desk.show('updates/new');
    await desk.page.getByLabel('Package').selectOption({ label: 'SW-SERVO-001 1.3.0 (ESP32)' });
    await desk.page.getByLabel('Which boards').selectOption('project');
    await desk.page.getByRole('button', { name: 'Begin' }).click();
    await desk.page.getByText('Choose one.').waitFor();
    await desk.page.getByLabel('Project').selectOption({ label: 'the shelf' });
    await desk.page.getByRole('button', { name: 'Begin' }).click();
    await desk.page.getByRole('alert').filter({ hasText: 'This project has no board' }).waitFor();
    await desk.api('PUT', `/devices/${desk.deviceIds[0]}`, { projectId });
    await desk.page.getByRole('button', { name: 'Begin' }).click();
    await desk.page.getByRole('heading', { level: 1, name: /^camp_/ }).waitFor();
    expect((await campaignOf()).boards['total']).toBe(1);
  });

  it('are in Chinese and dark on a phone, and go by keyboard', async () => {
    const { page } = desk;
    await showUpdates();
    await page.getByRole('link', { name: 'Begin a campaign' }).focus();
    await page.keyboard.press('Enter');
    await heading('Begin a campaign');
    await page.getByRole('link', { name: 'All updates' }).focus();
    await page.keyboard.press('Enter');
    await heading('Updates');
    expect(await desk.faults()).toEqual([]);
    await desk.picture('updates');
    await page.setViewportSize({ width: 375, height: 800 });
    await page.getByLabel('Language').selectOption('zh');
    await page.getByLabel('颜色').selectOption('dark');
    await heading('固件更新');
    expect(await desk.faults()).toEqual([]);
    await desk.picture('updates-phone-zh-dark');
    await page.getByRole('link', { name: 'in stages' }).click();
    await page.getByText('已中止').waitFor();
    expect(await desk.faults()).toEqual([]);
    await desk.picture('updates-campaign-phone-zh-dark');
    await desk.show('updates/new');
    await heading('新建升级任务');
    expect(await desk.faults()).toEqual([]);
    await desk.picture('updates-new-phone-zh-dark');
  });

  it('left nothing to complain of but what was refused', () => {
    expect(desk.complaints.filter((one) => !one.startsWith('Failed to load resource'))).toEqual([]);
  });
});
