import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faults, launch, NO_BROWSER } from '../support/browser.js';
import { Program, temporaryFolder } from '../support/program.js';
import { keepPicture } from './pictures.js';

if (NO_BROWSER !== undefined) it.skip(`the first start in a browser: ${NO_BROWSER}`, () => {});

describe.skipIf(NO_BROWSER !== undefined)('the first start, as a person sees it,', () => {
  const folder = temporaryFolder();
  let program: Program;
  let browser: Browser;
  let page: Page;
  let link: string;
  const complaints: string[] = [];

  beforeAll(async () => {
    const ports = ['api', 'mqtt', 'mqtts', 'mtls', 'ws', 'https'].flatMap((name) => [`--${name}-port`, '0']);
    program = new Program(['up', '--data', folder.path, ...ports]);
    link = /http:\S+/.exec(await program.printed('stdout', '#code='))![0];
    browser = await launch();
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US' })).newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
  });

  afterAll(async () => {
    await browser?.close();
    await program?.end();
    folder.remove();
  });

  it('prints the way to the panel before any other address', () => {
    const [first] = program.stdout.split('\n').filter((line) => line.includes('://'));
    expect(first).toContain(link);
  });

  it('leads by two clicks, the link and a button, to a servo that has turned, while its board was set up before his eyes', async () => {
    await page.goto(link);
    await page.getByRole('img', { name: /servo.*90°/i }).waitFor();
    await page.getByText('online', { exact: true }).first().waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Up' }).click();
    await page.getByRole('img', { name: /servo.*180°/i }).waitFor();
    await program.printed('stdout', 'servo at 180°');
    await keepPicture(page, 'first-start');
    expect(await faults(page)).toEqual([]);
  });

  it('leaves no code and no token where the next person at this browser finds them', async () => {
    const code = link.split('#code=')[1]!;
    expect(page.url()).not.toContain(code);
    const session = await page.context().newCDPSession(page);
    const { entries } = await session.send('Page.getNavigationHistory');
    // What somebody typed the browser remembers beside it; it opens nothing any more.
    expect(entries.map(({ url }) => url)).toEqual(['about:blank', page.url()]);
    const kept = await page.context().storageState();
    expect(kept.cookies).toEqual([]);
    expect(JSON.stringify(kept.origins)).not.toMatch(/eyJ|refresh/i);
    expect(await page.content()).not.toMatch(/eyJ[\w-]+\.|password.{0,40}[\w-]{16}/i);
  });

  it('signs nobody in a second time, and says what else does', async () => {
    const another = await (await browser.newContext({ locale: 'en-US' })).newPage();
    await another.goto(link);
    await another.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    await expect.poll(() => another.getByRole('alert').innerText()).toMatch(/link.*password/s);
    await another.context().close();
  });

  it('has the browser complain of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
