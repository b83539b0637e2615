import { createHmac, scryptSync } from 'node:crypto';
import type Sqlite from 'better-sqlite3';
import type { Product } from '../../src/core/product.js';
import type { Cloud, CloudEnvironment, CloudEvents, CloudLogEvent, TlsProvider } from '../cloud/cloud.js';
import { createCloud } from '../cloud/cloud.js';
import type { CloudState } from '../cloud/cloud-state.js';
import type { JwtCodec } from '../cloud/domain/jwt.js';
import { openAuthority } from '../cloud/pki/authority-files.js';
import { issueClient } from '../cloud/pki/issue-client.js';
import { migrate } from '../cloud/store/database.js';
import { MemoryFiles } from '../cloud/store/stored-files.js';
import { TlsListeners } from '../cloud/tls/tls-listeners.js';
import type { TlsCredentials } from '../world/tls-peer.js';
import type { VirtualNetwork, VirtualPeer } from '../world/virtual-network.js';
import type { VirtualTime } from '../world/virtual-time.js';
import { PeerStream, sever, type Tap } from './peer-stream.js';
import type { SeededRandom } from './seeded-random.js';
import { SimPki } from './sim-pki.js';
import { type Shown, SimTlsDoor } from './sim-tls-door.js';

export const API_PORT = 8080;
export const MQTT_PORT = 1883;

/** The same doors with TLS, and the broker's for who has a certificate of his own. */
export const TLS_PORTS = { httpsPort: 8443, mqttsPort: 8883, mtlsPort: 18_760 };

export type CloudDoor = 'api' | 'mqtt';

/** Answers a board's connection in the cloud's place, with its keys: inside TLS, where there is any. */
export type Impostor = (peer: VirtualPeer) => void;

/** Has a board's connection to a port with TLS, and is not the cloud. */
export type Stranger = (door: CloudDoor, peer: VirtualPeer) => void;

export interface SimCloudOptions {
  readonly time: VirtualTime;
  readonly network: VirtualNetwork;
  readonly random: SeededRandom;
  /** The machine it runs on. */
  readonly address: string;
  /** better-sqlite3, loaded before the world began. */
  readonly Sqlite: typeof Sqlite;
  readonly products: readonly Product[];
  readonly user: { readonly name: string; readonly password: string };
  /** By what name boards are told to find the broker. */
  readonly host: string;
  readonly reconnectSpreadS: number;
  /** Where there is TLS: by what name boards find it, and when the server certificate was made with which it begins. */
  readonly tls?: { readonly host: string; readonly madeMs: number } | undefined;
  /** A connection comes, whoever answers it. */
  onConnection(door: CloudDoor, peer: VirtualPeer, isTls: boolean): void;
  /** Both sides have completed a handshake. */
  onSecured(door: CloudDoor, peer: VirtualPeer, shown: Shown): void;
  /** Every connection's tap, made as it comes. */
  tap?(door: CloudDoor, peer: VirtualPeer): Tap;
  /** Whom the cloud takes the other end of a connection for. */
  addressOf(peer: VirtualPeer): string;
  onLog(event: CloudLogEvent): void;
  /** A cloud has started: its events are to be listened to anew. */
  onStarted(events: CloudEvents, isAlive: () => boolean): void;
  /** It was stopped or killed. */
  onEnded(): void;
}

/**
 * The dev cloud in virtual time: the real domain, API, broker and database, over connections and a disk in memory. It can be
 * stopped, killed at any instant and started again on what it had committed.
 */
export class SimCloud {
  readonly #options: SimCloudOptions;
  readonly #keys: Pick<CloudState, 'signingKey' | 'sealingKey' | 'packageFiles' | 'userFiles'>;
  #address: string;
  readonly #doors = new Set<{ close(): void }>();
  readonly #peers = new Map<VirtualPeer, CloudDoor>();
  #disk: Buffer | undefined;
  #database: Sqlite.Database | undefined;
  #cloud: Cloud | undefined;
  #life: { alive: boolean } = { alive: false };
  /** Its stopping, which takes its time. */
  #stopping: Promise<void> | undefined;
  /** Who answers boards in its place at a door, while it is up; for faults. */
  readonly impostors = new Map<CloudDoor, Impostor>();
  /** Who has every new connection of a board to a port with TLS; for faults. */
  stranger: Stranger | undefined;
  /** Its keys and certificates; absent: it has no TLS. */
  readonly pki: SimPki | undefined;
  /** By port. */
  readonly #tlsDoors = new Map<number, SimTlsDoor>();
  #shownInstead: TlsCredentials | undefined;
  /** By what name boards are told to find the broker, from the next start on. */
  brokerHost: string;
  /** By how much its clock is off, ms. */
  clockOffMs = 0;
  /** Pages that its database may have, from now on and after a restart. */
  #maxPages: number | undefined;

