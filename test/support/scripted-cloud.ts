import mqttPacket, { type Packet } from 'mqtt-packet';
import type { VirtualPeer } from '../../host-sim/world/virtual-network.js';

/** One thing that crossed the wire, in the order in which it reached or left the cloud. */
export interface WireRecord {
  readonly atMs: number;
  /** `http 1`, `mqtt 1`, …: connections are counted from 1 by kind. */
  readonly connection: string;
  readonly from: 'board' | 'cloud';
  /** The bytes in hex, or what happened to the connection. */
  readonly what: string;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  /** Header names are lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The parsed JSON body, `undefined` when it is none. */
  readonly json: unknown;
}

export interface ScriptedAnswer {
  readonly status: number;
  /** An object is sent as JSON. */
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One message that came from a board. */
export interface SeenMessage {
  readonly atMs: number;
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
  /** The parsed payload, `undefined` when it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every shape
  readonly json: any;
}

/** Where a cloud listens, and its clocks: a `VirtualNetwork`, or real sockets (`RealNetwork`). */
export interface CloudNetwork {
  readonly time: { readonly nowMs: number; readonly clock: { nowMs(): number } };
  listen(host: string, port: number, onConnection: (peer: VirtualPeer) => void): { close(): unknown };
}

export interface ScriptedCloudOptions {
  readonly apiHost?: string;
  readonly apiPort?: number;
  readonly mqttHost?: string;
  readonly mqttPort?: number;
}

const DEVICE_ID = 'dev_0000000000000001';

/**
 * A cloud that does what a test tells it, over a `VirtualNetwork`: the activation endpoint, and a broker whose packets are
 * read and built by `mqtt-packet`. Everything is recorded. What it does is in plain fields, to be set at any time.
 */
export class ScriptedCloud {
  /** Answers an HTTP request (`undefined`: never). The default activates. */
  activation: (request: SeenRequest, count: number) => ScriptedAnswer | undefined = () => this.activated();
  /** CONNACK return code; `undefined`: no CONNACK. */
  connack: number | undefined = 0;
  /** Code of each topic in a SUBACK; `undefined`: no SUBACK. */
  suback: number | undefined = 1;
  puback = true;
  pingresp = true;
  /** Topics announced at activation beyond the seed's three. */
  announceReply = true;
  /** Likewise, the extensions beyond the answer's topic. */
  announceExtensions = false;
  readonly apiUrl: string;
  readonly requests: SeenRequest[] = [];
  /** Every packet that boards sent, in order. */
  readonly packets: Packet[] = [];
  /** The PUBLISH packets among them. */
  readonly messages: SeenMessage[] = [];
  readonly wire: WireRecord[] = [];
  readonly #network: CloudNetwork;
  readonly #mqttHost: string;
  readonly #mqttPort: number;
  readonly #mqttPeers: VirtualPeer[] = [];
  readonly #broker: { close(): unknown };
  #httpCount = 0;
  #mqttCount = 0;
  #live: { peer: VirtualPeer; name: string } | undefined;
  #nextId = 0;

