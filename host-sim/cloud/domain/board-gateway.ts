import type { EventHub, Logger } from '../events.js';
import type { DeviceRow, DeviceStore } from '../store/device-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import type { CommandService } from './commands.js';
import type { DeviceEventService } from './device-events.js';
import { JudgedInOrder } from './judged-in-order.js';
import { ALONE, type Lead } from './lead.js';
import {
  isSetReply,
  ntpAnswer,
  parseObject,
  postAnswer,
  readEventPost,
  readLogPost,
  readPropertyPost,
  readSetReply,
  readStatus,
} from './messages.js';
import { MissedPosts } from './missed-posts.js';
import { readInform, readProgress } from './ota-messages.js';
import type { Presence } from './presence.js';
import type { PropertyService } from './properties.js';
import { secretFits } from './secrets.js';
import type { AuthorizedBoard, BoardLink, Sessions } from './sessions.js';
import { boardTopics, ownFilter, publication, topicRoot } from './topics.js';
import type { UpdateService } from './updates.js';

/** Why a board's connection is refused; `connack` is MQTT 3.1.1's return code (3.2.2.3). */
export interface Refused {
  readonly word: 'invalid_password' | 'invalid_client_id' | 'forbidden' | 'device_disabled' | 'product_disabled';
  readonly connack: 4 | 5;
}

/**
 * What to do with a message: pass it on, and keep it too where it asks to be retained; pass it on, and never retain it;
 * acknowledge it and pass it to nobody; or close the connection (the last two are what [MQTT-3.3.5-2] leaves for a message
 * that is not allowed). Or have it sent again, unacknowledged, because it could not be stored: a board does so when it has reconnected.
 */
export type Verdict = 'keep' | 'pass' | 'drop' | 'close' | 'again';

/** What a board, or its will, has said. */
export interface BoardMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly isWill: boolean;
}

/** Largest payload of a message, bytes. */
export const MAX_PAYLOAD_BYTES = 16_384;

const SUCCESS = { code: 200, message: 'success' };
/** Alink's code of a bad parameter. */
const MALFORMED = { code: 460, message: 'params must be an object' };

type JsonObject = Record<string, unknown>;

/** Every rule about what a board may do over MQTT; the broker asks, and does as told. */
export class BoardGateway {
  readonly #devices: DeviceStore;
  readonly #sessions: Sessions;
  readonly #presence: Presence;
  readonly #properties: PropertyService;
  readonly #commands: CommandService;
  readonly #deviceEvents: DeviceEventService;
  readonly #updates: UpdateService;
  readonly #writes: WriteBatch;
  readonly #inOrder: JudgedInOrder;
  readonly #events: EventHub;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #lead: Lead;
  /** While another process stores what boards say. */
  readonly #missed: MissedPosts;

  constructor(options: {
    devices: DeviceStore;
    sessions: Sessions;
    presence: Presence;
    properties: PropertyService;
    commands: CommandService;
    deviceEvents: DeviceEventService;
    updates: UpdateService;
    writes: WriteBatch;
    events: EventHub;
    log: Logger;
    now: () => number;
    lead?: Lead | undefined;
  }) {
    this.#devices = options.devices;
    this.#sessions = options.sessions;
    this.#presence = options.presence;
    this.#properties = options.properties;
    this.#commands = options.commands;
    this.#deviceEvents = options.deviceEvents;
    this.#updates = options.updates;
    this.#writes = options.writes;
    this.#inOrder = new JudgedInOrder(options.writes);
    this.#events = options.events;
    this.#log = options.log;
    this.#now = options.now;
    this.#lead = options.lead ?? ALONE;
    this.#missed = new MissedPosts({ ...options, lead: this.#lead });
  }

  /** As {@link judge}, and says in the log why one is refused. */
  authenticate(username: string, password: Buffer, clientId: string, certified?: string): AuthorizedBoard | Refused {
    const judged = this.judge(username, password, clientId, certified);
    if ('word' in judged) this.#log.warn(judged.word, { username: username.slice(0, 128) });
    return judged;
  }

  /**
   * Checks the user name `{productKey}&{deviceId}`, the password, and the client id, which must equal the user name.
   * @param certified the device id in the certificate that the board has shown: it must be this board's
   */
  judge(username: string, password: Buffer, clientId: string, certified?: string): AuthorizedBoard | Refused {
    const [productKey = '', deviceId = ''] = username.split('&', 2);
    const row = this.#devices.byId(deviceId);
    const stored = row?.product_key === productKey ? row.password_hash : null;
    const fits = secretFits(password, stored);
    if (!fits || !row || !stored || username !== `${productKey}&${deviceId}`) {
      return { word: 'invalid_password', connack: 4 };
    }
    if (clientId !== username) return { word: 'invalid_client_id', connack: 5 };
    if (certified !== undefined && certified !== deviceId) return { word: 'forbidden', connack: 5 };
    if (row.disabled === 1) return { word: 'device_disabled', connack: 5 };
    if (row.product_status === 0) return { word: 'product_disabled', connack: 5 };
    return authorizedBoard(row, stored);
  }

