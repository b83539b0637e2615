import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_BROWSER } from '../support/browser.js';
import { Desk } from './desk.js';

if (NO_BROWSER !== undefined) it.skip(`sensors in a browser: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('a sensor in a browser', () => {
  let desk: Desk;

  beforeAll(async () => {
    desk = await Desk.open({ flags: ['--product', 'SW-SENSE-001'] });
  });
  afterAll(() => desk?.close());

  const posted = (name: string): Promise<string> =>
    desk.page.locator('.reported dl > div', { hasText: name }).locator('dd').innerText();

  it('posts what a hand does to its contact and its voltage, each named as its product names it', async () => {
    const contact = desk.page.getByRole('switch', { name: 'Window closed' });
    await expect.poll(() => posted('Window closed')).toBe('No');
    await contact.click();
    await expect.poll(() => posted('Window closed')).toBe('Yes');
    expect(await contact.getAttribute('aria-checked')).toBe('true');
    await desk.page.getByRole('slider', { name: 'Soil moisture' }).fill('80');
    await expect.poll(async () => Math.round(Number.parseFloat(await posted('Soil moisture')))).toBe(80);
    await desk.picture('boards-sensor');
    expect(desk.complaints).toEqual([]);
  });

  it('has nothing that could be moved from afar', async () => {
    await expect.poll(() => desk.page.getByRole('group', { name: /^Command/ }).count()).toBe(0);
  });
});