  constructor(options: SimCloudOptions) {
    this.#options = options;
    this.#address = options.address;
    this.brokerHost = options.host;
    const keys = options.random.fork('keys');
    this.#keys = {
      signingKey: keys.bytes(32),
      sealingKey: keys.bytes(32),
      packageFiles: new MemoryFiles(),
      userFiles: new MemoryFiles(),
    };
    if (options.tls) {
      const environment = this.#environment({ alive: true }, 'certificates');
      this.pki = new SimPki({ ...options.tls, environment, publicHost: options.host });
    }
  }

  /** Somebody who holds its disk puts other bytes into the place of a package's file. */
  swapFile(packageId: string, bytes: Uint8Array): void {
    const draft = this.#keys.packageFiles!.begin();
    draft.write(bytes);
    draft.keep(packageId);
  }

  /** Whether it takes connections. */
  get isUp(): boolean {
    return this.#cloud !== undefined;
  }

  /** Open connections of boards and apps. */
  get connections(): ReadonlyMap<VirtualPeer, CloudDoor> {
    return this.#peers;
  }

  /** Rows of its database, while it is up. */
  rows(sql: string, ...values: unknown[]): Record<string, unknown>[] {
    return (this.#database?.prepare(sql).all(...values) ?? []) as Record<string, unknown>[];
  }

  /** Does nothing where it is up; one that is still stopping ends that first. Why it could not, as on a full disk, is what comes of it. */
  async start(): Promise<Error | undefined> {
    await this.#stopping;
    if (this.#life.alive) return undefined;
    const { Sqlite } = this.#options;
    const life = { alive: true };
    this.#life = life;
    this.#database = new Sqlite(this.#disk ?? ':memory:');
    this.#database.pragma('foreign_keys = ON');
    migrate(this.#database);
    this.#limit();
    const cloud = await this.#create(life).catch((error: Error) => error);
    if (cloud instanceof Error) {
      life.alive = false;
      this.#takeDisk();
      return cloud;
    }
    if (!life.alive) return undefined;
    this.#cloud = cloud;
    this.#options.onStarted(cloud.events, () => life.alive);
    this.#listen();
    return undefined;
  }

  #create(life: { readonly alive: boolean }): Promise<Cloud> {
    const { products, user, reconnectSpreadS } = this.#options;
    return createCloud({
      dataDir: {
        database: this.#database!,
        ...this.#keys,
        ...(this.pki && { directory: this.pki.files }),
        close: () => {},
      },
      apiPort: API_PORT,
      mqttPort: MQTT_PORT,
      publicHost: this.brokerHost,
      products,
      user,
      reconnectSpread: reconnectSpreadS,
      // The limit is by address; it is a test of its own.
      activationRate: 0,
      log: (event) => {
        if (life.alive) this.#options.onLog(event);
      },
      environment: this.#environment(life),
      ...(this.pki && {
        tlsProvider: {
          // Loaded before the world began: what is loaded in it comes at a time of its own.
          load: async () => ({ openAuthority, issueClient }),
          open: (parts) => this.#openTls(parts),
        },
      }),
    });
  }

  #openTls(parts: Parameters<TlsProvider['open']>[0]): Promise<TlsListeners> {
    this.#tlsDoors.clear();
    return TlsListeners.open({
      ...parts,
      host: this.#options.tls!.host,
      ports: TLS_PORTS,
      createDoor: (tls) => {
        const door = new SimTlsDoor({ tls, onListen: (port) => this.#tlsDoors.set(port, door) });
        door.instead = this.#shownInstead;
        return door;
      },
    });
  }

  /** Has it show these at every port with TLS, from the next handshake on and over restarts; absent: its own. */
  show(instead: TlsCredentials | undefined): void {
    this.#shownInstead = instead;
    for (const door of this.#tlsDoors.values()) door.instead = instead;
  }

  /** Ends it as a signal does: it says good-bye, and what it knows is on its disk. */
  async stop(): Promise<void> {
    const cloud = this.#cloud;
    if (cloud === undefined) return;
    this.#cloud = undefined;
    this.#unlisten();
    this.#stopping = cloud.close().then(() => {
      this.#stopping = undefined;
      this.#life.alive = false;
      this.#takeDisk();
      this.#options.onEnded();
    });
    await this.#stopping;
  }

  /** Ends it as `kill -9` does: its connections are reset, and only what was committed is left. */
  kill(): void {
    const cloud = this.#cloud;
    if (cloud === undefined) return;
    this.#cloud = undefined;
    this.#life.alive = false;
    this.#unlisten();
    this.resetAll();
    this.#peers.clear();
    const database = this.#database!;
    this.#disk = database.serialize();
    this.#database = undefined;
    this.#options.onEnded();
    // It may be in the middle of something: what it still does reaches nobody, and its database is no longer the one on the disk.
    const bury = (): void => void database.close();
    cloud.close().then(bury, bury);
  }

  get address(): string {
    return this.#address;
  }

  /** It runs on another machine from now on; connections end. */
  moveTo(address: string): void {
    this.#address = address;
    this.#unlisten();
    this.resetAll();
    if (this.isUp) this.#listen();
  }

  /** The disk has no room from now on, or has it again. */
  fillDisk(isFull: boolean): void {
    this.#maxPages = isFull ? 1 : undefined;
    this.#limit();
  }

  /** Ends every connection that is open now, at once. */
  resetAll(): void {
    for (const peer of [...this.#peers.keys()]) sever(peer, 'reset');
  }

  /** Nothing arrives on the connections that are open now, and nobody is told. */
  freezeAll(): void {
    for (const peer of this.#peers.keys()) peer.freeze();
  }

  #limit(): void {
    // SQLite never goes below what is there: with 1 the file stays as large as it is.
    this.#database?.pragma(`max_page_count = ${this.#maxPages ?? 1_073_741_823}`);
  }

  #takeDisk(): void {
    this.#disk = this.#database?.serialize();
    this.#database?.close();
    this.#database = undefined;
  }

  #listen(): void {
    const { network } = this.#options;
    this.#doors.add(network.listen(this.#address, API_PORT, (peer) => this.#accept('api', peer)));
    this.#doors.add(network.listen(this.#address, MQTT_PORT, (peer) => this.#accept('mqtt', peer)));
    for (const [port, door] of this.#tlsDoors) {
      this.#doors.add(network.listen(this.#address, port, (peer) => this.#acceptTls(door, peer)));
    }
  }

  #unlisten(): void {
    for (const door of this.#doors) door.close();
    this.#doors.clear();
  }

  #accept(door: CloudDoor, peer: VirtualPeer): void {
    this.#options.onConnection(door, peer, false);
    this.#serve(door, peer, (stream) => this.#cloud!.accept(door, stream));
  }

  #acceptTls(tls: SimTlsDoor, peer: VirtualPeer): void {
    const door = tls.isHttps ? 'api' : 'mqtt';
    this.#options.onConnection(door, peer, true);
    if (this.stranger && peer.owner !== '') {
      this.stranger(door, peer);
      return;
    }
    const secured = tls.take(
      peer,
      (inner, shown, certificate) => {
        this.#options.onSecured(door, inner, shown);
        this.#serve(door, inner, (stream) => tls.enter(stream, certificate));
      },
      (inner) => this.#peers.delete(inner),
    );
    this.#peers.set(secured, door);
  }

  #serve(door: CloudDoor, peer: VirtualPeer, enter: (stream: PeerStream) => void): void {
    const impostor = this.impostors.get(door);
    // Apps, which are nobody's boards, are let through.
    if (impostor && peer.owner !== '') {
      this.#peers.delete(peer);
      peer.onClosed = undefined;
      impostor(peer);
      return;
    }
    const stream = new PeerStream(peer, this.#options.addressOf(peer), this.#options.tap?.(door, peer));
    this.#peers.set(peer, door);
    stream.once('close', () => this.#peers.delete(peer));
    stream.on('error', () => {});
    enter(stream);
  }

  #environment(life: { readonly alive: boolean }, what = `cloud at ${this.#options.time.nowMs}`): CloudEnvironment {
    const { time, random } = this.#options;
    const secrets = random.fork(what);
    return {
      now: () => time.clock.nowMs() + this.clockOffMs,
      randomBytes: (size) => secrets.bytes(size),
      setTimer: (callback, delayMs) => {
        const handle = time.timer.set(() => {
          if (life.alive) callback();
        }, delayMs);
        return () => time.timer.clear(handle);
      },
      defer: (callback) => {
        setImmediate(() => {
          if (life.alive) callback();
        });
      },
      // The thread pool would answer at its own time; the cost is of no use here.
      scrypt: async (password, salt, keyLength) => scryptSync(password, salt, keyLength, { N: 2, r: 1, p: 1 }),
      createJwtCodec: (key) => createSyncCodec(key),
    };
  }
}

/** Tokens that are signed at once: nothing of this world may wait for a thread. */
function createSyncCodec(key: Uint8Array): JwtCodec {
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  return {
    sign: async (claims, _issuedAtS, expiresAtS) => {
      const text = Buffer.from(JSON.stringify({ ...claims, expiresAtS })).toString('base64url');
      return `${text}.${sign(text)}`;
    },
    verify: async (token, nowMs) => {
      const [text, signature] = token.split('.');
      if (text === undefined || signature !== sign(text)) return undefined;
      const claims = JSON.parse(Buffer.from(text, 'base64url').toString());
      return claims.expiresAtS * 1_000 > nowMs ? claims : undefined;
    },
  };
}
