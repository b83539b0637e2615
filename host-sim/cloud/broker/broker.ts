import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import { type BoardGateway, MAX_PAYLOAD_BYTES, type Refused, type Verdict } from '../domain/board-gateway.js';
import type { ShownCertificate } from '../domain/certificates.js';
import type { AuthorizedBoard, BoardLink, PublishOptions } from '../domain/sessions.js';
import type { WatchService } from '../domain/watching.js';
import type { CloudEnvironment } from '../environment.js';
import type { Logger } from '../events.js';
import { listenOn } from '../listen.js';
import { BoardConnection } from './board-connection.js';
import type { Connection } from './connection.js';
import { MessageIds } from './message-ids.js';
import { PacketSizeGuard } from './packet-size-guard.js';
import { indexRetained, type RetainedPersistence } from './retained-index.js';
import { UserConnection } from './user-connection.js';

/** Time for CONNECT to arrive, ms. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Time for a board that does not read to catch up, ms. */
const DRAIN_TIMEOUT_MS = 10_000;
/** Between two signs of life for the other brokers of a cluster, of which there are none; each has Aedes look for their wills, ms. */
const HEARTBEAT_MS = 3_600_000;
/** A packet's topic and packet id, beside its payload. */
const MAX_PACKET_BYTES = MAX_PAYLOAD_BYTES + 1024;
const MAX_QOS2_IN_FLIGHT = 16;
/** Where messages go that are acknowledged and passed to nobody: no board may subscribe to it. */
const DROPPED_TOPIC = '$SYS/dropped';
/** After a socket has closed: time for Aedes to tell so itself, will included, ms. */
const CLOSE_GRACE_MS = 50;

/** A user name that is a user's: boards' hold a `&`. */
const USER_ID = /^[1-9]\d{0,15}$/;

interface Session {
  readonly connection: Connection;
  readonly messageIds: MessageIds;
  attached: boolean;
}

/** Why a login is refused; `connack` is MQTT 3.1.1's return code (3.2.2.3). */
type Refusal = Pick<Refused, 'connack'> & { readonly word: string };

/** What is used of Aedes's persistence beside Aedes itself. */
interface Persistence extends RetainedPersistence {
  createRetainedStream(filter: string): Readable;
  outgoingClearMessageId(client: Client, packet: { messageId: number }): Promise<unknown>;
}

/** The MQTT broker: Aedes as a thin skin. What a client may do, who has logged in decides. */
export class Broker {
  readonly #aedes: Aedes;
  readonly #gateway: BoardGateway;
  readonly #watching: WatchService;
  readonly #environment: CloudEnvironment;
  readonly #log: Logger;
  readonly #server: Server;
  readonly #streams = new Set<Duplex>();
  readonly #sessions = new WeakMap<Client, Session>();
  /** With which certificate a stream was opened, where it was with one. */
  readonly #shown = new WeakMap<Duplex, ShownCertificate>();
  /** By payload: which session's acknowledgement of it somebody wants to know of. */
  readonly #expected = new WeakMap<object, { readonly client: Client; readonly onAcknowledged: () => void }>();

