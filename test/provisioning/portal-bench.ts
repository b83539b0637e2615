import { createNodeText } from '../../host-sim/host/node-text.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { Host } from '../../src/ports/host.js';
import type { AccessPointOptions } from '../../src/ports/wifi.js';
import { Portal } from '../../src/provisioning/portal.js';
import { FakeNetwork } from '../net/fake-network.js';
import { FakeDesk } from './fake-desk.js';
import { FakeListeners } from './fake-listener.js';

/** A portal whose desk, phone and network are the test. */
export class PortalBench {
  readonly time = new VirtualTime();
  readonly desk = new FakeDesk();
  readonly listeners = new FakeListeners();
  readonly network = new FakeNetwork();
  /** Those that are open. */
  readonly accessPoints = new Set<AccessPointOptions>();
  readonly host: Host;

  constructor() {
    const { time, listeners, network, accessPoints } = this;
    const AccessPoint = class {
      readonly address = '192.168.4.1';
      readonly #options: AccessPointOptions;
      constructor(options: AccessPointOptions) {
        this.#options = options;
        accessPoints.add(options);
      }
      close(): void {
        accessPoints.delete(this.#options);
      }
    };
    this.host = {
      timer: time.timer,
      clock: time.clock,
      text: createNodeText(),
      network: { ...network, UDP: network.UDP, AccessPoint, Listener: listeners.Listener },
    } as unknown as Host;
  }

  open(): Portal {
    return new Portal(this.host, this.desk, 'ABCDEFGH2345');
  }

  /** Sends a request and returns the answer; the client has read it and closed, unless `keep` says otherwise. */
  ask(method: string, path: string, options: AskOptions = {}): Answer {
    const { host = '192.168.4.1', type = 'application/json', body, keep = false } = options;
    const bytes = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const client = this.listeners.connect()!;
    const content = method === 'POST' ? `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(bytes)}\r\n` : '';
    client.deliver(Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${content}\r\n${bytes}`));
    const { status, head, body: answer } = client.answer;
    if (!keep) client.fail();
    return {
      status,
      head,
      text: answer.toString(),
      get json() {
        return JSON.parse(answer.toString());
      },
    };
  }

  get(path: string, options?: AskOptions): Answer {
    return this.ask('GET', path, options);
  }

  post(path: string, body: unknown = {}, options?: AskOptions): Answer {
    return this.ask('POST', path, { ...options, body });
  }
}

interface AskOptions {
  readonly host?: string;
  readonly type?: string;
  readonly body?: unknown;
  readonly keep?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever it is, the test says what it should be
  readonly json: any;
}
