import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { PanelFiles } from '../../host-sim/cloud/cloud.js';
import { startCloud } from '../cloud/support/fixture.js';
import { launch, NO_BROWSER } from '../support/browser.js';

/** A page that is served as the panel is. */
const PANEL: PanelFiles = new Map([
  [
    '/',
    {
      type: 'text/html; charset=utf-8',
      bytes: Buffer.from(
        '<!doctype html><title>x</title><p id="text">x</p><script>globalThis.ran = "inline"</script><script type="module" src="/panel/x.js"></script>',
      ),
    },
  ],
  [
    '/panel/x.js',
    {
      type: 'text/javascript; charset=utf-8',
      bytes: Buffer.from('try { Function("globalThis.ran = true")(); } catch {} globalThis.own = true;'),
    },
  ],
]);

describe.skipIf(NO_BROWSER)('the policy of the panel, in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  const open = async (url: string): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.waitForFunction('globalThis.own === true');
    return page;
  };
  /** What comes of an attempt: `yes`, or `no` where the browser refuses. */
  const attempt = (page: Page, code: string): Promise<string> =>
    page.evaluate(`(async () => { try { ${code} } catch { return 'no'; } })()`);
  const socket = (url: string): string =>
    `return await new Promise((resolve) => {
       const socket = new WebSocket(${JSON.stringify(url)});
       socket.onopen = () => resolve('yes');
       socket.onerror = () => resolve('no');
     });`;

  it('runs its own script, and none in the markup or made of text', async () => {
    const { cloud } = await startCloud({ panel: PANEL });
    const page = await open(cloud.apiUrl);
    expect(await page.evaluate('globalThis.ran')).toBeUndefined();
    await page.close();
  });

  it('opens the WebSocket of its cloud, and no other connection', async () => {
    const { cloud } = await startCloud({ panel: PANEL, wsPort: 0 });
    const other = await listen();
    const page = await open(cloud.apiUrl);
    expect(await attempt(page, socket(cloud.wsUrl!))).toBe('yes');
    expect(await attempt(page, socket(`ws://127.0.0.1:${other.port}/`))).toBe('no');
    expect(await attempt(page, "await fetch('/env'); return 'yes'")).toBe('yes');
    expect(await attempt(page, `await fetch('http://127.0.0.1:${other.port}/'); return 'yes'`)).toBe('no');
    await page.close();
    await other.close();
  });

  it('makes no markup of text, and lets scripts set styles', async () => {
    const { cloud } = await startCloud({ panel: PANEL });
    const page = await open(cloud.apiUrl);
    const text = "document.getElementById('text')";
    expect(await attempt(page, `${text}.innerHTML = '<b>x</b>'; return 'yes'`)).toBe('no');
    expect(await attempt(page, `${text}.style.width = '7px'; return ${text}.style.width`)).toBe('7px');
    await page.close();
  });

  it('is shown in no frame of another page', async () => {
    const { cloud } = await startCloud({ panel: PANEL });
    const other = await listen(`<iframe src="${cloud.apiUrl}/"></iframe>`);
    const page = await browser.newPage();
    const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
    await page.goto(`http://127.0.0.1:${other.port}/`);
    await refused;
    await page.close();
    await other.close();
  });
});

/** Somebody else's server, which lets everybody do everything. */
async function listen(text = ''): Promise<{ port: number; close(): Promise<void> }> {
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'text/html' }).end(text);
  });
  new WebSocketServer({ server });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
