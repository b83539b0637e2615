import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import mqttPacket, { type Packet } from 'mqtt-packet';

/** A broker as its clients reach it. */
export interface BrokerTarget {
  /** `mqtt://host:port`, without user and password. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

export interface PacketEvents {
  /** The payload is good during the call alone. */
  onMessage(topic: string, payload: Buffer): void;
  /** The connection, which stood, is gone. */
  onLost(): void;
}

const CONNECT_MS = 10_000;
/** After closing, what was written is given this long to leave, ms. */
const CLOSE_MS = 500;
const KEEP_ALIVE_S = 60;
const MAX_ID = 65_535;

/** The broker has answered CONNECT with a return code that is not 0 (MQTT 3.1.1, 3.2.2.3). */
export class ConnectRefused extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`the broker refuses the connection (code ${code})`);
    this.code = code;
  }
}

/**
 * As little as speaks MQTT 3.1.1 at QoS 1: packets on a socket. What measures shares the machine with what it measures, and a whole
 * client would take as much of it as the boards do. Nothing is sent again: TCP loses nothing, and a lost connection ends the fleet.
 */
export class PacketClient {
  readonly #socket: Socket;
  readonly #events: PacketEvents;
  readonly #parser = mqttPacket.parser({ protocolVersion: 4 });
  #ping: NodeJS.Timeout | undefined;
  #awaited: ((packet: Packet) => void) | undefined;
  #lastId = 0;
  #isOpen = false;
  /** Nothing has come since the last ping. */
  #isSilent = false;

  /** Resolves once it is connected and has subscribed. @throws {ConnectRefused} @throws {Error} as the system's, or with what is wrong */
  static async open(target: BrokerTarget, filter: string, events: PacketEvents): Promise<PacketClient> {
    const client = new PacketClient(target.url, events);
    const hurry = AbortSignal.timeout(CONNECT_MS);
    try {
      await client.#open(target, filter, hurry);
      return client;
    } catch (error) {
      await client.close();
      throw hurry.aborted ? Object.assign(new Error('the broker does not answer'), { code: 'ETIMEDOUT' }) : error;
    }
  }

  private constructor(url: string, events: PacketEvents) {
    const { hostname, port } = new URL(url);
    this.#events = events;
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.on('data', (bytes) => {
      this.#isSilent = false;
      this.#parser.parse(bytes);
    });
    this.#socket.on('error', () => {});
    this.#parser.on('packet', (packet) => this.#take(packet));
    this.#parser.on('error', () => this.#socket.destroy());
  }

  publish(topic: string, payload: string): void {
    const messageId = this.#nextId();
    this.#write({ cmd: 'publish', topic, payload, messageId, qos: 1, dup: false, retain: false });
  }

  /** May be called twice. */
  async close(): Promise<void> {
    this.#isOpen = false;
    clearInterval(this.#ping);
    const socket = this.#socket;
    if (socket.closed) return;
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
    });
    const late = setTimeout(() => socket.destroy(), CLOSE_MS);
    this.#write({ cmd: 'disconnect' });
    if (socket.connecting) socket.destroy();
    else socket.destroySoon();
    await closed;
    clearTimeout(late);
  }

  async #open({ username, password }: BrokerTarget, filter: string, hurry: AbortSignal): Promise<void> {
    await once(this.#socket, 'connect', { signal: hurry });
    const connack = await this.#ask(
      {
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        keepalive: KEEP_ALIVE_S,
        clientId: `smartlink-fleet-${randomUUID()}`,
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password: Buffer.from(password) }),
      },
      hurry,
    );
    if (connack.cmd !== 'connack') throw new Error('the broker does not speak MQTT');
    if (connack.returnCode !== 0) throw new ConnectRefused(connack.returnCode ?? 0);
    const subscriptions = [{ topic: filter, qos: 1 as const }];
    const suback = await this.#ask({ cmd: 'subscribe', messageId: this.#nextId(), subscriptions }, hurry);
    if (suback.cmd !== 'suback' || suback.granted[0] === 128)
      throw new Error(`the broker refuses to let ${filter} be heard`);
    this.#isOpen = true;
    this.#ping = setInterval(() => this.#askForLife(), (KEEP_ALIVE_S * 1_000) / 2);
    this.#socket.once('close', () => {
      if (this.#isOpen) this.#events.onLost();
      this.#isOpen = false;
    });
  }

  /** The next packet that is no message. */
  async #ask(packet: Packet, signal: AbortSignal): Promise<Packet> {
    const { promise, resolve } = deferred<Packet>();
    this.#awaited = resolve;
    this.#write(packet);
    const over = new AbortController();
    const lost = once(this.#socket, 'close', { signal: AbortSignal.any([signal, over.signal]) }).then(() => {
      throw new Error('the broker has ended the connection');
    });
    try {
      return await Promise.race([promise, lost]);
    } finally {
      this.#awaited = undefined;
      lost.catch(() => {});
      over.abort();
    }
  }

  #take(packet: Packet): void {
    if (packet.cmd === 'publish') {
      if (packet.qos === 1) this.#write({ cmd: 'puback', messageId: packet.messageId! });
      // What is retained was said before.
      if (!packet.retain && this.#isOpen) this.#events.onMessage(packet.topic, packet.payload as Buffer);
    } else this.#awaited?.(packet);
  }

  /** A broker that answers no ping before the next is held to be gone (MQTT 3.1.1, 3.1.2.10). */
  #askForLife(): void {
    if (this.#isSilent) this.#socket.destroy();
    this.#isSilent = true;
    this.#write({ cmd: 'pingreq' });
  }

  #write(packet: Packet): void {
    if (this.#socket.writable) this.#socket.write(mqttPacket.generate(packet));
  }

  #nextId(): number {
    this.#lastId = (this.#lastId % MAX_ID) + 1;
    return this.#lastId;
  }
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
