import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';
import { type BoardGateway, MAX_PAYLOAD_BYTES, type Verdict } from '../domain/board-gateway.js';
import type { AuthorizedBoard, BoardLink, PublishOptions } from '../domain/sessions.js';
import type { CloudEnvironment } from '../environment.js';
import type { Logger } from '../events.js';
import { listenOn } from '../listen.js';
import { MessageIds } from './message-ids.js';
import { PacketSizeGuard } from './packet-size-guard.js';
import { indexRetained, type RetainedPersistence } from './retained-index.js';

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

interface Connection {
  readonly link: BoardLink;
  readonly messageIds: MessageIds;
  attached: boolean;
}

/** What is used of Aedes's persistence beside Aedes itself. */
interface Persistence extends RetainedPersistence {
  createRetainedStream(filter: string): Readable;
  outgoingClearMessageId(client: Client, packet: { messageId: number }): Promise<unknown>;
}

/** The MQTT broker for boards: Aedes as a thin skin, every decision is the gateway's. */
export class Broker {
  readonly #aedes: Aedes;
  readonly #gateway: BoardGateway;
  readonly #environment: CloudEnvironment;
  readonly #log: Logger;
  readonly #server: Server;
  readonly #streams = new Set<Duplex>();
  readonly #connections = new WeakMap<Client, Connection>();
  /** The board that a stream was opened for, where it can be no other. */
  readonly #boards = new WeakMap<Duplex, string>();
  /** By payload: which session's acknowledgement of it somebody wants to know of. */
  readonly #expected = new WeakMap<object, { readonly client: Client; readonly onAcknowledged: () => void }>();

  /** @param options.onMessage is told of every message that is passed on, those of the cloud included */
  constructor(options: {
    gateway: BoardGateway;
    environment: CloudEnvironment;
    log: Logger;
    onMessage?: (topic: string, payload: Buffer) => void;
  }) {
    this.#gateway = options.gateway;
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
        const connection = this.#attached(client);
        const allowed = connection !== undefined && this.#gateway.maySubscribe(connection.link, subscription.topic);
        // SUBACK with failure code 128 (MQTT 3.1.1, 3.9.3).
        callback(null, allowed ? subscription : null);
      },
      authorizeForward: (client, packet) => {
        const connection = this.#connections.get(client);
        if (!connection) return packet;
        if (!this.#gateway.mayReceive(connection.link, packet.topic)) return null;
        // Aedes takes an identifier that is there, and numbers only messages without.
        if (packet.qos > 0) packet.messageId = connection.messageIds.next(this.#onAcknowledged(client, packet.payload));
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
   * @param deviceId the board that has proven itself by its certificate: no other may log in here
   */
  accept(stream: Duplex, deviceId?: string): void {
    this.#streams.add(stream);
    if (deviceId !== undefined) this.#boards.set(stream, deviceId);
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
      const connection = this.#connections.get(client);
      if (connection)
        this.#gateway.subscribed(
          connection.link,
          granted.map((subscription) => subscription.topic),
        );
    });
    aedes.on('unsubscribe', (filters, client) => {
      const connection = this.#connections.get(client);
      if (connection) this.#gateway.unsubscribed(connection.link, filters);
    });
    aedes.on('ack', (packet: { messageId?: number } | undefined, client) => {
      this.#connections.get(client)?.messageIds.acknowledged(packet?.messageId ?? 0);
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
    const certified = this.#boards.get(client.conn);
    const result = this.#gateway.authenticate(username ?? '', password ?? Buffer.alloc(0), client.id, certified);
    if ('word' in result) {
      const error = new Error(result.word) as AuthenticateError;
      error.returnCode = result.connack as number;
      done(error, null);
      return;
    }
    const connection: Connection = {
      link: this.#createLink(client, result),
      messageIds: new MessageIds(),
      attached: false,
    };
    this.#connections.set(client, connection);
    client.conn.once('close', () => {
      // Aedes leaves out `clientDisconnect` where a takeover met a connection that was just closing.
      this.#environment.setTimer(() => this.#detach(client), CLOSE_GRACE_MS);
    });
    done(null, true);
  }

  #authorizePublish(client: Client | null, packet: PublishPacket, callback: (error?: Error | null) => void): void {
    const isWill = client?.closed === true;
    const connection = client === null ? undefined : isWill ? this.#connections.get(client) : this.#attached(client);
    if (!connection) {
      callback(new Error('not authorized'));
      return;
    }
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    const message = { topic: packet.topic, payload, isWill };
    try {
      this.#gateway.publish(connection.link, message, (verdict) => this.#carryOut(verdict, packet, callback));
    } catch (error) {
      // One message of one board must not end the cloud.
      this.#log.error('publish_failed', { deviceId: connection.link.board.deviceId, why: (error as Error).message });
      this.#carryOut('close', packet, callback);
    }
  }

  #carryOut(verdict: Verdict, packet: PublishPacket, callback: (error?: Error | null) => void): void {
    if (verdict === 'close') {
      // Aedes closes the connection without PUBACK, the second answer that [MQTT-3.3.5-2] allows.
      callback(new Error('publish refused'));
      return;
    }
    if (verdict === 'drop') packet.topic = DROPPED_TOPIC;
    if (verdict !== 'keep') packet.retain = false;
    callback(null);
  }

  /**
   * The connection of a client, made the device's session on first use: CONNACK goes out before Aedes has closed the
   * session that this one replaces, so messages may come before the event `client`.
   */
  #attached(client: Client): Connection | undefined {
    const connection = this.#connections.get(client);
    if (!connection || connection.attached) return connection;
    connection.attached = true;
    if (this.#gateway.attach(connection.link)) return connection;
    this.#connections.delete(client);
    client.close();
    return undefined;
  }

  #detach(client: Client): void {
    const connection = this.#connections.get(client);
    if (!connection?.attached) return;
    this.#connections.delete(client);
    this.#gateway.detach(connection.link);
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
