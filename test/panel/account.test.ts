import { describe, expect, it } from 'vitest';
import { USER } from '../cloud/support/fixture.js';
import { faults, NO_BROWSER } from '../support/browser.js';
import { keepPicture } from './pictures.js';
import { useSmallDesk } from './small-desk.js';

const HOSTILE = '<img src=x onerror=alert(1)>\u202egnp.exe';

if (NO_BROWSER !== undefined) it.skip(`the account in the panel: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('the account in the panel', () => {
  const desk = useSmallDesk({ tls: { httpsPort: 0, mqttsPort: 0, mtlsPort: 0 } });
  const clipboard = (): Promise<string> => desk.page.evaluate('navigator.clipboard.readText()');
  const create = async (description: string): Promise<void> => {
    await desk.page.getByRole('button', { name: 'Create an API key' }).click();
    await desk.page.getByLabel('Description').fill(description);
    await desk.page.getByRole('button', { name: 'Create', exact: true }).click();
    await desk.page.getByRole('dialog', { name: 'The new API key' }).waitFor();
  };

  it('is who is signed in, and where the cloud is', async () => {
    await desk.signIn('#/account');
    const main = desk.page.getByRole('main');
    await main.getByText(USER.name).first().waitFor();
    for (const url of [desk.cloud.cloud.apiUrl, 'mqtt://127.0.0.1:', 'ws://127.0.0.1:']) {
      await expect.poll(() => main.getByText(url).count()).toBeGreaterThan(0);
    }
    expect(await main.getByRole('link', { name: 'ca.pem' }).getAttribute('href')).toBe('/ca.pem');
    await main.getByRole('button', { name: 'Copy the fingerprint' }).click();
    await desk.page.getByText('Copied').waitFor();
    expect(await clipboard()).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    for (const [name, path] of [
      ['API reference', '/docs'],
      ['OpenAPI document', '/openapi.json'],
    ] as const) {
      expect(await main.getByRole('link', { name }).getAttribute('href')).toBe(path);
      expect((await fetch(new URL(path, desk.url))).status).toBe(200);
    }
    expect(await faults(desk.page)).toEqual([]);
    await keepPicture(desk.page, 'account');
  });

  it('does not leave a question to who signs in next', async () => {
    await desk.signIn('#/account');
    await desk.page.getByText('No API key yet.').waitFor();
    await create('for a test');
    await desk.page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await desk.page.getByRole('button', { name: /^Delete / }).click();
    await desk.page.getByRole('dialog', { name: 'Delete this API key?' }).waitFor();
    const { hash } = new URL(desk.cloud.cloud.signInLink());
    await desk.page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await desk.page.getByRole('heading', { level: 1, name: 'Boards' }).waitFor();
    await expect.poll(() => desk.page.getByRole('dialog').count()).toBe(0);
  });

  it('has API keys whose secret is shown once, and is nowhere when its dialog is closed', async () => {
    await desk.signIn('#/account');
    await desk.page.getByText('No API key yet.').waitFor();
    await create('for a test');
    const dialog = desk.page.getByRole('dialog');
    const text = await dialog.locator('pre').innerText();
    const [, key, secret] = /^X-API-Key: (\S+)\nX-API-Secret: (\S+)$/.exec(text) ?? [];
    await dialog.getByText('It is shown once').waitFor();
    expect(await faults(desk.page)).toEqual([]);
    await keepPicture(desk.page, 'account-new-key');
    for (const [button, copied] of [
      ['Copy the secret alone', secret],
      ['Copy the key alone', key],
      ['Copy', text],
    ] as const) {
      await dialog.getByRole('button', { name: button, exact: true }).click();
      await expect.poll(clipboard).toBe(copied);
    }
    await desk.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    for (const part of [key!, secret!]) {
      expect(await desk.page.content()).not.toContain(part);
      expect(JSON.stringify(await desk.storage())).not.toContain(part);
    }
    await desk.page.getByText('for a test').waitFor();
    const me = () => desk.cloud.call('GET', '/users/me', undefined, { 'x-api-key': key!, 'x-api-secret': secret! });
    expect((await me()).body.data.username).toBe(USER.name);

    await desk.page.getByRole('button', { name: 'Delete for a test' }).click();
    await desk.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    expect((await me()).status).toBe(200);
    await desk.page.getByRole('button', { name: 'Delete for a test' }).click();
    await desk.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await desk.page.getByText('No API key yet.').waitFor();
    expect((await me()).status).toBe(401);
  });

  it('shows what somebody wrote as text, and turns nothing around', async () => {
    await desk.cloud.as('POST', '/users/api-keys', { description: HOSTILE });
    await desk.signIn('#/account');
    await desk.page.getByText('<img src=x onerror=alert(1)>\ufffdgnp.exe').waitFor();
    await desk.page.getByRole('button', { name: /^Delete <img/ }).click();
    await desk.page.getByRole('dialog').getByText('<img src=x').waitFor();
    await expect.poll(() => desk.page.locator('img').count()).toBe(0);
  });

  it('has as many keys as there may be, a page at a time', async () => {
    for (let count = 0; count < 100; count++) {
      await desk.cloud.as('POST', '/users/api-keys', { description: `key ${count}` });
    }
    await desk.signIn('#/account');
    await desk.page.getByText('1–10 of 100').waitFor();
    await desk.page.getByRole('button', { name: 'Next' }).click();
    await desk.page.getByText('11–20 of 100').waitFor();
    await desk.page.getByRole('button', { name: 'Create an API key' }).click();
    await desk.page.getByRole('button', { name: 'Create', exact: true }).click();
    await desk.page.getByRole('alert').filter({ hasText: 'at most 100 API keys' }).waitFor();
  });

  it('is signed out of there, and changes language and colours', async () => {
    await desk.page.setViewportSize({ width: 375, height: 700 });
    await desk.signIn('#/account');
    const main = desk.page.getByRole('main');
    await main.getByRole('combobox', { name: 'Language' }).selectOption('zh');
    await main.getByRole('combobox', { name: '颜色' }).selectOption('dark');
    await main.getByRole('heading', { name: 'API 密钥' }).waitFor();
    expect(await faults(desk.page)).toEqual([]);
    await keepPicture(desk.page, 'account-phone-zh-dark');
    await main.getByRole('button', { name: '退出登录' }).click();
    await desk.page.getByRole('heading', { level: 1, name: '登录' }).waitFor();
  });
});
