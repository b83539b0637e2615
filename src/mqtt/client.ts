import {
  type ConnectPacket,
  DISCONNECT,
  encodeConnect,
  encodeEmpty,
  encodePuback,
  encodePublish,
  encodeSubscribe,
  PINGREQ,
} from '../core/mqtt-encode.js';
import { type MqttPackets, MqttParser, MqttProtocolError } from '../core/mqtt-parser.js';
import { Connection, type ConnectionFailure, type Security } from '../net/connection.js';
import type { Network } from '../ports/host.js';
import type { Text } from '../ports/text.js';
import type { Timer, TimerHandle } from '../ports/timer.js';
import { Subscriptions } from './subscriptions.js';

/** Why a session ended. `refused` carries the CONNACK return code (3.2.2.3). */
export type MqttEnd =
  | { readonly kind: 'refused'; readonly code: number }
  | { readonly kind: 'subscribe_refused' }
  | {
      readonly kind: 'failed';
      readonly reason:
        | ConnectionFailure
        | 'connack_timeout'
        | 'ping_timeout'
        | 'ack_timeout'
        | 'send_stalled'
        | 'malformed_packet';
    };

/**
 * A message on one of the subscribed topics. Offsets point into `bytes` and are good until the call returns; the last two
 * are those of its topic.
 */
export type OnMessage = (
  subscription: number,
  retained: boolean,
  bytes: Uint8Array,
  start: number,
  end: number,
  topicStart: number,
  topicEnd: number,
) => void;

export interface MqttClientOptions {
  readonly network: Network;
  readonly timer: Timer;
  readonly text: Text;
  readonly host: string;
  readonly port: number;
  /** Absent: the session is in the clear. */
  readonly security?: Security | undefined;
  readonly connect: ConnectPacket;
  /**
   * Topics to subscribe to; a message names its place in this list. A last level of `+` stands for any one level
   * that no other topic of the list names; there are no other wildcards. The first must be granted, the others may be refused.
   */
  readonly subscriptions: readonly string[];
  /** What is asked for; the broker may grant another. */
  readonly subscribeQos: 0 | 1;
  readonly maxMessageBytes: number;
  readonly pingTimeoutMs: number;
  /** Reused from session to session. */
  readonly sendBuffer: Uint8Array;
  /** Connected and subscribed: messages may be published. */
  onReady(): void;
  /** The message is acknowledged once this has returned. */
  readonly onMessage: OnMessage;
  /** A message over `maxMessageBytes` was passed over (and acknowledged). */
  onSkipped(bytes: number): void;
  /** The broker has a message of ours: the packet id that `publish` returned for it. */
  onAcknowledged(packetId: number): void;
  /** There is room again after `publish` had returned −1. */
  onDrained(): void;
  /** The session is over; nothing is called after this. Never called after `close()`. */
  onEnded(end: MqttEnd): void;
}

/** Time for look-up, connect and TLS handshake, then for the CONNACK, then for the SUBACK, ms each. */
const STEP_TIMEOUT_MS = 10_000;
/** QoS 1 messages of ours that may await their acknowledgement at a time. */
const MAX_IN_FLIGHT = 8;
/** A connection that says nothing is looked after this often, whatever its keep alive allows, ms. */
const MAX_PING_INTERVAL_MS = 60_000;

/**
 * One MQTT 3.1.1 session with a clean start, from the TCP connection to its end: connect, subscribe, then publish and
 * receive. Watches both ends; makes no second attempt. Works in two reused buffers, but for a larger one while a long message comes,
 * and makes no objects per packet.
 */
export class MqttClient implements MqttPackets {
  readonly #options: MqttClientOptions;
  readonly #connection: Connection;
  readonly #parser: MqttParser;
  readonly #subscriptions: Subscriptions;
  /** Packet ids that await their PUBACK; 0 is a free place. */
  readonly #inFlight = new Uint16Array(MAX_IN_FLIGHT);
  #state: 'connecting' | 'subscribing' | 'ready' | 'ended' = 'connecting';
  #deadline: TimerHandle | undefined;
  #pinger: TimerHandle | undefined;
  #resumed: TimerHandle | undefined;
  #reading = false;
  /** What came is not read while half the send buffer waits: there must be room for the answers to it. */
  #paused = false;
  #refusing = false;
  #starved = false;
  #nextId = 1;
  #unacknowledged = 0;
  /** A message was in flight at the last ping and nothing has been acknowledged since. */
  #ackOverdue = false;
  #onAllAcknowledged: (() => void) | undefined;
  #acknowledged: TimerHandle | undefined;

