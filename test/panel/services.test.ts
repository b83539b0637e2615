import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/browser.js';
import { Desk } from './desk.js';

const PHONE = { width: 375, height: 800 };

if (NO_BROWSER !== undefined) it.skip(`services in a browser: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('the services of a board', () => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await Desk.open();
    await desk.show(`boards/${desk.deviceIds[0]}/services`);
    await desk.page.getByRole('heading', { name: 'Ask for values' }).waitFor();
  });
  afterAll(() => desk?.close());
  afterEach(() => expect(desk.complaints).toEqual([]));

  const button = (name: string): Locator => desk.page.getByRole('button', { name, exact: true });
  const call = (): Locator => desk.page.getByRole('log', { name: 'Calls' }).locator('li').first();
  const answered = async (service: string, outcome: string | RegExp): Promise<string> => {
    await call().filter({ hasText: service }).getByText(outcome).waitFor();
    return call().innerText();
  };
  const confirm = async (service: string): Promise<void> => {
    await button(`${service}…`).click();
    await desk.page.getByRole('dialog').getByRole('button', { name: service }).click();
  };

  it('ask for values, all or some, and show what was sent, what came back and how long it took', async () => {
    await button('Ask').click();
    const all = await answered('property.get', 'the board said yes (200)');
    expect(all).toContain('without parameters');
    expect(all).toMatch(/"angle": \d+/);
    expect(all).toContain('"position"');
    expect(all).toMatch(/took \d+ ms/);
    await desk.page.getByLabel('Angle', { exact: true }).check();
    await button('Ask').click();
    await call().getByText('"angle"', { exact: false }).first().waitFor();
    const some = await answered('property.get', 'the board said yes (200)');
    expect(some).toMatch(/"angle": \d+/);
    expect(some).not.toContain('position');
    await desk.picture('services');
    expect(await desk.faults()).toEqual([]);
  });

  it('restart the board once that is confirmed, and not before', async () => {
    await button('Restart…').click();
    await desk.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => call().innerText()).not.toContain('restart');
    await confirm('Restart');
    await answered('restart', 'the board said yes (200)');
    await desk.program.printed('stderr', '"reason":"restart"');
    await expect.poll(() => desk.api('GET', `/devices/${desk.deviceIds[0]}`)).toMatchObject({ status: 'online' });
  });

  it('read the log of the board', async () => {
    await button('Read its log').click();
    await answered('getLog', 'the board said yes (200)');
    const log = desk.page.getByRole('region', { name: 'Its log' });
    await log.getByText('"name"').first().waitFor();
    await desk.picture('services-log');
  });

  it('open the board for set-up once that is confirmed', async () => {
    await confirm('Open set-up');
    await answered('openProvisioning', 'the board said yes (200)');
    await desk.program.printed('stderr', '"event":"setup_opened"');
  });

  it('are refused by the board in its own words, by any name, with parameters that are JSON', async () => {
    await desk.page.getByLabel('Service', { exact: true }).fill('selfDestruct');
    await desk.page.getByLabel('Parameters (JSON)').fill('{"now":tru}');
    await button('Call').click();
    await desk.page.getByText('It stops being JSON at line 1, column 8.').waitFor();
    await desk.page.getByLabel('Parameters (JSON)').fill('{"now":"<img src=x onerror=alert(1)>"}');
    await button('Call').click();
    const refused = await answered('selfDestruct', 'the board said no (460)');
    expect(refused).toContain('unknown service');
    expect(refused).toContain('<img src=x onerror=alert(1)>');
    await desk.page.getByLabel('Service', { exact: true }).fill('../control');
    await button('Call').click();
    await answered('../control', 'no answer of the board');
    expect(desk.complaints.splice(0)).toEqual([expect.stringContaining('status of 4')]);
  });

  it('say what the cloud says where the board may not be commanded', async () => {
    await desk.api('PUT', `/devices/${desk.deviceIds[0]}`, { status: 'disabled' });
    await button('Ask').click();
    expect(await answered('property.get', 'no answer of the board')).toContain('device disabled');
    await desk.picture('services-refused');
    expect(desk.complaints.splice(0)).toEqual([expect.stringContaining('status of 403')]);
    await desk.api('PUT', `/devices/${desk.deviceIds[0]}`, { status: 'offline' });
  });

  it('are whole in Chinese, on a phone and in the dark', async () => {
    await desk.page.getByLabel('Language').selectOption('zh');
    await desk.page.getByLabel('颜色').selectOption('dark');
    await desk.page.setViewportSize(PHONE);
    await desk.page.getByRole('heading', { name: '读取属性' }).waitFor();
    expect(await desk.faults()).toEqual([]);
    expect(await desk.page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await desk.picture('services-phone-dark-zh');
  });
});