  constructor(network: CloudNetwork, options: ScriptedCloudOptions = {}) {
    const { apiHost = 'cloud', apiPort = 8_080, mqttHost = 'broker', mqttPort = 1_883 } = options;
    this.#network = network;
    this.#mqttHost = mqttHost;
    this.#mqttPort = mqttPort;
    this.apiUrl = `http://${apiHost}:${apiPort}`;
    network.listen(apiHost, apiPort, (peer) => this.#onHttp(peer));
    this.#broker = network.listen(mqttHost, mqttPort, (peer) => this.#onMqtt(peer));
  }

  /** The board's topic of a kind. */
  topic(kind: string): string {
    return `/sys/SW-SERVO-001/${DEVICE_ID}/${kind}`;
  }

  /** A full activation answer; `data` replaces fields of its data. */
  activated(data: object = {}): ScriptedAnswer {
    const topics = {
      propertyPost: this.topic('thing/event/property/post'),
      propertySet: this.topic('thing/service/property/set'),
      status: this.topic('status'),
      ...(this.announceReply ? { propertySetReply: this.topic('thing/service/property/set_reply') } : {}),
      ...(this.announceExtensions
        ? {
            propertyGet: this.topic('thing/service/property/get'),
            serviceInvoke: this.topic('thing/service/+'),
            eventPost: this.topic('thing/event/+/post'),
            logPost: this.topic('thing/log/post'),
            ntpRequest: this.topic('ext/ntp/request'),
            ntpResponse: this.topic('ext/ntp/response'),
            otaInform: this.topic('ota/device/inform'),
            otaUpgrade: this.topic('ota/device/upgrade'),
            otaProgress: this.topic('ota/device/progress'),
          }
        : {}),
    };
    const mqtt = {
      server: this.#mqttHost,
      port: this.#mqttPort,
      portTLS: 8_883,
      username: `SW-SERVO-001&${DEVICE_ID}`,
      password: 'p4ssw0rd',
      clientId: `SW-SERVO-001&${DEVICE_ID}`,
      keepAlive: 60,
    };
    const all = { deviceId: DEVICE_ID, deviceSecret: 'secret', mqtt, topics, ...data };
    return { status: 200, body: { code: 200, message: 'success', data: all } };
  }

  /** Whether a board has an MQTT connection that was accepted and is not over. */
  get connected(): boolean {
    return this.#live?.peer.open ?? false;
  }

  /** Sends a message to the board that is connected. */
  publish(
    topic: string,
    payload: string | Uint8Array,
    options: { qos?: 0 | 1; retain?: boolean; messageId?: number; segmentBytes?: number } = {},
  ): void {
    const { qos = 1, retain = false, messageId = this.#takeId(), segmentBytes } = options;
    const body = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
    this.send(
      mqttPacket.generate({ cmd: 'publish', topic, payload: body, qos, retain, dup: false, messageId }),
      segmentBytes,
    );
  }

  /** Sends `thing.service.property.set` (API reference, 5.3). */
  command(id: string, params: object, more: object = { time: this.#network.time.clock.nowMs() }): void {
    const message = { method: 'thing.service.property.set', id, version: '1.0', params, ...more };
    this.publish(this.topic('thing/service/property/set'), JSON.stringify(message));
  }

  /** Calls a service (Alink). */
  call(service: string, id: string, params?: unknown, more: object = { time: this.#network.time.clock.nowMs() }): void {
    const message = { method: `thing.service.${service}`, id, params, ...more };
    this.publish(this.topic(`thing/service/${service.replace('.', '/')}`), JSON.stringify(message));
  }

  /** Sends raw bytes on the board's MQTT connection. */
  send(bytes: Uint8Array, segmentBytes?: number): void {
    if (!this.#live) throw new Error('no board is connected');
    this.#write(this.#live.peer, this.#live.name, bytes, segmentBytes);
  }

  /** Ends every MQTT connection: closes, resets, or leaves them half-open. */
  drop(how: 'end' | 'reset' | 'freeze' = 'reset'): void {
    for (const peer of this.#mqttPeers.splice(0)) peer[how]();
    if (how !== 'freeze') this.#live = undefined;
  }

  /** The broker is gone: nothing listens there any more. */
  closeBroker(): void {
    this.#broker.close();
    this.drop();
  }

  /** Messages to a topic, oldest first. */
  on(topic: string): SeenMessage[] {
    return this.messages.filter((message) => message.topic === topic);
  }

  #takeId(): number {
    this.#nextId = (this.#nextId % 0xffff) + 1;
    return this.#nextId;
  }

  #record(connection: string, from: 'board' | 'cloud', what: string): void {
    this.wire.push({ atMs: this.#network.time.nowMs, connection, from, what });
  }

  #write(peer: VirtualPeer, name: string, bytes: Uint8Array, segmentBytes?: number): void {
    this.#record(name, 'cloud', Buffer.from(bytes).toString('hex'));
    peer.write(bytes, segmentBytes);
  }

  #onHttp(peer: VirtualPeer): void {
    const name = `http ${++this.#httpCount}`;
    let received = '';
    peer.onClosed = (how) => this.#record(name, 'board', how);
    peer.onData = (bytes) => {
      this.#record(name, 'board', Buffer.from(bytes).toString('hex'));
      // Bytes as characters: the body's length is counted in bytes.
      received += Buffer.from(bytes).toString('latin1');
      const request = readRequest(received);
      if (request === undefined) return;
      received = '';
      this.requests.push(request);
      const answer = this.activation(request, this.requests.length);
      if (answer === undefined) return;
      const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      const head = [
        `HTTP/1.1 ${answer.status} Scripted`,
        'Content-Type: application/json',
        `Content-Length: ${Buffer.byteLength(body)}`,
      ];
      for (const [key, value] of Object.entries(answer.headers ?? {})) head.push(`${key}: ${value}`);
      this.#write(peer, name, Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`));
    };
  }

  #onMqtt(peer: VirtualPeer): void {
    const name = `mqtt ${++this.#mqttCount}`;
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    this.#mqttPeers.push(peer);
    peer.onClosed = (how) => {
      this.#record(name, 'board', how);
      this.#mqttPeers.splice(this.#mqttPeers.indexOf(peer), 1);
      if (this.#live?.peer === peer) this.#live = undefined;
    };
    parser.on('packet', (packet) => this.#onPacket(peer, name, packet));
    parser.on('error', (error) => {
      throw error;
    });
    peer.onData = (bytes) => {
      this.#record(name, 'board', Buffer.from(bytes).toString('hex'));
      parser.parse(Buffer.from(bytes));
    };
  }

  #onPacket(peer: VirtualPeer, name: string, packet: Packet): void {
    const answer = (reply: Packet): void => this.#write(peer, name, mqttPacket.generate(reply));
    this.packets.push(packet);
    switch (packet.cmd) {
      case 'connect':
        if (this.connack === undefined) return;
        if (this.connack === 0) this.#live = { peer, name };
        answer({ cmd: 'connack', returnCode: this.connack, sessionPresent: false });
        if (this.connack !== 0) peer.end();
        return;
      case 'subscribe':
        if (this.suback === undefined) return;
        answer({
          cmd: 'suback',
          messageId: packet.messageId ?? 0,
          granted: packet.subscriptions.map(() => this.suback!),
        });
        return;
      case 'publish': {
        const payload = packet.payload.toString();
        const { topic, qos, retain } = packet;
        this.messages.push({ atMs: this.#network.time.nowMs, topic, payload, qos, retain, json: parse(payload) });
        if (qos === 1 && this.puback) answer({ cmd: 'puback', messageId: packet.messageId ?? 0 });
        return;
      }
      case 'pingreq':
        if (this.pingresp) answer({ cmd: 'pingresp' });
        return;
      case 'disconnect':
        peer.end();
        return;
      default:
    }
  }
}

function readRequest(received: string): SeenRequest | undefined {
  const split = received.indexOf('\r\n\r\n');
  if (split < 0) return undefined;
  const [first = '', ...lines] = received.slice(0, split).split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const body = received.slice(split + 4);
  if (body.length < Number(headers.get('content-length') ?? 0)) return undefined;
  return { method, path, headers, json: parse(Buffer.from(body, 'latin1').toString()) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
