import type { PrivateFiles } from '../data-directory.js';
import type { CloudEnvironment } from '../environment.js';
import type { EventHub, Logger } from '../events.js';
import { ApiKeyStore } from '../store/api-key-store.js';
import { BindTokenStore } from '../store/bind-token-store.js';
import { CampaignStore } from '../store/campaign-store.js';
import { CommandStore } from '../store/command-store.js';
import { CounterStore } from '../store/counter-store.js';
import type { SqliteDatabase } from '../store/database.js';
import { DeviceStore } from '../store/device-store.js';
import { EventStore } from '../store/event-store.js';
import { PackageStore } from '../store/package-store.js';
import { ProductStore } from '../store/product-store.js';
import { ProjectStore } from '../store/project-store.js';
import { PropertyStore } from '../store/property-store.js';
import type { StoredFiles } from '../store/stored-files.js';
import { UpdateStore } from '../store/update-store.js';
import { UserStore } from '../store/user-store.js';
import { WriteBatch } from '../store/write-batch.js';
import { Access } from './access.js';
import { ActivationService } from './activation.js';
import { ApiKeyService } from './api-keys.js';
import { BindTokenService } from './bind-tokens.js';
import type { BoardAccess } from './board-access.js';
import { BoardGateway } from './board-gateway.js';
import { BrokerHooks, type ServiceAccount } from './broker-hooks.js';
import { CampaignService } from './campaigns.js';
import { CommandService } from './commands.js';
import { DeviceEventService } from './device-events.js';
import { DeviceService } from './devices.js';
import { FileTokens } from './file-tokens.js';
import { ALONE, type Lead } from './lead.js';
import { LimitedLog } from './limited-log.js';
import { PackageService } from './packages.js';
import { Presence } from './presence.js';
import { ProductService } from './products.js';
import { ProjectService } from './projects.js';
import { PropertyService } from './properties.js';
import { RefreshTokens } from './refresh-tokens.js';
import { PasswordHasher, SealBox } from './secrets.js';
import { Sessions } from './sessions.js';
import type { Sharing } from './sharing.js';
import { UpdateService } from './updates.js';
import { UserService } from './users.js';

/** The services of boards, and what every other part of the domain may build upon. */
export interface Core {
  readonly database: SqliteDatabase;
  readonly environment: CloudEnvironment;
  readonly events: EventHub;
  readonly log: Logger;
  /** Private files of the data directory; absent where nothing is kept. */
  readonly directory?: PrivateFiles | undefined;
  /** Whether this process leads those that share the database. */
  readonly lead: Lead;
  /** Absent where the database is shared with nobody. */
  readonly sharing?: Sharing | undefined;
  readonly box: SealBox;
  /** Commits what the work writes, all or nothing. */
  readonly transaction: (work: () => void) => void;
  readonly stores: {
    readonly users: UserStore;
    readonly projects: ProjectStore;
    readonly products: ProductStore;
    readonly devices: DeviceStore;
    readonly properties: PropertyStore;
    readonly deviceEvents: EventStore;
    readonly packages: PackageStore;
    readonly updates: UpdateStore;
  };
  readonly writes: WriteBatch;
  readonly sessions: Sessions;
  readonly presence: Presence;
  readonly passwords: PasswordHasher;
  readonly users: UserService;
  readonly apiKeys: ApiKeyService;
  readonly access: Access;
  readonly projects: ProjectService;
  readonly bindTokens: BindTokenService;
  readonly products: ProductService;
  readonly properties: PropertyService;
  readonly deviceEvents: DeviceEventService;
  readonly commands: CommandService;
  readonly devices: DeviceService;
  readonly activation: ActivationService;
  readonly packages: PackageService;
  readonly updates: UpdateService;
  readonly campaigns: CampaignService;
  readonly gateway: BoardGateway;
  readonly brokerHooks: BrokerHooks;
}

export interface CoreOptions {
  database: SqliteDatabase;
  environment: CloudEnvironment;
  events: EventHub;
  log: Logger;
  signingKey: Uint8Array;
  /** Of the secrets that the cloud needs again. */
  sealingKey: Uint8Array;
  /** The bytes of firmware packages. */
  packageFiles: StoredFiles;
  /** The bytes of users' files. */
  userFiles: StoredFiles;
  directory?: PrivateFiles | undefined;
  /** Boards are connected to a broker of somebody else's. */
  isBrokerExternal?: boolean | undefined;
  /** By default the database is shared with nobody. */
  sharing?: Sharing | undefined;
  /** Who the cloud is at an external broker that asks it. */
  brokerAccount?: ServiceAccount | undefined;
  /** What tells a broker that does not ask who may connect; by default none has to be told. */
  boardAccess?: BoardAccess | undefined;
}

