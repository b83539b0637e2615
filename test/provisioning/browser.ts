import { type Browser, type BrowserContextOptions, devices, type Page } from 'playwright-core';
import { LoopbackPorts } from '../../host-sim/host/loopback-ports.js';
import { nodeClock } from '../../host-sim/host/node-host.js';
import { NodeListeners } from '../../host-sim/host/node-listener.js';
import { createReceiveBuffer, NodeSockets } from '../../host-sim/host/node-sockets.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { NodeTimer } from '../../host-sim/host/node-timer.js';
import type { Host } from '../../src/ports/host.js';
import type { WiFiNetwork } from '../../src/ports/wifi.js';
import { Portal } from '../../src/provisioning/portal.js';
import { FakeDesk } from './fake-desk.js';

export const NETWORKS: readonly WiFiNetwork[] = [
  { ssid: 'home', rssi: -48, secured: true },
  { ssid: '咖啡馆 ☕ 免费', rssi: -65, secured: false },
  { ssid: '<img src=x onerror=document.title=1>', rssi: -75, secured: true },
  { ssid: '😀😀😀😀😀😀😀😀', rssi: -88, secured: true },
];

class AnsweringDesk extends FakeDesk {
  heard: readonly WiFiNetwork[] = NETWORKS;

  override scan(onDone: (networks: readonly WiFiNetwork[]) => void): void {
    setImmediate(() => onDone(this.heard));
  }
}

/** A portal on a port of the loopback, over real sockets, whose desk is the test. */
export class LivePortal {
  readonly desk = new AnsweringDesk();
  port = 0;
  readonly #host: Host;
  readonly #opened: Promise<void>;
  #portal: Portal;

  constructor() {
    const guard = (callback: () => void): void => callback();
    const ports = new LoopbackPorts();
    this.#opened = new Promise((resolve) => {
      ports.onOpened = (_protocol, _port, realPort) => {
        this.port = realPort;
        resolve();
      };
    });
    const sockets = new NodeSockets(guard, createReceiveBuffer());
    this.#host = {
      timer: new NodeTimer(guard),
      clock: nodeClock,
      text: createNodeText(),
      network: {
        Listener: new NodeListeners({ guard, sockets, ports }).Listener,
        AccessPoint: class {
          readonly address = '127.0.0.1';
          close(): void {}
        },
      },
    } as unknown as Host;
    this.#portal = new Portal(this.#host, this.desk, 'ABCDEFGH2345');
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** The portal can be reached. */
  async ready(): Promise<this> {
    await this.#opened;
    return this;
  }

  /** The phone is off the board's network until `reopen`. */
  close(): void {
    this.#portal.close();
  }

  reopen(): void {
    this.#portal = new Portal(this.#host, this.desk, 'ABCDEFGH2345');
  }
}

export interface PhoneOptions extends BrowserContextOptions {
  /** Time in the page runs ten times as fast (default). */
  readonly isHurried?: boolean;
}

/** A phone of common size with the page open in it. */
export async function phone(browser: Browser, url: string, options: PhoneOptions = {}): Promise<Page> {
  const { isHurried = true, ...others } = options;
  const context = await browser.newContext({ ...devices['iPhone SE'], locale: 'en-US', ...others });
  if (isHurried) await context.addInitScript(HURRY);
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

const HURRY = `{
  const { setTimeout: set, Date: { now } } = window, start = now();
  window.setTimeout = (callback, ms) => set(callback, ms / 10);
  Date.now = () => start + (now() - start) * 10;
}`;
