import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { faults, launch } from '../support/browser.js';
import { type JsonLine, Program } from '../support/program.js';
import { keepPicture } from './pictures.js';

const ACCOUNT = { username: 'dev', password: 'a-password-for-the-desk' };
const WIDE = { width: 1280, height: 900 };

export interface DeskOptions {
  /** Further flags of `smartlink up`; boards know their network already. */
  readonly flags?: readonly string[];
  readonly context?: BrowserContextOptions;
}

/** The program as a user starts it, and his browser with the panel open in it, signed in. */
export class Desk {
  readonly program: Program;
  /** What the program said once everything was there. */
  readonly ready: JsonLine;
  readonly page: Page;
  /** What the browser complained of: errors on its console, exceptions, requests to anybody else. */
  readonly complaints: string[] = [];
  readonly #browser: Browser;
  #token: Promise<string> | undefined;

  static async open({ flags = [], context = {} }: DeskOptions = {}): Promise<Desk> {
    const program = new Program([
      ...['up', '--json', '--skip-provisioning', '--data', ':memory:'],
      ...['--api-port', '0', '--mqtt-port', '0', '--mqtts-port', '0', '--mtls-port', '0', '--ws-port', '0'],
      ...['--https-port', '0', '--user', ACCOUNT.username, '--password', ACCOUNT.password, ...flags],
    ]);
    let browser: Browser | undefined;
    try {
      const ready = await program.ready(45_000);
      browser = await launch();
      const page = await (await browser.newContext({ viewport: WIDE, locale: 'en-US', ...context })).newPage();
      const desk = new Desk(program, ready, browser, page);
      await desk.#signIn();
      return desk;
    } catch (error) {
      await browser?.close();
      await program.end();
      throw error;
    }
  }

  private constructor(program: Program, ready: JsonLine, browser: Browser, page: Page) {
    this.program = program;
    this.ready = ready;
    this.#browser = browser;
    this.page = page;
    const { port } = new URL(this.url);
    const ports = [port, new URL(String(ready['ws'])).port];
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => {
      const url = new URL(request.url());
      const isOwn = url.hostname === '127.0.0.1' && ports.includes(url.port);
      if (!isOwn && !['data:', 'blob:'].includes(url.protocol)) this.complaints.push(`asked ${url}`);
    });
  }

  /** Base URL of the cloud, and of the panel. */
  get url(): string {
    return String(this.ready['api']);
  }

  /** Device ids of the simulated boards. */
  get deviceIds(): readonly string[] {
    return (this.ready['boards'] as { deviceId: string }[]).map(({ deviceId }) => deviceId);
  }

  /** Goes to a place of the page: `boards`, `boards/dev_1/wire`. */
  async show(place: string): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(`#/${place}`)}`);
  }

  /** Keeps a picture of the page as it is now. */
  picture(name: string): Promise<void> {
    return keepPicture(this.page, name);
  }

  /** What axe finds wrong with the page as it is now. */
  faults(): Promise<string[]> {
    return faults(this.page);
  }

  /** Asks the cloud's API as the development account. @throws what it said no with */
  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    // One login: the cloud takes 60 a minute.
    this.#token ??= this.#call<{ token: string }>('POST', '/users/login', ACCOUNT).then(({ token }) => token);
    return this.#call<T>(method, path, body, await this.#token);
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.program.end();
  }

  async #signIn(): Promise<void> {
    const { page } = this;
    await page.goto(`${this.url}/`);
    await page.getByLabel('Account').fill(ACCOUNT.username);
    await page.getByLabel('Password').fill(ACCOUNT.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Boards' }).waitFor();
  }

  async #call<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (JSON.parse(text) as { data: T }).data;
  }
}