/** Wires the services over one open database. */
export function createCore(options: CoreOptions): Core {
  const { database, environment, events, log, sharing, boardAccess } = options;
  const lead = sharing?.lead ?? ALONE;
  const now = () => environment.now();
  const transaction = (work: () => void) => database.transaction(work)();
  const writes = new WriteBatch({ database, defer: (callback) => environment.defer(callback), lead });
  const deviceStore = new DeviceStore(database);
  const productStore = new ProductStore(database);
  const sessions = new Sessions();
  const presence = new Presence({
    sessions,
    store: deviceStore,
    writes,
    events,
    log,
    now,
    lead,
    outlives: options.isBrokerExternal,
  });
  const propertyStore = new PropertyStore(database);
  const eventStore = new EventStore(database);
  const properties = new PropertyService({ store: propertyStore, writes, events, log, now, lead });
  const commands = new CommandService({
    sessions,
    store: new CommandStore(database),
    writes,
    environment,
    events,
    log,
    slot: sharing?.slot,
  });
  const userStore = new UserStore(database);
  const projectStore = new ProjectStore(database);
  const box = new SealBox(options.sealingKey, environment);
  const access = new Access({ devices: deviceStore, projects: projectStore, writes });
  const bindTokens = new BindTokenService({ store: new BindTokenStore(database), access, environment });
  const deviceEvents = new DeviceEventService({ store: eventStore, writes, now, lead });
  const activation = new ActivationService({
    devices: deviceStore,
    products: productStore,
    counters: new CounterStore(database),
    bindTokens,
    box,
    sessions,
    writes,
    transaction,
    environment,
    events,
    log,
    boardAccess,
  });
  const packageStore = new PackageStore(database);
  const campaignStore = new CampaignStore(database);
  const updateStore = new UpdateStore(database);
  const tokens = new FileTokens(box, environment);
  const packages = new PackageService({
    store: packageStore,
    files: options.packageFiles,
    products: productStore,
    campaigns: campaignStore,
    environment,
    transaction,
  });
  const updates = new UpdateService({
    store: updateStore,
    campaigns: campaignStore,
    packages: packageStore,
    devices: deviceStore,
    tokens,
    access,
    sessions,
    writes,
    environment,
    events,
    log,
    lead,
    newId: () => commands.newId(),
  });
  const gateway = new BoardGateway({
    devices: deviceStore,
    sessions,
    presence,
    properties,
    commands,
    deviceEvents,
    updates,
    writes,
    events,
    log,
    now,
    lead,
  });
  const passwords = new PasswordHasher(environment);
  return {
    database,
    environment,
    events,
    log,
    directory: options.directory,
    lead,
    sharing,
    box,
    transaction,
    stores: {
      users: userStore,
      projects: projectStore,
      products: productStore,
      devices: deviceStore,
      properties: propertyStore,
      deviceEvents: eventStore,
      packages: packageStore,
      updates: updateStore,
    },
    writes,
    sessions,
    presence,
    passwords,
    properties,
    deviceEvents,
    commands,
    access,
    bindTokens,
    activation,
    packages,
    updates,
    campaigns: new CampaignService({
      store: campaignStore,
      updates: updateStore,
      packages,
      service: updates,
      tokens,
      access,
      writes,
      transaction,
      environment,
    }),
    gateway,
    brokerHooks: new BrokerHooks({
      gateway,
      devices: deviceStore,
      service: options.brokerAccount,
      log: new LimitedLog({ log, now }),
    }),
    users: new UserService({
      store: userStore,
      environment,
      passwords,
      jwt: environment.createJwtCodec(options.signingKey),
      refreshTokens: new RefreshTokens(options.signingKey, environment),
    }),
    apiKeys: new ApiKeyService({ store: new ApiKeyStore(database), environment }),
    projects: new ProjectService({ store: projectStore, users: userStore, access, environment, events, transaction }),
    products: new ProductService({ store: productStore, sessions, boardAccess, environment, box, transaction }),
    devices: new DeviceService({
      store: deviceStore,
      products: productStore,
      access,
      activation,
      writes,
      properties,
      deviceEvents,
      commands,
      sessions,
      presence,
      boardAccess,
      events,
      now,
    }),
  };
}
