import { describe, expect, it } from 'vitest';
import { ToldCodes } from '../cloud/support/codes.js';
import { faults, NO_BROWSER } from '../support/browser.js';
import { keepPicture } from './pictures.js';
import { useSmallDesk } from './small-desk.js';

const PHONE = '+4915112345678';

if (NO_BROWSER !== undefined) it.skip(`codes in the panel: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('codes in the panel', () => {
  const desk = useSmallDesk();
  const clipboard = (): Promise<string> => desk.page.evaluate('navigator.clipboard.readText()');

  it('come by themselves, the newest first, with the time that they have left, and go when they are used', async () => {
    const told = new ToldCodes(desk.cloud);
    await desk.signIn('#/codes');
    await desk.page.getByText('No code is waiting.').waitFor();
    const first = await told.ask(PHONE, 'register');
    await desk.page.getByText(first).waitFor();
    const second = await told.ask('anna@example.com', 'login');
    await desk.page.getByText(second).waitFor();
    const rows = await desk.page.getByRole('row').allInnerTexts();
    expect(rows[1]).toContain(second);
    expect(rows[1]).toMatch(/anna@example\.com[\s\S]*a login[\s\S]*4 min \d+ s/);
    expect(rows[2]).toMatch(/\+4915112345678[\s\S]*SMS[\s\S]*a new account/);
    const left = (): Promise<string> => desk.page.getByRole('row').nth(1).getByRole('cell').last().innerText();
    const before = await left();
    await expect.poll(left).not.toBe(before);
    await desk.page.getByRole('button', { name: `Copy the code for ${PHONE}` }).click();
    await desk.page.getByText('Copied').waitFor();
    expect(await clipboard()).toBe(first);
    expect(await faults(desk.page)).toEqual([]);
    await keepPicture(desk.page, 'codes');

    const { apiUrl } = desk.cloud.cloud;
    const body = JSON.stringify({ username: PHONE, phone: PHONE, password: 'secret-1', code: first });
    await fetch(`${apiUrl}/api/midpauthc/user/mgt/register/v1`, { method: 'POST', body });
    await desk.page.getByText(first).waitFor({ state: 'detached' });
    await desk.page.getByText(second).waitFor();
  });

  it('to an address that somebody made up are text', async () => {
    const told = new ToldCodes(desk.cloud);
    await desk.signIn('#/codes');
    await told.ask('"<img/src=x/onerror=alert(1)>"@example.com', 'login').catch(() => undefined);
    const code = await told.ask('anna@example.com', 'reset').catch(() => told.last.code);
    await desk.page.getByText(code).waitFor();
    await expect.poll(() => desk.page.locator('main img').count()).toBe(0);
  });

  it('stand beside the user domain, whose secret is in the page only while it is asked for', async () => {
    const secret = 'a-secret-of-the-user-domain';
    await desk.signIn('#/codes');
    await desk.page.getByText('C.DM.10271.5').waitFor();
    expect(await desk.page.content()).not.toContain(secret);
    await desk.page.getByRole('button', { name: 'Show the secret' }).click();
    await desk.page.getByText(secret).waitFor();
    await desk.page.getByRole('button', { name: 'Copy the secret' }).click();
    await desk.page.getByText('Copied').waitFor();
    expect(await clipboard()).toBe(secret);
    await keepPicture(desk.page, 'codes-secret');
    await desk.page.getByRole('button', { name: 'Hide the secret' }).click();
    expect(await desk.page.content()).not.toContain(secret);

    await desk.page.getByRole('button', { name: 'Show the secret' }).click();
    await desk.page.getByText(secret).waitFor();
    await desk.page.getByRole('link', { name: 'Account' }).click();
    await desk.page.getByRole('link', { name: 'Codes' }).click();
    await desk.page.getByText('hidden').waitFor();
    expect(await desk.page.content()).not.toContain(secret);
    expect(JSON.stringify(await desk.storage())).not.toContain(secret);
    expect(await desk.page.getByRole('link', { name: 'reference' }).getAttribute('href')).toBe('/docs');
  });

  it('are told to nobody but who runs the cloud', async () => {
    const other = { name: 'anna', password: 'secret-1' };
    await desk.cloud.call('POST', '/users/register', { username: other.name, password: other.password });
    const code = await new ToldCodes(desk.cloud).ask(PHONE, 'login');
    await desk.signIn('#/codes', other);
    await desk.page.getByText('only the development account sees them').waitFor();
    expect(await desk.page.content()).not.toContain(code);
    await expect.poll(() => desk.page.getByRole('button', { name: 'Show the secret' }).count()).toBe(0);
    expect(await faults(desk.page)).toEqual([]);
  });

  it('are in Chinese and dark on a phone, too', async () => {
    await new ToldCodes(desk.cloud).ask(PHONE, 'reset');
    await desk.page.setViewportSize({ width: 375, height: 700 });
    await desk.signIn('#/codes');
    await desk.page.getByLabel('Language').selectOption('zh');
    await desk.page.getByLabel('颜色').selectOption('dark');
    await desk.page.getByText('重置密码').waitFor();
    expect(await faults(desk.page)).toEqual([]);
    await keepPicture(desk.page, 'codes-phone-zh-dark');
  });
});
