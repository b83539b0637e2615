import { describe, expect, it } from 'vitest';
import { USER } from '../cloud/support/fixture.js';
import { faults, NO_BROWSER } from '../support/browser.js';
import { keepPicture } from './pictures.js';
import { useSmallDesk } from './small-desk.js';

if (NO_BROWSER !== undefined) it.skip(`signing in to the panel: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('signing in to the panel', () => {
  const desk = useSmallDesk();

  const boards = (on = desk.page): Promise<void> => on.getByRole('heading', { level: 1, name: 'Boards' }).waitFor();
  const form = (on = desk.page): Promise<void> => on.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  const fill = async (password: string, account = USER.name): Promise<void> => {
    await desk.page.getByLabel('Account').fill(account);
    await desk.page.getByLabel('Password').fill(password);
    await desk.page.getByRole('button', { name: 'Sign in' }).click();
  };
  /** Every address that the tab has been at, as the browser keeps it. */
  const visited = async (): Promise<string[]> => {
    const { entries } = await (await desk.context.newCDPSession(desk.page)).send('Page.getNavigationHistory');
    return entries.map((entry) => entry.url);
  };
  const isRefused = async (of: string): Promise<boolean> =>
    (await desk.cloud.call('GET', '/users/me', undefined, { authorization: `Bearer ${of}` })).status === 401;
  const alert = (text: string | RegExp, on = desk.page): Promise<void> =>
    on.getByRole('alert').filter({ hasText: text }).waitFor();

  it('by the link is done once, and leaves no code behind in the address, its history or the storage', async () => {
    const link = desk.cloud.cloud.signInLink();
    const code = new URL(link).hash.slice('#code='.length);
    await desk.page.goto(link);
    await boards();
    expect(desk.page.url()).toBe(desk.url);
    expect((await visited()).join()).not.toContain(code);
    expect(JSON.stringify(await desk.storage())).not.toContain(code);
    expect(await desk.page.content()).not.toContain(code);
    await desk.page.reload();
    await boards();

    const second = await desk.context.newPage();
    await second.goto(link);
    await form(second);
    await alert('This link was used before, or is too old.', second);
    expect(second.url()).toBe(desk.url);
    expect(await second.content()).not.toContain(code);
  });

  it('by a link that was made up is refused, whatever is in it', async () => {
    for (const code of ['wrong', '%00%FF', '"><img src=x onerror=alert(1)>', 'x'.repeat(5_000)]) {
      await desk.page.goto(`${desk.url}#code=${code}`);
      await alert('This link was used before, or is too old.');
      expect(desk.page.url()).toBe(desk.url);
      await desk.page.goto('about:blank');
    }
    expect((await visited()).join()).not.toContain('code=');
    await expect.poll(() => desk.page.locator('img').count()).toBe(0);
  });

  it('by a link where somebody is signed in already begins a new login, and ends the one before', async () => {
    await desk.signIn();
    await boards();
    const { token: before } = await desk.login();
    await desk.page.goto(desk.cloud.cloud.signInLink());
    await expect.poll(async () => (await desk.login()).token).not.toBe(before);
    await boards();
    expect(await isRefused(before)).toBe(true);
    expect((await visited()).join()).not.toContain('code=');
  });

  it('by a link that does not hold leaves who is signed in signed in, and says why', async () => {
    await desk.signIn();
    await boards();
    const { token: before } = await desk.login();
    await desk.page.goto(`${desk.url}#code=wrong`);
    await desk.page.getByRole('status').getByText('the link was used').waitFor();
    await boards();
    expect((await desk.login()).token).toBe(before);
    expect((await visited()).join()).not.toContain('code=');
  });

  it('goes to what is missing or wrong, in words, and forgets a wrong password', async () => {
    await desk.page.goto(desk.url);
    await form();
    await fill('', '');
    await desk.page.getByText('Say which account.').waitFor();
    await desk.page.getByText('Give its password.').waitFor();
    await expect.poll(() => desk.page.evaluate('document.activeElement.name')).toBe('username');
    await fill('wrong-password');
    await desk.page.getByText('The account or its password is wrong.').waitFor();
    const password = desk.page.getByLabel('Password');
    await expect.poll(() => desk.page.evaluate('document.activeElement.name')).toBe('password');
    await expect.poll(() => password.inputValue()).toBe('');
    expect(await password.getAttribute('aria-invalid')).toBe('true');
    await keepPicture(desk.page, 'sign-in-wrong');
    await fill(USER.password);
    await boards();
    expect(JSON.stringify(await desk.storage())).not.toContain(USER.password);
  });

  it('is known to password managers', async () => {
    await desk.page.goto(desk.url);
    await form();
    expect(await desk.page.getByLabel('Account').getAttribute('autocomplete')).toBe('username');
    expect(await desk.page.getByLabel('Password').getAttribute('autocomplete')).toBe('current-password');
    expect(await desk.page.getByLabel('Password').getAttribute('type')).toBe('password');
  });

  it('is told to wait after too many attempts, and for how long', async () => {
    for (let attempt = 0; attempt < 10; attempt++) {
      await desk.cloud.login({ name: USER.name, password: 'wrong-password' });
    }
    await desk.page.goto(desk.url);
    await form();
    await fill(USER.password);
    await alert(/There were too many attempts\. The next one is taken at \d\d:\d\d:\d\d\./);
    expect(await desk.page.getByRole('button', { name: /Sign in \(in \d+ s\)/ }).isDisabled()).toBe(true);
    expect(await faults(desk.page)).toEqual([]);
    await keepPicture(desk.page, 'sign-in-too-many');
  });

  it('says so where the cloud is away, and goes on when it is back', async () => {
    await desk.page.goto(desk.url);
    await form();
    await desk.page.route('**/users/login', (route) => route.abort('connectionrefused'));
    await fill(USER.password);
    await alert('The cloud does not answer.');
    await desk.page.unroute('**/users/login');
    await desk.page.getByRole('button', { name: 'Sign in' }).click();
    await boards();
  });

  it('again after a login was ended elsewhere says why, and leads back to the same place', async () => {
    await desk.signIn('#/codes');
    await desk.page.getByText('No code is waiting.').waitFor();
    await desk.cloud.call('POST', '/users/logout', undefined, {
      authorization: `Bearer ${(await desk.login()).token}`,
    });
    await alert('Your login has ended');
    expect(desk.page.url()).toBe(`${desk.url}#/codes`);
    expect((await desk.storage()).session).toEqual({});
    await keepPicture(desk.page, 'sign-in-lapsed');
    await fill(USER.password);
    await desk.page.getByRole('heading', { level: 1, name: 'Codes' }).waitFor();
  });

  it('out forgets the tokens here, and ends them at the cloud', async () => {
    await desk.signIn();
    await boards();
    const before = await desk.login();
    await desk.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
    await form();
    await expect.poll(() => desk.page.getByRole('alert').count()).toBe(0);
    expect((await desk.storage()).session).toEqual({});
    await expect.poll(() => isRefused(before.token)).toBe(true);
    const renewed = await desk.cloud.call('POST', '/users/refresh-token', { refreshToken: before.refreshToken });
    expect(renewed.status).toBe(401);
    await desk.page.reload();
    await form();
    await desk.page.goBack();
    await desk.page.goForward();
    expect((await desk.storage()).session).toEqual({});
  });

  it('is for one tab: a reload keeps it, another tab has none; what stays beyond the session is taste alone', async () => {
    await desk.signIn();
    await boards();
    await desk.page.getByLabel('Language').selectOption('zh');
    await desk.page.getByLabel('颜色').selectOption('dark');
    await desk.page.reload();
    await desk.page.getByRole('banner').getByText(USER.name).waitFor();
    expect((await desk.storage()).local).toEqual({ 'smartlink.language': 'zh', 'smartlink.theme': 'dark' });
    expect(Object.keys((await desk.storage()).session)).toEqual(['smartlink.login']);
    expect(await desk.context.cookies()).toEqual([]);
    const other = await desk.context.newPage();
    await other.goto(desk.url);
    await other.getByRole('heading', { level: 1, name: '登录' }).waitFor();
    expect(await faults(other)).toEqual([]);
    await keepPicture(other, 'sign-in-zh-dark');
  });

  it('renews its tokens by itself, and goes on', async () => {
    await desk.signIn();
    await boards();
    const before = await desk.login();
    await desk.page.evaluate(
      `const login = JSON.parse(sessionStorage.getItem('smartlink.login')); sessionStorage.setItem('smartlink.login', JSON.stringify({ ...login, until: Date.now() }))`,
    );
    await desk.page.reload();
    await boards();
    await expect.poll(async () => (await desk.login()).refreshToken).not.toBe(before.refreshToken);
  });

  it('is done by keyboard alone, on a phone, without faults', async () => {
    await desk.page.setViewportSize({ width: 375, height: 700 });
    await desk.page.goto(desk.url);
    await form();
    expect(await faults(desk.page)).toEqual([]);
    await keepPicture(desk.page, 'sign-in-phone');
    // The password has the focus.
    await desk.page.keyboard.press('Shift+Tab');
    await desk.page.keyboard.press('ControlOrMeta+A');
    await desk.page.keyboard.type(USER.name);
    await desk.page.keyboard.press('Tab');
    await desk.page.keyboard.type(USER.password);
    await desk.page.keyboard.press('Enter');
    await boards();
  });
});
