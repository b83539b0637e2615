import type { ActivationAnswer } from '../../../host-sim/cloud/domain/activation.js';
import type { CampaignView } from '../../../host-sim/cloud/domain/campaign-views.js';
import type { CampaignRequest } from '../../../host-sim/cloud/domain/campaigns.js';
import { createServices } from '../../../host-sim/cloud/domain/services.js';
import type { BoardLink } from '../../../host-sim/cloud/domain/sessions.js';
import type { UserView } from '../../../host-sim/cloud/domain/users.js';
import { EventHub, Logger } from '../../../host-sim/cloud/events.js';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { MemoryFiles, type StoredFiles } from '../../../host-sim/cloud/store/stored-files.js';
import { TestClock } from './clock.js';
import { onCleanup, temporaryDirectory } from './fixture.js';
import { type PackageParts, packageOf } from './packages.js';
import { PRODUCTS } from './products.js';

/** What outlives a cloud that is killed. */
export interface Disk {
  readonly path: string;
  readonly packageFiles: StoredFiles;
}

const ADDRESS = { publicHost: undefined, port: 1, portTLS: 1, portMTLS: () => undefined, reconnectSpreadS: 0 };
const DEFAULTS = { stages: [100], stageHours: 1, abortPercent: 10, silentMinutes: 60 } as const;

/** One run of the domain of a cloud, without HTTP and MQTT, whose time moves when it is told to. */
export class UpdateDomain {
  readonly services: ReturnType<typeof createServices>;
  readonly clock: TestClock;
  readonly user: UserView;
  readonly #kill: () => void;

  private constructor(services: ReturnType<typeof createServices>, clock: TestClock, user: UserView, kill: () => void) {
    this.services = services;
    this.clock = clock;
    this.user = user;
    this.#kill = kill;
  }

  static async run(clock: TestClock, disk: Disk): Promise<UpdateDomain> {
    const database = await openDatabase(disk.path);
    const life = { alive: true };
    onCleanup(() => {
      life.alive = false;
      database.close();
    });
    const { environment } = clock;
    const events = new EventHub({ onListenerError: (_name, error) => console.error(error) });
    const services = createServices({
      database,
      // Nothing of a cloud that was killed comes later.
      environment: {
        ...environment,
        setTimer: (callback, delayMs) => environment.setTimer(() => life.alive && callback(), delayMs),
        defer: (callback) => environment.defer(() => life.alive && callback()),
      },
      events,
      log: new Logger({ log: () => {}, now: environment.now }),
      signingKey: Buffer.alloc(32),
      sealingKey: Buffer.alloc(32),
      packageFiles: disk.packageFiles,
      userFiles: new MemoryFiles(),
    });
    services.products.seed(PRODUCTS);
    const user = await services.users.ensure('user', 'password123');
    services.updates.start((token, { host, isSecure }) => `${isSecure ? 'https' : 'http'}://${host}/${token}`);
    return new UpdateDomain(services, clock, user, () => {
      life.alive = false;
      events.close();
      database.close();
    });
  }

  /** Nothing that was not committed so far ever is. */
  kill(): void {
    this.#kill();
  }

  /** The id of a package that is there from now on. */
  publish(parts: PackageParts = {}): string {
    const upload = this.services.packages.begin(this.user);
    upload.write(packageOf({ image: Buffer.from(`image of ${parts.version}`), ...parts }));
    const { packageId } = upload.finish();
    upload.close();
    return packageId;
  }

  begin(packageId: string, request: Partial<CampaignRequest> = {}): string {
    return this.services.campaigns.create(this.user, { packageId, ...DEFAULTS, ...request }).campaignId;
  }

  campaign(campaignId: string): CampaignView {
    return this.services.campaigns.get(this.user, campaignId);
  }

  /** How many boards of a campaign are in which state; none is left out. */
  states(campaignId: string): Record<string, number> {
    const { total, ...states } = this.campaign(campaignId).boards;
    return Object.fromEntries(Object.entries(states).filter(([, n]) => n > 0));
  }

  state(board: FakeBoard): string | undefined {
    return this.services.campaigns.history(this.user, board.deviceId, { page: 1, size: 1 }).list[0]?.state;
  }

