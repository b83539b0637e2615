import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { readPanel } from '../../host-sim/cli/panel-files.js';
import type { CloudOptions } from '../../host-sim/cloud/cloud.js';
import { startCloud, type TestCloud, USER } from '../cloud/support/fixture.js';
import { launch } from '../support/browser.js';

const DOMAIN = { domain: 'C.DM.10271.5', secret: 'a-secret-of-the-user-domain' };

/** The panel of a cloud without boards in this process, and a browser before it. Each test has its own cloud and browser profile. */
export interface SmallDesk {
  readonly cloud: TestCloud;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Of the page. */
  readonly url: string;
  /** Signs in by the form, on the way to a place of the page. */
  signIn(place?: string, user?: { name: string; password: string }): Promise<void>;
  /** What the page has in its storage. */
  storage(): Promise<{ local: Record<string, string>; session: Record<string, string> }>;
  /** The tokens of this tab. */
  login(): Promise<{ token: string; refreshToken: string }>;
}

/** Gives each test of a suite its desk. At its end nothing may have gone wrong in the page. */
export function useSmallDesk(options: Partial<CloudOptions> = {}): SmallDesk {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let cloud: TestCloud;
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    cloud = await startCloud({ panel: readPanel(), wsPort: 0, userDomain: DOMAIN, ...options });
    context = await browser.newContext({
      locale: 'en-US',
      viewport: { width: 1280, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    page = await context.newPage();
    complaints.length = 0;
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // What the cloud says no with is in the browser's log of its network, whatever the page makes of it.
      const isAnswer = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isAnswer) complaints.push(message.text());
    });
  });
  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  const storage: SmallDesk['storage'] = () =>
    page.evaluate('({ local: { ...localStorage }, session: { ...sessionStorage } })');
  const url = (): string => `${cloud.cloud.apiUrl}/`;
  return {
    get cloud() {
      return cloud;
    },
    get context() {
      return context;
    },
    get page() {
      return page;
    },
    get url() {
      return url();
    },
    signIn: async (place = '', user = USER) => {
      await page.goto(url() + place);
      await page.getByLabel('Account').fill(user.name);
      await page.getByLabel('Password').fill(user.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('banner').waitFor();
    },
    storage,
    login: async () => JSON.parse((await storage()).session['smartlink.login']!),
  };
}