  /** A board that a broker of somebody else's has let in; undefined where it is none of this cloud's, or not welcome. */
  known(productKey: string, deviceId: string): AuthorizedBoard | undefined {
    const row = this.#devices.byId(deviceId);
    if (row?.product_key !== productKey || row.password_hash === null) return undefined;
    return row.disabled === 0 && row.product_status === 1 ? authorizedBoard(row, row.password_hash) : undefined;
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

  /** Whether a board's credentials still hold: it was not deleted, disabled or activated anew since. */
  stillWelcome({ deviceId, passwordHash }: AuthorizedBoard): boolean {
    const row = this.#devices.byId(deviceId);
    return row?.password_hash?.equals(passwordHash) === true && row.disabled === 0 && row.product_status === 1;
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
  publish(link: BoardLink, message: BoardMessage, judge: (verdict: Verdict) => void): void {
    this.#inOrder.take(link, judge, (judged) => this.#take(link, message, judged));
  }

  #take(link: BoardLink, { topic, payload, isWill }: BoardMessage, judge: (verdict: Verdict) => void): void {
    const { board } = link;
    if (payload.length > MAX_PAYLOAD_BYTES) {
      this.#log.warn('payload_too_large', { deviceId: board.deviceId, topic, bytes: payload.length });
      judge('close');
      return;
    }
    const published = publication(board.topics, topic);
    if (published === undefined) {
      const own = topic.startsWith(topicRoot(board.productKey, board.deviceId));
      this.#log.warn('publish_refused', { deviceId: board.deviceId, topic: topic.slice(0, 256) });
      judge(own ? 'drop' : 'close');
      return;
    }
    const object = parseObject(payload);
    if (!this.#lead.isHeld) this.#missed.keep({ link, topic, payload, receivedAt: this.#now() });
    switch (published.kind) {
      case 'status':
        judge(this.#status(link, object, isWill));
        return;
      case 'propertyPost':
        if (object && isSetReply(object)) this.#reply(link, object, 'property.set', judge);
        else this.#post(link, object, judge);
        return;
      case 'reply':
        this.#reply(link, object, published.service, judge);
        return;
      case 'eventPost':
        this.#event(link, object, published.identifier, judge);
        return;
      case 'logPost':
        judge(this.#logPost(link, object));
        return;
      case 'otaInform':
        this.#inform(link, object, judge);
        return;
      case 'otaProgress':
        judge(this.#progress(link, object));
        return;
      case 'ntpRequest':
        judge(this.#ntp(link, object));
    }
  }

  /**
   * Whether a board gets a message that it has subscribed to. Its own answers to services match the filter by which it
   * hears of services (MQTT 3.1.1 knows no "no local"): those it does not get.
   */
  mayReceive(link: BoardLink, topic: string): boolean {
    return !topic.endsWith('_reply') || publication(link.board.topics, topic)?.kind !== 'reply';
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

  #status(link: BoardLink, object: Record<string, unknown> | undefined, isWill: boolean): Verdict {
    const status = object && readStatus(object);
    if (!status) return this.#malformed(link, 'status');
    // The only message that is retained (API reference, 5.4): of the others there are as many as a board makes up.
    return this.#presence.report(link, status, isWill) ? 'keep' : 'drop';
  }

  #reply(link: BoardLink, object: JsonObject | undefined, service: string, judge: (verdict: Verdict) => void): void {
    const reply = object && readSetReply(object);
    if (!reply) {
      judge(this.#malformed(link, `${service}_reply`));
      return;
    }
    const { deviceId } = link.board;
    // The values of a property get are as good as a post, and are known before the caller is told of them.
    const values = service === 'property.get' && reply.code === 200 && reply.data;
    const post = values ? readPropertyPost({ params: values }, this.#now()) : undefined;
    if (!post) {
      this.#commands.answered(deviceId, reply);
      // With the post that mostly follows at once: their acknowledgements leave together.
      this.#writes.afterwards(() => judge('pass'));
      return;
    }
    this.#properties.record(link, post, (error) => {
      if (error) this.#log.error('property_post_not_stored', { deviceId, why: error.message });
      this.#commands.answered(deviceId, reply);
      judge('pass');
    });
  }

  #post(link: BoardLink, object: JsonObject | undefined, judge: (verdict: Verdict) => void): void {
    const post = object && readPropertyPost(object, this.#now());
    const { topics, deviceId } = link.board;
    const method = 'thing.event.property.post';
    if (!post) {
      if (object) this.#answer(link, topics.propertyPostReply, postAnswer(object, method, MALFORMED));
      judge(this.#malformed(link, 'propertyPost'));
      return;
    }
    this.#properties.record(link, post, (error) => {
      if (error) this.#log.error('property_post_not_stored', { deviceId, why: error.message });
      else this.#answer(link, topics.propertyPostReply, postAnswer(object, method, SUCCESS));
      // Not stored, so not acknowledged: the board sends it again after it reconnected.
      judge(error ? 'again' : 'pass');
    });
  }

  #event(link: BoardLink, object: JsonObject | undefined, name: string, judge: (verdict: Verdict) => void): void {
    const receivedAt = this.#now();
    const event = object && readEventPost(object, receivedAt);
    const { deviceId, productKey, deviceSN, deviceSeq, topics } = link.board;
    const topic = `${topics.eventPost.replace('+', name)}_reply`;
    const method = `thing.event.${name}.post`;
    if (!event) {
      if (object) this.#answer(link, topic, postAnswer(object, method, MALFORMED));
      judge(this.#malformed(link, 'eventPost'));
      return;
    }
    this.#deviceEvents.record(deviceSeq, { name, ...event, receivedAt }, (error) => {
      if (error) {
        this.#log.error('event_not_stored', { deviceId, why: error.message });
        judge('again');
        return;
      }
      this.#events.emit('eventPosted', { deviceId, productKey, deviceSN, name, ...event, at: receivedAt });
      this.#answer(link, topic, postAnswer(object, method, SUCCESS));
      judge('pass');
    });
  }

  #logPost(link: BoardLink, object: JsonObject | undefined): Verdict {
    const lines = object && readLogPost(object);
    const { deviceId, productKey, deviceSN, topics } = link.board;
    const topic = `${topics.logPost}_reply`;
    if (!lines) {
      if (object) this.#answer(link, topic, postAnswer(object, 'thing.log.post', MALFORMED));
      return this.#malformed(link, 'logPost');
    }
    this.#log.debug('device_log', { deviceId, lines });
    this.#events.emit('logPosted', { deviceId, productKey, deviceSN, lines, at: this.#now() });
    this.#answer(link, topic, postAnswer(object, 'thing.log.post', SUCCESS));
    return 'pass';
  }

  #inform(link: BoardLink, object: JsonObject | undefined, judge: (verdict: Verdict) => void): void {
    const inform = object && readInform(object);
    if (!inform) {
      judge(this.#malformed(link, 'otaInform'));
      return;
    }
    this.#updates.informed(link, inform, (error) => {
      if (error) this.#log.error('inform_not_stored', { deviceId: link.board.deviceId, why: error.message });
      judge(error ? 'again' : 'pass');
    });
  }

  #progress(link: BoardLink, object: JsonObject | undefined): Verdict {
    const progress = object && readProgress(object);
    if (!progress) return this.#malformed(link, 'otaProgress');
    this.#updates.progressed(link, progress);
    return 'pass';
  }

  #ntp(link: BoardLink, object: JsonObject | undefined): Verdict {
    const receivedAt = this.#now();
    const answer = object && ntpAnswer(object, receivedAt, this.#now());
    if (!answer) return this.#malformed(link, 'ntpRequest');
    this.#answer(link, link.board.topics.ntpResponse, answer);
    return 'pass';
  }

  /**
   * Answers at QoS 0: an answer that is lost is no loss, and the acknowledgements of a board stay those of its commands. A
   * board's session that has not asked for the topic gets none; who is not the board's session is known to listen.
   */
  #answer(link: BoardLink, topic: string, payload: string | undefined): void {
    // Who stores it answers.
    if (payload === undefined || !this.#lead.isHeld) return;
    if (this.#sessions.isCurrent(link) && !this.#sessions.hasRequested(link, topic)) return;
    link.publish(topic, payload, { qos: 0, retain: false }).catch((error: Error) => {
      this.#log.debug('answer_not_published', { deviceId: link.board.deviceId, why: error.message });
    });
  }

  #malformed(link: BoardLink, topic: string): Verdict {
    this.#log.warn('message_malformed', { deviceId: link.board.deviceId, topic });
    return 'drop';
  }
}

function authorizedBoard(row: DeviceRow, passwordHash: Buffer): AuthorizedBoard {
  const { device_id: deviceId, product_key: productKey } = row;
  const topics = boardTopics(productKey, deviceId);
  return { deviceId, productKey, deviceSN: row.device_sn, deviceSeq: row.seq, passwordHash, topics };
}
