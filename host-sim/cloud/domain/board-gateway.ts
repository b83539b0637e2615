import type { Logger } from '../events.js';
import type { DeviceStore } from '../store/device-store.js';
import type { CommandService } from './commands.js';
import { isSetReply, parseObject, readPropertyPost, readSetReply, readStatus } from './messages.js';
import type { Presence } from './presence.js';
import type { PropertyService } from './properties.js';
import { secretFits } from './secrets.js';
import type { AuthorizedBoard, BoardLink, Sessions } from './sessions.js';
import { boardTopics, ownFilter, publishTopic, topicRoot } from './topics.js';

/** Why a board's connection is refused; `connack` is MQTT 3.1.1's return code (3.2.2.3). */
export interface Refused {
  readonly word: 'invalid_password' | 'invalid_client_id' | 'device_disabled' | 'product_disabled';
  readonly connack: 4 | 5;
}

/**
 * What to do with a message: pass it on, acknowledge it and pass it to nobody, or close the connection
 * (the two answers that [MQTT-3.3.5-2] leaves for a message that is not allowed).
 */
export type Verdict = 'pass' | 'drop' | 'close';

/** Largest payload of a message, bytes. */
export const MAX_PAYLOAD_BYTES = 16_384;

/** Every rule about what a board may do over MQTT; the broker asks, and does as told. */
export class BoardGateway {
  readonly #devices: DeviceStore;
  readonly #sessions: Sessions;
  readonly #presence: Presence;
  readonly #properties: PropertyService;
  readonly #commands: CommandService;
  readonly #log: Logger;
  readonly #now: () => number;

  constructor(options: {
    devices: DeviceStore;
    sessions: Sessions;
    presence: Presence;
    properties: PropertyService;
    commands: CommandService;
    log: Logger;
    now: () => number;
  }) {
    this.#devices = options.devices;
    this.#sessions = options.sessions;
    this.#presence = options.presence;
    this.#properties = options.properties;
    this.#commands = options.commands;
    this.#log = options.log;
    this.#now = options.now;
  }

  /** Checks the user name `{productKey}&{deviceId}`, the password, and the client id, which must equal the user name. */
  authenticate(username: string, password: Buffer, clientId: string): AuthorizedBoard | Refused {
    const [productKey = '', deviceId = ''] = username.split('&', 2);
    const row = this.#devices.byId(deviceId);
    const stored = row?.product_key === productKey ? row.password_hash : null;
    const fits = secretFits(password, stored);
    if (!fits || !row || !stored || username !== `${productKey}&${deviceId}`) {
      return this.#refused(username, { word: 'invalid_password', connack: 4 });
    }
    if (clientId !== username) return this.#refused(username, { word: 'invalid_client_id', connack: 5 });
    if (row.disabled === 1) return this.#refused(username, { word: 'device_disabled', connack: 5 });
    if (row.product_status === 0) return this.#refused(username, { word: 'product_disabled', connack: 5 });
    const topics = boardTopics(productKey, deviceId);
    return { deviceId, productKey, deviceSN: row.device_sn, deviceSeq: row.seq, passwordHash: stored, topics };
  }

