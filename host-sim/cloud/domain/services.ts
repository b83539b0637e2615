import type { CloudEnvironment } from '../environment.js';
import type { EventHub, Logger } from '../events.js';
import { CommandStore } from '../store/command-store.js';
import type { SqliteDatabase } from '../store/database.js';
import { DeviceStore } from '../store/device-store.js';
import { ProductStore } from '../store/product-store.js';
import { PropertyStore } from '../store/property-store.js';
import { UserStore } from '../store/user-store.js';
import { WriteBatch } from '../store/write-batch.js';
import { ActivationService } from './activation.js';
import { BoardGateway } from './board-gateway.js';
import { CommandService } from './commands.js';
import { NO_EVENT_STORAGE } from './device-event-sink.js';
import { DeviceService } from './devices.js';
import { Presence } from './presence.js';
import { ProductService } from './products.js';
import { PropertyService } from './properties.js';
import { PasswordHasher } from './secrets.js';
import { Sessions } from './sessions.js';
import { UserService } from './users.js';

/** The domain of one cloud, which its skins (API, broker) share. */
export interface CloudServices {
  readonly writes: WriteBatch;
  readonly users: UserService;
  readonly products: ProductService;
  readonly properties: PropertyService;
  readonly commands: CommandService;
  readonly devices: DeviceService;
  readonly activation: ActivationService;
  readonly gateway: BoardGateway;
}

/** Wires the services over one open database. */
export function createServices(options: {
  database: SqliteDatabase;
  environment: CloudEnvironment;
  events: EventHub;
  log: Logger;
  signingKey: Uint8Array;
}): CloudServices {
  const { database, environment, events, log } = options;
  const now = () => environment.now();
  const writes = new WriteBatch({ database, defer: (callback) => environment.defer(callback) });
  const deviceStore = new DeviceStore(database);
  const productStore = new ProductStore(database);
  const sessions = new Sessions();
  const presence = new Presence({ sessions, store: deviceStore, writes, events, log, now });
  const properties = new PropertyService({ store: new PropertyStore(database), writes, events, log, now });
  const commands = new CommandService({
    sessions,
    store: new CommandStore(database),
    writes,
    environment,
    events,
    log,
  });
  return {
    writes,
    properties,
    commands,
    users: new UserService({
      store: new UserStore(database),
      environment,
      passwords: new PasswordHasher(environment),
      jwt: environment.createJwtCodec(options.signingKey),
    }),
    products: new ProductService({ store: productStore, now }),
    devices: new DeviceService({
      store: deviceStore,
      products: productStore,
      writes,
      properties,
      commands,
      sessions,
      presence,
      events,
      now,
    }),
    activation: new ActivationService({
      devices: deviceStore,
      products: productStore,
      sessions,
      writes,
      environment,
      events,
    }),
    gateway: new BoardGateway({
      devices: deviceStore,
      sessions,
      presence,
      properties,
      commands,
      eventSink: NO_EVENT_STORAGE,
      events,
      log,
      now,
    }),
  };
}
