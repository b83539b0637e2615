import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudEnvironment } from '../../../host-sim/cloud/cloud.js';
import type { ActivationAnswer } from '../../../host-sim/cloud/domain/activation.js';
import { heedOthers } from '../../../host-sim/cloud/domain/heed-others.js';
import { type CloudServices, createServices } from '../../../host-sim/cloud/domain/services.js';
import type { AuthorizedBoard, BoardLink, PublishOptions } from '../../../host-sim/cloud/domain/sessions.js';
import { type CloudEventMap, EventHub, Logger } from '../../../host-sim/cloud/events.js';
import { Processes } from '../../../host-sim/cloud/processes/processes.js';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { MemoryFiles } from '../../../host-sim/cloud/store/stored-files.js';
import { TestClock } from '../support/clock.js';
import { onCleanup } from '../support/fixture.js';
import { PRODUCTS } from '../support/products.js';

const PRODUCT_KEY = 'SW-SERVO-001';
const ADDRESS = { publicHost: undefined, port: 1, portTLS: 1, portMTLS: () => undefined, reconnectSpreadS: 0 };

/** What a process has sent to a board. */
export interface Sent {
  readonly topic: string;
  readonly message: Record<string, unknown>;
}

/** One process of several, made in this one: it can be stopped, go on, and be killed. */
export interface Member {
  readonly services: CloudServices;
  readonly processes: Processes;
  readonly revoked: string[];
  /** What it has told of, by name. */
  readonly told: (readonly [keyof CloudEventMap, object])[];
  stop(): void;
  goOn(): void;
  /** It is gone, and nothing that it held was let go. */
  kill(): void;
  /** A session of a board, as it hears of it. */
  connect(board: AuthorizedBoard): { readonly link: BoardLink; readonly sent: Sent[] };
  say(link: BoardLink, topic: string, message: object): Promise<string>;
}

/** Several processes with one database on one disk, in virtual time. */
export function useMembers() {
  const clock = new TestClock();
  const folder = mkdtempSync(join(tmpdir(), 'smartlink-test-'));
  onCleanup(() => rmSync(folder, { recursive: true, force: true }));
  const running = new Set<number>();
  let wallOffset = 0;
  let lastPid = 0;

  const join_ = async (): Promise<Member> => {
    lastPid += 1;
    const pid = lastPid;
    running.add(pid);
    let state: 'running' | 'stopped' | 'killed' = 'running';
    let waiting: (() => void)[] = [];
    const whenRunning = (callback: () => void) => () => {
      if (state === 'running') callback();
      else waiting.push(callback);
    };
    const environment: CloudEnvironment = {
      ...clock.environment,
      setTimer: (callback, delayMs) => clock.environment.setTimer(whenRunning(callback), delayMs),
      defer: (callback) => clock.environment.defer(whenRunning(callback)),
    };
    const database = await openDatabase(join(folder, 'cloud.sqlite'), { isFirst: running.size === 1 });
    const log = new Logger({ log: () => {}, now: environment.now });
    const processes = new Processes({
      database,
      environment,
      log,
      self: { pid, start: String(pid) },
      isThere: (process) => running.has(process.pid),
      elapsed: () => clock.now - wallOffset,
    });
    const events = new EventHub({
      onListenerError: (_name, error) => {
        throw error;
      },
    });
    const services = createServices({
      database,
      environment,
      events,
      log,
      sharing: processes,
      signingKey: Buffer.alloc(32, 1),
      sealingKey: Buffer.alloc(32, 2),
      packageFiles: new MemoryFiles(),
      userFiles: new MemoryFiles(),
    });
    const revoked: string[] = [];
    heedOthers(processes, services, { heed: () => void revoked.push('heard') });
    services.products.seed(PRODUCTS);
    for (const module of services.modules) module.start?.();
    const told: (readonly [keyof CloudEventMap, object])[] = [];
    for (const name of ['propertyPosted', 'eventPosted', 'deviceOnline', 'deviceOffline'] as const) {
      events.on(name, (event) => told.push([name, event]));
    }
    onCleanup(() => {
      if (state === 'killed') return;
      services.writes.close();
      processes.close();
      database.close();
    });
    return {
      services,
      processes,
      revoked,
      told,
      stop: () => {
        state = 'stopped';
      },
      goOn: () => {
        state = 'running';
        for (const callback of waiting.splice(0)) callback();
      },
      kill: () => {
        state = 'killed';
        waiting = [];
        running.delete(pid);
        database.close();
      },
      connect: (board) => {
        const sent: Sent[] = [];
        const link: BoardLink = {
          board,
          publish: async (topic: string, payload: string, _options: PublishOptions) => {
            sent.push({ topic, message: JSON.parse(payload) as Sent['message'] });
          },
          close: () => services.gateway.detach(link),
        };
        services.gateway.attach(link);
        const filter = `${board.topics.status.slice(0, -'status'.length)}#`;
        if (services.gateway.maySubscribe(link, filter)) services.gateway.subscribed(link, [filter]);
        return { link, sent };
      },
      say: (link, topic, message) =>
        new Promise((judge) => {
          const payload = Buffer.from(JSON.stringify(message));
          services.gateway.publish(link, { topic, payload, isWill: false }, judge);
        }),
    };
  };

  return {
    clock,
    join: join_,
    /** Sets every wall clock. */
    setClock: (ms: number) => {
      clock.set(ms);
      wallOffset += ms;
    },
  };
}

/** A board that has been activated at one of the processes. */
export function activate({ services }: Member, deviceSN = 'A'): AuthorizedBoard {
  const request = { productKey: PRODUCT_KEY, deviceSN, firmwareVersion: '1.0.0', chipModel: 'ESP32' };
  const caller = { host: 'localhost', isSecure: false };
  const { mqtt } = services.activation.activate(request, ADDRESS, caller) as ActivationAnswer;
  const board = services.gateway.authenticate(mqtt.username, Buffer.from(mqtt.password), mqtt.clientId);
  if ('word' in board) throw new Error(board.word);
  return board;
}