  /** Takes a session; false where the device was deleted, or its password changed, since it was authenticated. */
  attach(link: BoardLink): boolean {
    const { deviceId, passwordHash } = link.board;
    if (this.#devices.byId(deviceId)?.password_hash?.equals(passwordHash) !== true) return false;
    const previous = this.#sessions.get(deviceId);
    if (previous) {
      // What its end means has to be settled before the new session speaks; its will comes too late to be heard.
      this.#commands.connectionEnded(previous);
      this.#presence.connectionEnded(previous);
    }
    this.#sessions.attach(link);
    this.#log.debug('board_connected', { deviceId });
    return true;
  }

  /** To be called when a session has ended, however it did. */
  detach(link: BoardLink): void {
    const { board } = link;
    this.#commands.connectionEnded(link);
    if (!this.#sessions.detach(link)) return;
    this.#log.debug('board_disconnected', { deviceId: board.deviceId });
    if (!this.#presence.connectionEnded(link)) return;
    // It went without a will and without a word: the retained `online` would stay.
    const message = JSON.stringify({ status: 'offline', time: this.#now() });
    link.publish(board.topics.status, message, { qos: 1, retain: true }).catch((error: Error) => {
      this.#log.debug('offline_not_published', { deviceId: board.deviceId, why: error.message });
    });
  }

  /**
   * Judges a message, after taking in what it says: a QoS 1 message is acknowledged only when it is stored. On somebody
   * else's topics a board has no business: its connection is closed. On a topic below its own root that is not served
   * the message is acknowledged and dropped, so that firmware that knows more topics than this cloud stays online.
   */
  publish(
    link: BoardLink,
    message: { topic: string; payload: Buffer; isWill: boolean },
    judge: (verdict: Verdict) => void,
  ): void {
    const { board } = link;
    const { topic, payload, isWill } = message;
    const name = publishTopic(board.topics, topic);
    if (payload.length > MAX_PAYLOAD_BYTES) {
      this.#log.warn('payload_too_large', { deviceId: board.deviceId, topic, bytes: payload.length });
      judge('close');
      return;
    }
    if (name === undefined) {
      const own = topic.startsWith(topicRoot(board.productKey, board.deviceId));
      this.#log.warn('publish_refused', { deviceId: board.deviceId, topic: topic.slice(0, 256) });
      judge(own ? 'drop' : 'close');
      return;
    }
    const object = parseObject(payload);
    if (name === 'status') judge(this.#status(link, object, isWill));
    else if (name === 'propertySetReply' || (object && isSetReply(object))) judge(this.#reply(link, object));
    else this.#post(link, object, judge);
  }

  /** A board may subscribe to whatever can match only its own topics, with a bounded number of filters. */
  maySubscribe(link: BoardLink, filter: string): boolean {
    const { productKey, deviceId } = link.board;
    if (ownFilter(topicRoot(productKey, deviceId), filter) && this.#sessions.request(link, filter)) return true;
    this.#log.warn('subscribe_refused', { deviceId, filter: filter.slice(0, 256) });
    return false;
  }

  /** To be called after SUBACK. */
  subscribed(link: BoardLink, filters: readonly string[]): void {
    for (const filter of filters) this.#sessions.subscribed(link, filter);
    this.#commands.listening(link);
  }

  unsubscribed(link: BoardLink, filters: readonly string[]): void {
    for (const filter of filters) this.#sessions.unsubscribed(link, filter);
  }

  /** To be called for each PUBACK. */
  acknowledged(link: BoardLink): void {
    this.#commands.acknowledged(link);
  }

  #status(link: BoardLink, object: Record<string, unknown> | undefined, isWill: boolean): Verdict {
    const status = object && readStatus(object);
    if (!status) return this.#malformed(link, 'status');
    return this.#presence.report(link, status, isWill) ? 'pass' : 'drop';
  }

  #reply(link: BoardLink, object: Record<string, unknown> | undefined): Verdict {
    const reply = object && readSetReply(object);
    if (!reply) return this.#malformed(link, 'propertySetReply');
    this.#commands.answered(link.board.deviceId, reply);
    return 'pass';
  }

  #post(link: BoardLink, object: Record<string, unknown> | undefined, judge: (verdict: Verdict) => void): void {
    const post = object && readPropertyPost(object, this.#now());
    if (!post) {
      judge(this.#malformed(link, 'propertyPost'));
      return;
    }
    this.#properties.record(link, post, (error) => {
      if (error) this.#log.error('property_post_not_stored', { deviceId: link.board.deviceId, why: error.message });
      // Not stored, so not acknowledged: the board sends it again after it reconnected.
      judge(error ? 'close' : 'pass');
    });
  }

  #malformed(link: BoardLink, topic: string): Verdict {
    this.#log.warn('message_malformed', { deviceId: link.board.deviceId, topic });
    return 'drop';
  }

  #refused(username: string, refused: Refused): Refused {
    this.#log.warn(refused.word, { username: username.slice(0, 128) });
    return refused;
  }
}