  /** A board that was activated. */
  board(deviceSN: string, version = '1.0.0'): FakeBoard {
    const request = { productKey: 'SW-SERVO-001', deviceSN, firmwareVersion: version, chipModel: 'ESP32' };
    const caller = { host: 'cloud.example', isSecure: false };
    // At once, where no broker has to be told.
    const { deviceId, mqtt } = this.services.activation.activate(request, ADDRESS, caller) as ActivationAnswer;
    return new FakeBoard(deviceId, mqtt, version);
  }

  boards(count: number): FakeBoard[] {
    return Array.from({ length: count }, (_, index) => this.board(`B${index}`));
  }

  /** Moves time on, with what becomes due in between. */
  async pass(ms: number): Promise<void> {
    const step = 30_000;
    for (let left = ms; left > 0; left -= step) {
      this.clock.advance(Math.min(step, left));
      await this.settled();
    }
  }

  /** After all that is deferred. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A board as the domain sees it: what it says goes to the gateway, what it is told is kept. */
export class FakeBoard {
  readonly deviceId: string;
  readonly #mqtt: { readonly username: string; readonly password: string; readonly clientId: string };
  version: string;
  /** Upgrade messages since it was made. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read messages of every shape
  readonly told: any[] = [];
  #domain: UpdateDomain | undefined;
  #link: BoardLink | undefined;

  constructor(
    deviceId: string,
    mqtt: { readonly username: string; readonly password: string; readonly clientId: string },
    version: string,
  ) {
    this.deviceId = deviceId;
    this.#mqtt = mqtt;
    this.version = version;
  }

  /** A session: it listens, and says that it is there. */
  connect(domain: UpdateDomain): void {
    const { gateway } = domain.services;
    const { username, password, clientId } = this.#mqtt;
    const board = gateway.authenticate(username, Buffer.from(password), clientId);
    if ('word' in board) throw new Error(board.word);
    this.#domain = domain;
    this.#link = {
      board,
      publish: async (topic, payload) => {
        if (topic === board.topics.otaUpgrade) this.told.push(JSON.parse(payload));
      },
      close: () => {},
    };
    gateway.attach(this.#link);
    gateway.subscribed(this.#link, [board.topics.otaUpgrade]);
    this.#say('status', { status: 'online' });
  }

  /** What a board does after it has started: a session, and the version that it runs. */
  boot(domain: UpdateDomain, version = this.version): void {
    this.version = version;
    this.connect(domain);
    this.inform();
  }

  inform(version = this.version): void {
    this.#say('otaInform', { id: '1', params: { version, module: 'default' } });
  }

  progress(step: number, desc = ''): void {
    this.#say('otaProgress', { id: '2', params: { step: String(step), desc } });
  }

  /** Posts an event of that name. */
  event(name: string): void {
    this.#say('eventPost', { id: '3', method: `thing.event.${name}.post`, params: { value: {} } }, name);
  }

  disconnect(): void {
    this.#domain!.services.gateway.detach(this.#link!);
  }

  /** Takes what it was told of, and starts again with it, or with what it had. */
  async update(domain: UpdateDomain, { works = true } = {}): Promise<void> {
    this.progress(50);
    this.progress(100);
    await domain.settled();
    this.disconnect();
    await domain.settled();
    this.boot(domain, works ? this.told.at(-1).data.version : this.version);
    if (!works) this.progress(-1, 'not_proven: the new build did not come online');
    await domain.settled();
  }

  #say(topic: 'status' | 'otaInform' | 'otaProgress' | 'eventPost', message: object, event = ''): void {
    const { gateway } = this.#domain!.services;
    const said = {
      topic: this.#link!.board.topics[topic].replace('+', event),
      payload: Buffer.from(JSON.stringify(message)),
      isWill: false,
    };
    gateway.publish(this.#link!, said, () => {});
  }
}

/** For a first run. */
export const newDisk = (): Disk => ({
  path: `${temporaryDirectory()}/cloud.sqlite`,
  packageFiles: new MemoryFiles(),
});
/** A run of a cloud's domain. */
export const startDomain = (disk = newDisk(), clock = new TestClock()) => UpdateDomain.run(clock, disk);

/** Boards that have just started. */
export async function bootBoards(t: UpdateDomain, count: number): Promise<FakeBoard[]> {
  const boards = t.boards(count);
  for (const board of boards) board.boot(t);
  await t.settled();
  return boards;
}

/** Those that were told of an update. */
export const toldOf = (boards: readonly FakeBoard[]) => boards.filter((board) => board.told.length > 0);