  constructor(options: MqttClientOptions) {
    this.#options = options;
    this.#parser = new MqttParser(options.maxMessageBytes, this);
    this.#subscriptions = new Subscriptions(options.text, options.subscriptions);
    this.#connection = new Connection({
      network: options.network,
      timer: options.timer,
      host: options.host,
      port: options.port,
      security: options.security,
      connectTimeoutMs: STEP_TIMEOUT_MS,
      sendBuffer: options.sendBuffer,
      onOpen: () => this.#onOpen(),
      onReadable: () => this.#onReadable(),
      onFailed: (reason) => this.#end({ kind: 'failed', reason }),
      onDrained: () => this.#onDrained(),
    });
  }

  /** Messages published at QoS 1 and not yet acknowledged. */
  get unacknowledged(): number {
    return this.#unacknowledged;
  }

  /**
   * Publishes a message. Returns its packet id, 0 at QoS 0, or −1 when there is no room for it now (`onDrained` follows) or no session.
   * @throws {RangeError} when it could not be sent even with an empty buffer
   */
  publish(topic: Uint8Array, payload: string, retain: boolean, qos: 0 | 1 = 1): number {
    if (this.#state !== 'ready') return -1;
    const { text, sendBuffer } = this.#options;
    const place = this.#inFlight.indexOf(0);
    if (qos === 1 && place < 0) {
      this.#starved = true;
      return -1;
    }
    const id = qos === 1 ? this.#nextId : 0;
    const tail = this.#connection.tail;
    const end = encodePublish(text, sendBuffer, tail, topic, payload, id, retain);
    if (end < 0) {
      if (tail === 0) throw new RangeError(`a message of ${payload.length} characters is larger than the send buffer`);
      this.#starved = true;
      return -1;
    }
    if (qos === 1) {
      this.#nextId = id === 0xffff ? 1 : id + 1;
      this.#inFlight[place] = id;
      this.#unacknowledged++;
    }
    this.#connection.commit(end);
    this.#flush();
    return id;
  }

  /** Ends the session with a DISCONNECT, so that the broker drops the will [MQTT-3.14.4-3]. Silent; may be called twice. */
  disconnect(): void {
    if (this.#state === 'ready') {
      const end = encodeEmpty(this.#options.sendBuffer, this.#connection.tail, DISCONNECT);
      if (end > 0) {
        this.#connection.commit(end);
        this.#connection.flush();
      }
    }
    this.#release();
  }

  /** Drops the connection, so that the broker publishes the will. Silent; may be called twice. */
  close(): void {
    this.#release();
  }

  /** From now on messages are neither handed on nor acknowledged: who sent them may send them again, in the next session. */
  refuseMessages(): void {
    this.#refusing = true;
  }

  /** Calls back once everything published has been acknowledged, at once if it has been, or never if the session ends first. */
  whenAcknowledged(callback: () => void): void {
    this.#onAllAcknowledged = callback;
    if (this.#unacknowledged === 0) this.#scheduleAcknowledged();
  }

  #scheduleAcknowledged(): void {
    const callback = this.#onAllAcknowledged;
    if (callback === undefined || this.#state === 'ended') return;
    this.#onAllAcknowledged = undefined;
    this.#acknowledged = this.#options.timer.set(callback);
  }

  // What the connection says.

  #onOpen(): void {
    const { text, sendBuffer, connect } = this.#options;
    const end = encodeConnect(text, sendBuffer, this.#connection.tail, connect);
    if (end < 0) throw new RangeError('the CONNECT packet is larger than the send buffer');
    this.#connection.commit(end);
    this.#expect('connack_timeout');
  }

  #onReadable(): void {
    const parser = this.#parser;
    this.#reading = true;
    try {
      while (this.#state !== 'ended') {
        if (this.#isCrowded()) {
          this.#connection.flush();
          this.#paused = this.#isCrowded();
          if (this.#paused) break;
        }
        const at = parser.end;
        const count = this.#connection.read(at === 0 ? parser.buffer : parser.buffer.subarray(at));
        if (count <= 0) break;
        parser.take(count);
      }
    } catch (error) {
      if (!(error instanceof MqttProtocolError)) throw error;
      this.#end({ kind: 'failed', reason: 'malformed_packet' });
    } finally {
      this.#reading = false;
    }
    if (this.#state !== 'ended') this.#connection.flush();
  }

  #isCrowded(): boolean {
    return this.#connection.pending > this.#options.sendBuffer.length >> 1;
  }

  #onDrained(): void {
    if (this.#paused && !this.#reading) {
      this.#paused = false;
      this.#resumed = this.#options.timer.set(() => this.#onReadable());
    }
    if (!this.#starved || this.#state !== 'ready' || this.#unacknowledged === MAX_IN_FLIGHT) return;
    this.#starved = false;
    this.#options.onDrained();
  }

  #flush(): void {
    // While a segment is being read, its answers gather and leave as one segment.
    if (!this.#reading) this.#connection.flush();
  }

  // What the parser finds.

  onConnack(_sessionPresent: boolean, returnCode: number): void {
    if (this.#state !== 'connecting') throw new MqttProtocolError('second CONNACK');
    if (returnCode !== 0) {
      this.#end({ kind: 'refused', code: returnCode });
      return;
    }
    const { text, sendBuffer, subscriptions, subscribeQos } = this.#options;
    const end = encodeSubscribe(text, sendBuffer, this.#connection.tail, this.#nextId++, subscriptions, subscribeQos);
    if (end < 0) throw new RangeError('the SUBSCRIBE packet is larger than the send buffer');
    this.#connection.commit(end);
    this.#state = 'subscribing';
    this.#expect('ack_timeout');
  }

  onSuback(packetId: number, start: number, end: number): void {
    if (this.#state !== 'subscribing' || packetId !== 1 || end - start !== this.#options.subscriptions.length) {
      throw new MqttProtocolError('SUBACK that was not asked for');
    }
    if (this.#parser.buffer[start]! > 2) {
      this.#end({ kind: 'subscribe_refused' });
      return;
    }
    this.#clearDeadline();
    this.#state = 'ready';
    // A ping every three quarters of the keep alive leaves room for a late timer (3.1.2.10). Without one it still says
    // whether the broker is there.
    const keepAliveMs = this.#options.connect.keepAliveS * 1_000 || Number.POSITIVE_INFINITY;
    const interval = Math.min(keepAliveMs * 0.75, MAX_PING_INTERVAL_MS);
    this.#pinger = this.#options.timer.repeat(() => this.#ping(), interval);
    this.#options.onReady();
  }

  onPublish(flags: number, topicStart: number, topicEnd: number, packetId: number, start: number, end: number): void {
    if (this.#state === 'ended' || this.#refusing) return;
    if (this.#state === 'connecting') throw new MqttProtocolError('PUBLISH before CONNACK');
    const { buffer } = this.#parser;
    const subscription = this.#subscriptions.find(buffer, topicStart, topicEnd);
    if (subscription >= 0) {
      this.#options.onMessage(subscription, (flags & 1) !== 0, buffer, start, end, topicStart, topicEnd);
    }
    this.#acknowledge(packetId);
  }

  onSkipped(packetId: number, bytes: number): void {
    if (this.#state === 'ended' || this.#refusing) return;
    this.#options.onSkipped(bytes);
    this.#acknowledge(packetId);
  }

  onPuback(packetId: number): void {
    const place = this.#inFlight.indexOf(packetId);
    if (place < 0 || this.#state !== 'ready') return;
    this.#inFlight[place] = 0;
    this.#unacknowledged--;
    this.#ackOverdue = false;
    this.#options.onAcknowledged(packetId);
    if (this.#unacknowledged === 0) this.#scheduleAcknowledged();
    this.#onDrained();
  }

  onPingresp(): void {
    // Before that, the deadline is that of the CONNACK or the SUBACK, and no ping was sent.
    if (this.#state !== 'ready') throw new MqttProtocolError('PINGRESP that was not asked for');
    this.#clearDeadline();
  }

  #acknowledge(packetId: number): void {
    if (packetId === 0 || this.#state === 'ended') return;
    const { sendBuffer } = this.#options;
    let end = encodePuback(sendBuffer, this.#connection.tail, packetId);
    if (end < 0) {
      // The answers to this segment fill the buffer: they leave in two.
      this.#connection.flush();
      end = encodePuback(sendBuffer, this.#connection.tail, packetId);
    }
    // Messages that are answered in another order, or not at all, would block the broker's queue [MQTT-4.6.0-2].
    if (end > 0) this.#connection.commit(end);
    else this.#end({ kind: 'failed', reason: 'send_stalled' });
  }

  // Deadlines.

  #ping(): void {
    // 3.1.1 knows no resending but on a new connection [MQTT-4.4.0-1], so a message that stays unacknowledged ends this one.
    if (this.#ackOverdue) {
      this.#end({ kind: 'failed', reason: 'ack_timeout' });
      return;
    }
    this.#ackOverdue = this.#unacknowledged > 0;
    const end = encodeEmpty(this.#options.sendBuffer, this.#connection.tail, PINGREQ);
    if (end > 0) {
      this.#connection.commit(end);
      this.#flush();
    }
    if (this.#deadline === undefined) {
      this.#deadline = this.#options.timer.set(
        () => this.#end({ kind: 'failed', reason: 'ping_timeout' }),
        this.#options.pingTimeoutMs,
      );
    }
  }

  #expect(reason: 'connack_timeout' | 'ack_timeout'): void {
    this.#clearDeadline();
    this.#deadline = this.#options.timer.set(() => this.#end({ kind: 'failed', reason }), STEP_TIMEOUT_MS);
  }

  #clearDeadline(): void {
    this.#options.timer.clear(this.#deadline);
    this.#deadline = undefined;
  }

  #release(): void {
    this.#state = 'ended';
    this.#clearDeadline();
    this.#options.timer.clear(this.#pinger);
    this.#options.timer.clear(this.#resumed);
    this.#pinger = this.#resumed = undefined;
    this.#options.timer.clear(this.#acknowledged);
    this.#onAllAcknowledged = this.#acknowledged = undefined;
    this.#connection.close();
  }

  #end(end: MqttEnd): void {
    if (this.#state === 'ended') return;
    this.#release();
    this.#options.onEnded(end);
  }
}
