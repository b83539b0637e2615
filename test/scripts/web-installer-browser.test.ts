import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { NodeTimer } from '../../host-sim/host/node-timer.js';
import { SimSerial } from '../../host-sim/world/sim-serial.js';
import { ImprovSerial } from '../../src/provisioning/improv-serial.js';
import { FakeDesk } from '../provisioning/fake-desk.js';
import { faults, launch, NO_BROWSER } from '../support/browser.js';
import { MadeUpBuilds, NO_TOOLS } from './installer-bench.js';

const MISSING = NO_TOOLS ?? NO_BROWSER;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
};

/** A web server of files as any is. */
async function serve(folder: string): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const path = new URL(url, 'http://localhost').pathname.replace(/\/$/, '/index.html');
    try {
      const content = readFileSync(join(folder, path));
      response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream').end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** In the page: a serial port that a person chooses, whose other end is the test. */
const PORT = `{
  let board;
  window.fromBoard = (bytes) => board?.enqueue(Uint8Array.from(bytes));
  const port = {
    readable: null,
    writable: null,
    async open() {
      this.readable = new ReadableStream({ start: (controller) => { board = controller; } });
      this.writable = new WritableStream({ write: (bytes) => toBoard([...bytes]) });
    },
    async close() {
      board = undefined;
      this.readable = this.writable = null;
    },
    getInfo: () => ({}),
    addEventListener() {},
    removeEventListener() {},
  };
  navigator.serial.requestPort = async () => port;
}`;

/** The firmware's end of the cable: Improv as the firmware has it, and a desk that is the test. */
class CabledBoard {
  readonly desk = new FakeDesk();
  readonly #line = new SimSerial();
  readonly #improv: ImprovSerial;

  constructor(page: Page) {
    const timer = new NodeTimer((callback) => callback());
    const { desk } = this;
    this.#line.onBytes = (bytes) => void page.evaluate(`fromBoard([${bytes.join()}])`);
    this.#improv = new ImprovSerial({ Serial: this.#line.forBoot(timer), timer, text: createNodeText(), desk });
  }

  receive(bytes: readonly number[]): void {
    this.#line.send(Uint8Array.from(bytes));
  }

  /** It is on the network that it was asked to join. */
  joined(): void {
    this.desk.state = { stage: 'activating', ssid: this.desk.requests.at(-1)!.ssid, address: '10.0.0.7' };
    this.#improv.changed();
  }

  close(): void {
    this.#improv.close();
  }
}

if (MISSING !== undefined) it.skip(`the installer's page in a browser: ${MISSING}`, () => {});

describe.skipIf(MISSING !== undefined)("the installer's page in a real browser", () => {
  let made: MadeUpBuilds;
  let server: Server;
  let url: string;
  let browser: Browser;
  let page: Page;
  /** What the page asked for, and what the browser forbade or missed. */
  let asked: string[];
  let complaints: string[];

  beforeAll(async () => {
    made = new MadeUpBuilds();
    made.build('esp32');
    made.build('esp32c3');
    expect(made.make().stderr).toBe('');
    server = await serve(made.out);
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launch('MAP installer.example 127.0.0.1');
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    made.remove();
  });

  beforeEach(() => {
    asked = [];
    complaints = [];
  });
  afterEach(() => page.context().close());

  const open = async (script: string, options: BrowserContextOptions = {}, address = url): Promise<void> => {
    const context = await browser.newContext({ locale: 'en-US', ...options });
    await context.addInitScript(script);
    page = await context.newPage();
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', ({ message }) => complaints.push(message));
    await page.goto(address);
  };
  const button = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const item = (name: string) => page.locator('ewt-install-dialog ew-list-item', { hasText: name });

  it('asks nobody else for anything, and shows a button where the browser can talk to a board', async () => {
    await open('');
    await page.getByRole('button', { name: 'Install' }).waitFor();
    expect(await page.locator('main > p').first().innerText()).toBe(
      'Switch servo (SW-SERVO-001), firmware 1.2.3, for ESP32, ESP32-C3.',
    );
    expect(await page.getByText('then signs in to http://cloud.example:8080').count()).toBe(1);
    expect(asked.filter((address) => !address.startsWith(url) && !address.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('speaks Chinese to whom speaks it, and either to whom asks', async () => {
    await open('', { locale: 'zh-CN' });
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('安装 SmartLink');
    expect(await page.locator('main > p').first().innerText()).toContain('开关舵机（SW-SERVO-001）');
    await button('English');
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Install SmartLink');
    expect([await page.title(), await page.getAttribute('html', 'lang')]).toEqual(['Install SmartLink', 'en']);
    await button('中文');
    await page.getByRole('button', { name: '安装' }).waitFor();
  });

  it.each([
    ['en-US', 'light'],
    ['zh-CN', 'dark'],
  ] as const)('is clean to axe (%s, %s), and fits a narrow window', async (locale, colorScheme) => {
    await open('', { locale, colorScheme, viewport: { width: 320, height: 640 } });
    await page.locator('esp-web-install-button[install-supported]').waitFor();
    expect(await faults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });

  it('says what it takes in a browser without Web Serial', async () => {
    await open('delete Navigator.prototype.serial');
    await page.getByText('Open this page in Chrome or Edge on a computer.').waitFor();
    expect(await page.getByRole('button', { name: 'Install' }).isVisible()).toBe(false);
    expect(await faults(page)).toEqual([]);
  });

  it('says what it takes where it came over plain http from elsewhere', async () => {
    await open('', {}, url.replace('127.0.0.1', 'installer.example'));
    await page.getByText('only if it comes over https, or from localhost').waitFor();
    expect(await page.getByRole('button', { name: 'Install' }).isVisible()).toBe(false);
  });

  it('says what it takes where it was opened as a file', async () => {
    await open('', {}, `file://${join(made.out, 'index.html')}`);
    await page.getByText('This page works only from a web server.').waitFor();
    expect(await page.getByRole('button', { name: 'Install' }).isVisible()).toBe(false);
  });

  describe('with a board on the cable', () => {
    let board: CabledBoard | undefined;

    const connect = async (makeBoard: (page: Page) => CabledBoard | undefined): Promise<void> => {
      await open(PORT);
      board = makeBoard(page);
      await page.exposeFunction('toBoard', (bytes: number[]) => board?.receive(bytes));
      await button('Install');
    };
    afterEach(() => {
      board?.close();
      expect(complaints.filter((text) => /Content Security Policy|Failed to load/.test(text))).toEqual([]);
    });

    it('that is empty, offers to install, and to erase only whom ticks it', async () => {
      await connect(() => undefined);
      await item('Install SmartLink SW-SERVO-001').click();
      expect(await page.getByRole('checkbox').isChecked()).toBe(false);
      await button('Next');
      await page.getByText(/install\s+SmartLink SW-SERVO-001\s+1\.2\.3\?/).waitFor();
      expect(await page.getByText('All data on the device will be erased').count()).toBe(0);
    });

    it('that has an older version, updates it without a question', async () => {
      await connect((page) => {
        const board = new CabledBoard(page);
        Object.assign(board.desk.identity, { firmwareVersion: '1.1.0' });
        return board;
      });
      await item('Update SmartLink SW-SERVO-001').click();
      await page.getByText(/update to\s+SmartLink SW-SERVO-001\s+1\.2\.3\?/).waitFor();
    });

    it('that has this version, tells it a network, and does not offer to erase it', async () => {
      await connect((page) => new CabledBoard(page));
      await page.getByText('Connected to Switch servo').waitFor();
      expect(await item('Erase User Data').count()).toBe(0);
      await item('Connect to Wi-Fi').click();
      const { desk } = board!;
      await expect.poll(() => desk.scans.length).toBe(1);
      desk.hear({ ssid: 'home', rssi: -50, secured: true });
      await page.locator('ewt-install-dialog').getByLabel('Password').fill('password1');
      await button('Connect');
      await expect.poll(() => desk.requests).toEqual([{ ssid: 'home', password: 'password1' }]);
      board!.joined();
      expect(await item('Visit Device').getAttribute('href')).toBe('http://cloud.example.com:8080');
    });
  });
});