  /** @param options.onMessage is told of every message that is passed on, those of the cloud included */
  constructor(options: {
    gateway: BoardGateway;
    watching: WatchService;
    environment: CloudEnvironment;
    log: Logger;
    onMessage?: (topic: string, payload: Buffer) => void;
  }) {
    this.#gateway = options.gateway;
    this.#watching = options.watching;
    this.#environment = options.environment;
    this.#log = options.log;
    this.#aedes = new Aedes({
      id: options.environment.randomBytes(8).toString('hex'),
      // Unlimited, so that one board that does not read holds up no other; its own queue ends with the drain timeout.
      concurrency: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      drainTimeout: DRAIN_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxInflightInbound: MAX_QOS2_IN_FLIGHT,
      preConnect: (_client, packet, callback) => {
        // Every session is clean: a queue of old commands is how loads switch hours later. "Session present" is 0 then,
        // as it must be where the server has no stored session [MQTT-3.2.2-3].
        packet.clean = true;
        callback(null, true);
      },
      authenticate: (client, username, password, done) => this.#authenticate(client, username, password, done),
      authorizePublish: (client, packet, callback) => this.#authorizePublish(client, packet, callback),
      authorizeSubscribe: (client, subscription, callback) => {
        const allowed = this.#attached(client)?.connection.maySubscribe(subscription.topic);
        // SUBACK with failure code 128 (MQTT 3.1.1, 3.9.3).
        callback(null, allowed ? subscription : null);
      },
      authorizeForward: (client, packet) => {
        const session = this.#sessions.get(client);
        if (!session) return packet;
        if (!session.connection.mayReceive(packet.topic)) return null;
        // Aedes takes an identifier that is there, and numbers only messages without.
        if (packet.qos > 0) packet.messageId = session.messageIds.next(this.#onAcknowledged(client, packet.payload));
        return packet;
      },
    });
    this.#listenToAedes(options.onMessage);
    this.#server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 }, (socket) =>
      this.accept(socket),
    );
  }

  /** To be awaited before the first connection. */
  async open(): Promise<void> {
    await this.#aedes.listen();
    const persistence = this.#persistence();
    indexRetained(persistence);
    const clear = persistence.outgoingClearMessageId.bind(persistence);
    // Aedes tells of an acknowledgement with the message that it keeps; of clean sessions it keeps none.
    persistence.outgoingClearMessageId = async (client, packet) => (await clear(client, packet)) ?? packet;
  }

  /** Starts to listen on TCP; resolves with the port. @throws CloudStartError `port_in_use`, `listen_failed` */
  listen(host: string, port: number): Promise<number> {
    return listenOn(this.#server, { host, port, listener: 'mqtt' });
  }

  /**
   * Serves MQTT on a byte stream, whatever carries it.
   * @param shown the client certificate that has opened it: a board's is for that board alone, with an app's users may log in, too
   */
  accept(stream: Duplex, shown?: ShownCertificate): void {
    this.#streams.add(stream);
    if (shown !== undefined) this.#shown.set(stream, shown);
    stream.once('close', () => this.#streams.delete(stream));
    this.#guardPacketSize(stream);
    this.#aedes.handle(stream as Socket);
  }

  /** Passes a message on; resolves once it is written to every subscriber's socket. */
  publish(topic: string, payload: string, options: { readonly qos: 0 | 1; readonly retain: boolean }): Promise<void> {
    return this.#publish({ cmd: 'publish', topic, payload: Buffer.from(payload), dup: false, ...options });
  }

  /** The retained messages that a filter matches. */
  async *retained(filter: string): AsyncGenerator<{ readonly topic: string; readonly payload: Buffer }> {
    for await (const packet of this.#persistence().createRetainedStream(filter)) yield packet;
  }

  /** Removes a retained message. */
  clearRetained(topic: string): void {
    const packet: PublishPacket = { cmd: 'publish', topic, payload: '', qos: 0, retain: true, dup: false };
    this.#aedes.publish(packet, () => {});
  }

  /** Ends all sessions, wills included, and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await new Promise<void>((resolve) => this.#aedes.close(() => resolve()));
    for (const stream of this.#streams) stream.destroy();
    if (this.#server.listening) await closed;
  }

  #listenToAedes(onMessage: ((topic: string, payload: Buffer) => void) | undefined): void {
    const aedes = this.#aedes;
    if (onMessage) {
      aedes.on('publish', ({ topic, payload }) => {
        // Topics of the broker's own begin with `$`.
        if (!topic.startsWith('$')) onMessage(topic, typeof payload === 'string' ? Buffer.from(payload) : payload);
      });
    }
    aedes.on('client', (client) => this.#attached(client));
    aedes.on('clientDisconnect', (client) => this.#detach(client));
    aedes.on('subscribe', (subscriptions, client) => {
      const granted = subscriptions.filter((subscription) => (subscription.qos as number) !== 128);
      this.#sessions.get(client)?.connection.subscribed(granted.map(({ topic }) => topic));
    });
    aedes.on('unsubscribe', (filters, client) => this.#sessions.get(client)?.connection.unsubscribed(filters));
    aedes.on('ack', (packet: { messageId?: number } | undefined, client) => {
      this.#sessions.get(client)?.messageIds.acknowledged(packet?.messageId ?? 0);
    });
    aedes.on('clientError', (client, error) =>
      this.#log.info('mqtt_client_error', { clientId: client.id?.slice(0, 128), why: error.message }),
    );
    aedes.on('connectionError', (_client, error) => this.#log.info('mqtt_connection_error', { why: error.message }));
    (aedes as NodeJS.EventEmitter).on('error', (error: Error) =>
      this.#log.error('mqtt_broker_error', { why: error.message }),
    );
  }

  #authenticate(
    client: Client,
    username: string | undefined,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const shown = this.#shown.get(client.conn);
    const end = (result: Connection | Refusal) => {
      if ('connack' in result) {
        const error = new Error(result.word) as AuthenticateError;
        error.returnCode = result.connack as number;
        done(error, null);
        return;
      }
      this.#sessions.set(client, { connection: result, messageIds: new MessageIds(), attached: false });
      client.conn.once('close', () => {
        // Aedes leaves out `clientDisconnect` where a takeover met a connection that was just closing.
        this.#environment.setTimer(() => this.#detach(client), CLOSE_GRACE_MS);
      });
      done(null, true);
    };
    const isUser = shown !== undefined && shown.deviceId === undefined && USER_ID.test(username ?? '');
    if (isUser) void this.#loginUser(client, username!, password).then(end);
    else end(this.#loginBoard(client, username ?? '', password, shown));
  }

  #loginBoard(
    client: Client,
    username: string,
    password: Buffer = Buffer.alloc(0),
    shown?: ShownCertificate,
  ): Connection | Refusal {
    const result = this.#gateway.authenticate(username, password, client.id, shown?.deviceId);
    return 'word' in result ? result : new BoardConnection(this.#gateway, this.#createLink(client, result));
  }

  /** The user name is the user's id, the password his access token. */
  async #loginUser(
    client: Client,
    username: string,
    password: Buffer = Buffer.alloc(0),
  ): Promise<Connection | Refusal> {
    const watching = this.#watching;
    const watcher = await watching.authenticateUser(password.toString('utf8')).catch(() => undefined);
    if (watcher === undefined || String(watcher.user.userId) !== username) {
      this.#log.warn('unauthorized', { username });
      return { word: 'unauthorized', connack: 4 };
    }
    // His own names alone: nobody takes over the session of another user, or of a board.
    (client as { id: string }).id = `${username}/${client.id}`;
    const [environment, log] = [this.#environment, this.#log];
    return new UserConnection({ watcher, watching, environment, log, close: () => client.close() });
  }

  #authorizePublish(client: Client | null, packet: PublishPacket, callback: (error?: Error | null) => void): void {
    const isWill = client?.closed === true;
    const session = client === null ? undefined : isWill ? this.#sessions.get(client) : this.#attached(client);
    if (!session) {
      callback(new Error('not authorized'));
      return;
    }
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const message = { topic: packet.topic, payload, isWill };
    try {
      session.connection.publish(message, (verdict) => this.#carryOut(verdict, packet, callback));
    } catch (error) {
      // One message of one client must not end the cloud.
      this.#log.error('publish_failed', { clientId: client?.id, why: (error as Error).message });
      this.#carryOut('close', packet, callback);
    }
  }

  #carryOut(verdict: Verdict, packet: PublishPacket, callback: (error?: Error | null) => void): void {
    if (verdict === 'close' || verdict === 'again') {
      // Aedes closes the connection without PUBACK, the second answer that [MQTT-3.3.5-2] allows.
      callback(new Error('publish refused'));
      return;
    }
    if (verdict === 'drop') packet.topic = DROPPED_TOPIC;
    if (verdict !== 'keep') packet.retain = false;
    callback(null);
  }

  /**
   * The session of a client, made to count on first use: CONNACK goes out before Aedes has closed the session that this one
   * replaces, so messages may come before the event `client`.
   */
  #attached(client: Client): Session | undefined {
    const session = this.#sessions.get(client);
    if (!session || session.attached) return session;
    session.attached = true;
    if (session.connection.attach()) return session;
    this.#sessions.delete(client);
    client.close();
    return undefined;
  }

  #detach(client: Client): void {
    const session = this.#sessions.get(client);
    if (!session?.attached) return;
    this.#sessions.delete(client);
    session.connection.detach();
  }

  #createLink(client: Client, board: AuthorizedBoard): BoardLink {
    return {
      board,
      publish: (topic, text, { qos, retain, onAcknowledged }: PublishOptions) => {
        const payload = Buffer.from(text);
        if (onAcknowledged) this.#expected.set(payload, { client, onAcknowledged });
        return this.#publish({ cmd: 'publish', topic, payload, dup: false, qos, retain });
      },
      close: () => client.close(),
    };
  }

  #publish(packet: PublishPacket): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  }

  #onAcknowledged(client: Client, payload: string | Buffer): (() => void) | undefined {
    const expected = typeof payload === 'string' ? undefined : this.#expected.get(payload);
    return expected?.client === client ? expected.onAcknowledged : undefined;
  }

  #persistence(): Persistence {
    return (this.#aedes as unknown as { persistence: Persistence }).persistence;
  }

  /** Aedes buffers a packet of any announced size (256 MB); this ends the connection at its header. */
  #guardPacketSize(stream: Duplex): void {
    const guard = new PacketSizeGuard(MAX_PACKET_BYTES);
    const read = stream.read.bind(stream);
    stream.read = (size?: number) => {
      const chunk: unknown = read(size);
      if (chunk instanceof Uint8Array && !guard.accepts(chunk)) {
        this.#log.warn('packet_too_large', { limit: MAX_PACKET_BYTES });
        stream.destroy();
        return null;
      }
      return chunk;
    };
  }
}
