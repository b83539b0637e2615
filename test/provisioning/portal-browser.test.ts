import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SetupFailure, SetupState } from '../../src/provisioning/setup-desk.js';
import { faults, launch, NO_BROWSER } from '../support/browser.js';
import { LivePortal, NETWORKS, phone } from './browser.js';

const DONE: SetupState = { stage: 'done', ssid: 'home', address: '10.0.0.7', deviceId: 'd-1' };
const JOINING: SetupState = { stage: 'joining', ssid: 'home' };

if (NO_BROWSER !== undefined) it.skip(`the page in a browser: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('the page in a real browser, on a phone,', () => {
  let browser: Browser;
  let portal: LivePortal;
  let page: Page;

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    portal = await new LivePortal().ready();
  });
  afterEach(async () => {
    await page.context().close();
    portal.close();
  });

  const open = async (options = {}): Promise<void> => {
    page = await phone(browser, portal.url, options);
    await page.getByRole('radio').nth(NETWORKS.length).waitFor();
  };
  const text = (id: string): Promise<string> => page.locator(`#${id}`).innerText();
  const headline = (name: string | RegExp): Promise<void> => page.getByRole('heading', { level: 2, name }).waitFor();
  const submit = async (): Promise<void> => {
    await page.getByRole('radio', { name: 'home' }).check();
    await page.getByLabel('Password of the network').fill('password1');
    await page.getByRole('button', { name: 'Connect' }).click();
    await headline('Joining “home”…');
  };

  it('shows the board and the networks around it, whose names are text, and asks nobody else for anything', async () => {
    const asked = new Set<string>();
    browser.on('context', (context) => context.on('request', (request) => asked.add(new URL(request.url()).origin)));
    await open();
    expect(await text('board')).toBe('Switch servo, serial number A0B1C2D3E4F5, firmware 1.2.3.');
    const names = await page.locator('#networks .name').allInnerTexts();
    expect(names).toEqual(NETWORKS.map(({ ssid }) => ssid));
    expect(await page.getByRole('radio', { name: 'home strong signal, password needed' }).count()).toBe(1);
    expect(await page.getByRole('radio', { name: '咖啡馆 ☕ 免费 good signal, open' }).count()).toBe(1);
    expect([...asked].filter((origin) => origin !== 'null')).toEqual([new URL(portal.url).origin]);
    expect(await page.title()).toBe('Set up your board');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  it('speaks Chinese to whom speaks it, and either to whom asks', async () => {
    await open({ locale: 'zh-CN' });
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('设置您的设备');
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN');
    expect(await text('board')).toContain('开关舵机');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Set up your board');
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    await page.getByRole('button', { name: '中文' }).click();
    expect(await page.getByRole('button', { name: '连接' }).count()).toBe(1);
  });

  it.each([
    ['en-US', 'light'],
    ['zh-CN', 'dark'],
  ] as const)('is clean to axe in every state (%s, %s)', async (locale, colorScheme) => {
    await open({ locale, colorScheme });
    expect(await faults(page)).toEqual([]);
    await page.locator('#more summary').click();
    await page.locator('#care summary').click();
    await page.locator('#reset').click();
    await page.locator('#other').check();
    await page.locator('#send').click();
    expect(await faults(page)).toEqual([]);
    const failed: SetupState = {
      stage: 'failed',
      ssid: 'home',
      reason: 'cloud_refused',
      detail: 'invalid_product_key',
    };
    for (const state of [JOINING, { ...JOINING, stage: 'activating', address: '' } as const, failed, DONE]) {
      portal.desk.state = state;
      await page.reload();
      await page.locator('#board:not(:empty)').waitFor();
      expect(await faults(page)).toEqual([]);
    }
  });

  it('sets the board up, with the keyboard alone', async () => {
    await open({ hasTouch: false, isMobile: false });
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const focused = (): Promise<string> =>
      page.evaluate('document.activeElement.id || document.activeElement.value || document.activeElement.tagName');
    await press('Tab');
    expect(await focused()).toBe('language');
    await press('Tab', 'Space');
    expect(await focused()).toBe('home');
    await press('ArrowDown', 'ArrowUp', 'Tab');
    expect(await focused()).toBe('refresh');
    await press('Tab');
    expect(await focused()).toBe('password');
    await page.keyboard.type('short');
    await press('Enter');
    await page.getByText('A password has at least 8 characters.').waitFor();
    expect(await focused()).toBe('password');
    await page.keyboard.type('password');
    await press('Tab', 'Space');
    expect(await page.getByLabel('Password of the network').inputValue()).toBe('shortpassword');
    expect(await page.getAttribute('#password', 'type')).toBe('text');
    await press('Tab');
    expect(await focused()).toBe('SUMMARY');
    await press('Enter', 'Tab');
    expect(await focused()).toBe('apiUrl');
    await page.keyboard.type('http://10.0.0.1:8080/');
    await press('Tab');
    await page.keyboard.type('t0ken');
    await press('Tab', 'Enter');
    await headline('Joining “home”…');
    expect(await focused()).toBe('headline');
    expect(portal.desk.requests).toEqual([
      { ssid: 'home', password: 'shortpassword', apiUrl: 'http://10.0.0.1:8080', bindToken: 't0ken' },
    ]);
    portal.desk.state = { ...JOINING, stage: 'activating', address: '10.0.0.7' };
    await headline('Connected to “home”. Signing in to the cloud…');
    expect(await text('announcer')).toBe('Connected to “home”. Signing in to the cloud…');
    portal.desk.state = DONE;
    await headline('Your board is set up');
    expect(await focused()).toBe('headline');
    expect(await text('detail')).toBe('Network: home. Address: 10.0.0.7. Device ID: d-1.');
    await expect.poll(() => portal.desk.log.includes('told portal')).toBe(true);
  });

  it('offers the environments that the board knows, where it knows several, and names one that is chosen', async () => {
    await open();
    await page.locator('#more summary').click();
    expect(await page.getByLabel('Environment').isVisible()).toBe(false);
    portal.desk.identity = { ...portal.desk.identity, environments: ['release', 'test'] };
    await page.reload();
    await page.locator('#more summary').click();
    expect(await page.getByLabel('Environment').locator('option').allInnerTexts()).toEqual(['Release', 'Test']);
    expect(await faults(page)).toEqual([]);
    await submit();
    expect(portal.desk.requests.pop()).toEqual({ ssid: 'home', password: 'password1' });

    portal.desk.state = { stage: 'idle' };
    await page.reload();
    await page.locator('#more summary').click();
    await page.getByLabel('Environment').selectOption('Test');
    expect(await text('apiUrl-hint')).toBe('Empty: the address of this environment.');
    await page.getByRole('button', { name: '中文' }).click();
    expect(await page.getByLabel('环境').locator('option').allInnerTexts()).toEqual(['正式', '测试']);
    await page.getByRole('button', { name: 'English' }).click();
    portal.desk.problem = { field: 'apiUrl', code: 'not_secure', message: '' };
    await page.getByRole('radio', { name: 'home' }).check();
    await page.getByLabel('Password of the network').fill('password1');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('This environment is secured: the address must begin with https://.').waitFor();
    portal.desk.problem = undefined;
    await page.getByRole('button', { name: 'Connect' }).click();
    await headline('Joining “home”…');
    expect(portal.desk.requests).toEqual([{ ssid: 'home', password: 'password1', environment: 'test' }]);
  });

  it('works over a slow network', async () => {
    page = await phone(browser, 'about:blank', { isHurried: false });
    const session = await page.context().newCDPSession(page);
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 1_000,
      downloadThroughput: 8_000,
      uploadThroughput: 4_000,
    });
    await page.goto(portal.url);
    await page.getByRole('radio', { name: 'home' }).waitFor();
    await submit();
    portal.desk.state = DONE;
    await headline('Your board is set up');
  });

  const failures: Record<SetupFailure, readonly [string, string]> = {
    wrong_password: ['The password of “home” is not right', 'Type it again'],
    no_such_network: ['The board cannot find “home”', '2.4 GHz'],
    no_address: ['“home” gave the board no address', 'DHCP'],
    lost: ['The connection to “home” broke off', 'closer'],
    not_stored: ['The board could not keep the settings', 'power'],
    cloud_unreachable: ['Connected to “home”, but the cloud does not answer', 'Internet'],
    cloud_refused: ['The cloud does not accept this board', 'product key'],
  };

  it('gives the reason of a failure and its mend, over a form that is still filled in', async () => {
    await open();
    await submit();
    for (const [reason, [said, mend]] of Object.entries(failures)) {
      portal.desk.state = { stage: 'failed', ssid: 'home', reason: reason as SetupFailure, detail: '<b>why</b>' };
      await headline(said);
      expect(await text('advice')).toContain(mend);
      expect(await text('detail')).toBe('<b>why</b>');
      expect(await page.getByLabel('Password of the network').inputValue()).toBe('password1');
      expect(await page.getByRole('radio', { name: 'home' }).isChecked()).toBe(true);
      await page.getByRole('button', { name: 'Connect' }).click();
      await headline('Joining “home”…');
    }
    expect(portal.desk.requests.length).toBe(8);
  });

  it('follows a board that reaches its cloud after all', async () => {
    portal.desk.state = { stage: 'failed', ssid: 'home', reason: 'cloud_unreachable' };
    await open();
    await headline(/cloud does not answer/);
    portal.desk.state = DONE;
    await headline('Your board is set up');
    await page.getByRole('button', { name: 'Set it up again' }).click();
    await page.getByRole('button', { name: 'Connect' }).waitFor();
  });

  it('keeps trying while the phone has lost the board, says what to do, and shows the result when it is back', async () => {
    await open();
    await submit();
    portal.close();
    await page.getByText('choose “SmartLink-E4F5” in the phone’s Wi-Fi settings').waitFor();
    portal.desk.state = { stage: 'failed', ssid: 'home', reason: 'wrong_password' };
    portal.reopen();
    await headline('The password of “home” is not right');
    expect(await text('lost')).toBe('');
  });

  it('has a request sent again that was lost with the network', async () => {
    await open();
    await page.getByRole('radio', { name: 'home' }).check();
    await page.getByLabel('Password of the network').fill('password1');
    portal.close();
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('this page keeps trying').waitFor();
    portal.reopen();
    await page.getByText('The board seems not to have got your request.').waitFor();
    await page.getByRole('button', { name: 'Connect' }).click();
    await headline('Joining “home”…');
  });

  it('takes no other board for this one', async () => {
    await open();
    await submit();
    portal.desk.identity.serial = 'ANOTHER';
    portal.desk.state = DONE;
    await page.getByText('this page keeps trying').waitFor();
    expect(await text('headline')).toBe('Joining “home”…');
  });

  it('takes the name of a hidden network, and wants no password where none is needed', async () => {
    await open();
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('Choose a network, or type its name.').waitFor();
    await page.getByRole('radio', { name: '咖啡馆' }).check();
    expect(await page.getByLabel('Password of the network').isVisible()).toBe(false);
    await page.getByRole('radio', { name: 'home' }).check();
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('This network needs a password.').waitFor();
    await page.getByRole('radio', { name: 'Another network, or a hidden one' }).check();
    await page.getByLabel('Name of the network').fill('😀'.repeat(9));
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('The name is too long: at most 32 bytes.').waitFor();
    await page.getByLabel('Name of the network').fill('"hidden" <net>');
    await page.getByRole('button', { name: 'Connect' }).click();
    await headline('Joining “"hidden" <net>”…');
    expect(portal.desk.requests).toEqual([{ ssid: '"hidden" <net>' }]);
  });

  it('searches again, and says where there is nothing', async () => {
    portal.desk.heard = [];
    page = await phone(browser, portal.url);
    await page.getByText('No network found.').waitFor();
    expect(await page.getByRole('button', { name: 'Search again' }).isEnabled()).toBe(true);
    await page.getByRole('radio', { name: 'Another network' }).check();
  });

  it('resets a board only after a second word, and makes it blink', async () => {
    await open();
    await page.getByText('Find or reset this board').click();
    await page.getByRole('button', { name: 'Blink' }).click();
    await page.getByText('The board blinks now.').waitFor();
    await page.getByRole('button', { name: 'Factory reset' }).click();
    await page.getByRole('button', { name: 'No, keep it' }).click();
    await page.getByRole('button', { name: 'Factory reset' }).click();
    expect(portal.desk.log).not.toContain('reset');
    await page.getByRole('button', { name: 'Yes, erase everything' }).click();
    await page.getByText('The board is erased').waitFor();
    await expect.poll(() => portal.desk.log.includes('reset')).toBe(true);
    expect(await page.getByRole('button', { name: 'Connect' }).count()).toBe(0);
  });

  it('says what it needs where scripts are off', async () => {
    page = await phone(browser, portal.url, { javaScriptEnabled: false });
    expect(await page.locator('main').innerText()).toMatch(
      /^This page needs JavaScript: .*\n+此页面需要 JavaScript：.*$/,
    );
  });
});

describe.skipIf(NO_BROWSER !== undefined)('a phone on the access point', () => {
  it('comes to the page whatever it asks for', async () => {
    const portal = await new LivePortal().ready();
    const browser = await launch(`MAP * 127.0.0.1:${portal.port}`);
    for (const url of [
      'http://captive.apple.com/hotspot-detect.html',
      'http://connectivitycheck.gstatic.com/generate_204',
    ]) {
      const page = await phone(browser, url);
      expect(page.url()).toBe('http://127.0.0.1/');
      await page.getByRole('radio', { name: 'home' }).waitFor();
    }
    await browser.close();
    portal.close();
  });
});
