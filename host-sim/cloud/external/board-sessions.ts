import type { MessageBroker } from '../broker/message-broker.js';
import type { BoardGateway } from '../domain/board-gateway.js';
import type { CommandService } from '../domain/commands.js';
import type { Lead } from '../domain/lead.js';
import { LimitedLog } from '../domain/limited-log.js';
import { parseObject, readSetReply, readStatus, type StatusMessage } from '../domain/messages.js';
import type { Presence } from '../domain/presence.js';
import { SlidingWindow } from '../domain/rate-limits.js';
import type { AuthorizedBoard, BoardLink, Sessions } from '../domain/sessions.js';
import type { Sharing } from '../domain/sharing.js';
import type { CloudEnvironment } from '../environment.js';
import type { Logger } from '../events.js';
import type { DeviceStore, PresenceRow } from '../store/device-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import type { HeardMessage } from './broker-session.js';
import type { Echo } from './echo.js';
import { MessageIntake } from './message-intake.js';
import { PresenceAudit, type Silence } from './presence-audit.js';
import type { SessionEnder } from './session-ender.js';
import { StatusOrder } from './status-order.js';
import { type BoardTopic, isOwnCall, readBoardTopic } from './upward-topics.js';
import { VirtualLink } from './virtual-link.js';
import { WrittenPresence } from './written-presence.js';

/** Lines about strangers, at once and then a minute. */
const STRANGERS_LOGGED = 10;
/** Who leads is told no more often of a board that leaves commands unanswered, ms. */
const TOLD_EVERY_MS = 5_000;

/**
 * The sessions of boards at an external broker, as far as a cloud can tell: one begins with a board's `online`, and ends with its
 * `offline`, or when it leaves the audit's questions unanswered. Who may publish on a board's topics is the broker's business; here
 * the names in the topic are held against the database.
 */
export class BoardSessions {
  readonly #gateway: BoardGateway;
  readonly #sessions: Sessions;
  readonly #presence: Presence;
  readonly #commands: CommandService;
  readonly #devices: Pick<DeviceStore, 'byId' | 'allOnline' | 'activatedAfter' | 'presenceBetween' | 'setAnswers'>;
  readonly #writes: Pick<WriteBatch, 'add'>;
  readonly #lead: Lead;
  readonly #environment: CloudEnvironment;
  readonly #log: Logger;
  readonly #broker: Pick<MessageBroker, 'publish'>;
  readonly #ender: Pick<SessionEnder, 'end' | 'answered'>;
  readonly #sharing: Pick<Sharing, 'tell'> | undefined;
  readonly #told: SlidingWindow;
  readonly #clientId: string;
  readonly #audit: PresenceAudit<AuthorizedBoard>;
  readonly #intake: MessageIntake;
  readonly #onMessage: (topic: string, payload: Buffer) => void;
  readonly #order: StatusOrder;
  /** When a session of a board began or ended last, by the clock of the cloud. */
  readonly #changedAt = new Map<string, number>();
  readonly #written: WrittenPresence;
  readonly #strangers: LimitedLog;

  constructor(options: {
    gateway: BoardGateway;
    sessions: Sessions;
    presence: Presence;
    commands: CommandService;
    stores: {
      readonly devices: Pick<DeviceStore, 'byId' | 'allOnline' | 'activatedAfter' | 'presenceBetween' | 'setAnswers'>;
    };
    writes: Pick<WriteBatch, 'add'>;
    environment: CloudEnvironment;
    log: Logger;
    lead: Lead;
    sharing?: Pick<Sharing, 'tell' | 'onNotice'> | undefined;
    broker: Pick<MessageBroker, 'publish'>;
    /** Whether all that boards said until a certain time has been heard. */
    echo: Pick<Echo, 'hasHeardUntil'>;
    /** Ends the connections of boards that do not answer. */
    ender: Pick<SessionEnder, 'end' | 'answered'>;
    /** Under which this process is known to the broker, and signs what it says in the name of boards. */
    clientId: string;
    /** Is told of every message that is believed. */
    onMessage: (topic: string, payload: Buffer) => void;
  }) {
    this.#gateway = options.gateway;
    this.#sessions = options.sessions;
    this.#presence = options.presence;
    this.#commands = options.commands;
    this.#devices = options.stores.devices;
    this.#writes = options.writes;
    this.#lead = options.lead;
    this.#environment = options.environment;
    this.#log = options.log;
    this.#broker = options.broker;
    this.#ender = options.ender;
    this.#sharing = options.sharing;
    const now = () => options.environment.now();
    this.#told = new SlidingWindow({ limit: 1, windowMs: TOLD_EVERY_MS, now });
    this.#clientId = options.clientId;
    this.#onMessage = options.onMessage;
    this.#intake = new MessageIntake(options);
    this.#order = new StatusOrder(options.presence);
    this.#strangers = new LimitedLog({
      log: options.log,
      now,
      burst: STRANGERS_LOGGED,
      perSecond: STRANGERS_LOGGED / 60,
    });
    this.#audit = new PresenceAudit({
      environment: options.environment,
      newId: () => options.commands.newId(),
      ask: (board, id) => this.#ask(board, id),
      onSilent: (board, why) => this.#silent(board, why),
      hasAnswered: ({ deviceId }) => this.#devices.byId(deviceId)?.answers === 1,
      mayJudge: () => this.#lead.isHeld,
      hasHeardUntil: (time) => options.echo.hasHeardUntil(time),
    });
    this.#written = new WrittenPresence({
      devices: this.#devices,
      lead: this.#lead,
      environment: this.#environment,
      onWritten: (row) => this.#wasWritten(row),
    });
    this.#lead.onTaken(() => this.#audit.askAll());
    options.sharing?.onNotice('unanswered', (deviceId) => this.#audit.doubt(deviceId));
  }

  /** Believes who was online when the cloud last ran, until the audit knows. */
  restore(): void {
    // There is none before the first connection.
    this.#commands.wayLost();
    for (const { device_id: deviceId, product_key: productKey } of this.#devices.allOnline()) {
      const board = this.#gateway.known(productKey, deviceId);
      if (!board) continue;
      const link = this.#begin(board, { isNew: false });
      if (!link) continue;
      this.#presence.restore(link);
      this.#listens(link);
    }
    this.#written.open();
  }

  /** @param hasMissed what was said since the last time was not kept: somebody who is believed offline may have come online */
  connected(hasMissed: boolean): void {
    this.#audit.resume(hasMissed ? this.#activated() : undefined);
    this.#commands.wayReturned();
  }

  lost(): void {
    this.#commands.wayLost();
    this.#audit.pause();
  }

  /** Takes a message of the broker; `done` is called once it is stored, or is none of the cloud's business. */
  heard({ topic, payload, isRetained }: HeardMessage, done: () => void): void {
    const named = readBoardTopic(topic);
    // What was kept may be as old as it likes: it says nothing about now.
    if (isRetained || !named || isOwnCall(named.path)) {
      done();
      return;
    }
    const link = this.#linkOf(named);
    if (!link) {
      this.#strangers.warn('unknown_board', { productKey: named.productKey, deviceId: named.deviceId });
      done();
    } else if (named.path === 'status') this.#status(link, topic, payload, done);
    else this.#message(link, named.path, topic, payload, done);
  }

  /** To be called when a device is deleted. */
  forget(deviceId: string): void {
    this.#order.forget(deviceId);
    this.#changedAt.delete(deviceId);
  }

  /** What is not stored then is not acknowledged, and comes again. */
  close(): void {
    this.#intake.close();
    this.#audit.pause();
    this.#written.close();
  }

  /** All who could be online; read as they are asked for. */
  *#activated(): Generator<AuthorizedBoard> {
    for (let page = this.#devices.activatedAfter(0); page.length > 0; ) {
      for (const { product_key: productKey, device_id: deviceId } of page) {
        const board = this.#gateway.known(productKey, deviceId);
        if (board) yield board;
      }
      page = this.#devices.activatedAfter(page.at(-1)!.seq);
    }
  }

  /** Its session, or for who has none something that can be answered but does not count as one. */
  #linkOf({ productKey, deviceId }: Omit<BoardTopic, 'path'>): BoardLink | undefined {
    const board = this.#gateway.known(productKey, deviceId);
    const link = this.#sessions.get(deviceId);
    if (!board) {
      if (link?.board.productKey === productKey) this.#end(link);
      return undefined;
    }
    return link?.board.passwordHash.equals(board.passwordHash) ? link : this.#linkTo(board);
  }

  #linkTo(board: AuthorizedBoard): BoardLink {
    return new VirtualLink(board, {
      publish: (topic, payload, { qos, retain }) => this.#broker.publish(topic, payload, { qos, retain }),
      unanswered: ({ deviceId }) => this.#unanswered(deviceId),
      onClose: (closed) => this.#end(closed),
    });
  }

  #begin(board: AuthorizedBoard, { isNew } = { isNew: true }): BoardLink | undefined {
    const link = this.#linkTo(board);
    if (!this.#gateway.attach(link)) return undefined;
    this.#changedAt.set(board.deviceId, this.#environment.now());
    this.#audit.watch(board, { isNew });
    return link;
  }

  /** A board says `online` after its subscriptions, and which those are only the broker knows: all that it was told of. */
  #listens(link: BoardLink): void {
    const filter = `${link.board.topics.status.slice(0, -'status'.length)}#`;
    if (this.#gateway.maySubscribe(link, filter)) this.#gateway.subscribed(link, [filter]);
  }

  #end(link: BoardLink): void {
    const { deviceId } = link.board;
    if (this.#sessions.isCurrent(link)) {
      this.#order.ending(deviceId);
      this.#changedAt.set(deviceId, this.#environment.now());
      this.#audit.forget(deviceId);
      // It did not say so itself: the retained `online` would stay.
      if (this.#presence.connectionEnded(link)) this.#say(link.board, 'offline');
    }
    this.#gateway.detach(link);
  }

  #status(link: BoardLink, topic: string, payload: Buffer, done: () => void): void {
    const object = parseObject(payload);
    const status = object && readStatus(object);
    const by = object?.['by'];
    if (payload.length === 0 || by === this.#clientId) {
      // The end of what was retained, or this process's own word.
      done();
    } else if (status && by !== undefined) {
      this.#toldByOther(link, status.online);
      this.#onMessage(topic, payload);
      done();
    } else if (!status) this.#intake.take(link, { topic, payload, isWill: false }, done);
    else if (status.online) this.#online(link, status, topic, payload, done);
    else this.#offline(link, status, topic, payload, done);
  }

  #online(link: BoardLink, status: StatusMessage, topic: string, payload: Buffer, done: () => void): void {
    const { deviceId } = link.board;
    // The same word twice, as QoS 1 allows.
    if (this.#sessions.isCurrent(link) && this.#order.isRepeated(deviceId, status.time)) {
      this.#audit.heard(link.board);
      done();
      return;
    }
    this.#order.ending(deviceId);
    this.#order.beginning(deviceId, status.time);
    const session = this.#begin(link.board);
    if (!session) {
      done();
      return;
    }
    this.#intake.take(session, { topic, payload, isWill: false }, done);
    this.#listens(session);
  }

  #offline(link: BoardLink, status: StatusMessage, topic: string, payload: Buffer, done: () => void): void {
    const { deviceId } = link.board;
    const { time } = status;
    const isOld = this.#order.isOld(deviceId, time);
    if (isOld || !this.#sessions.isCurrent(link)) {
      this.#log.debug('status_ignored', { deviceId, why: isOld ? 'former_session' : 'no_session' });
      done();
      return;
    }
    this.#order.ending(deviceId);
    this.#intake.take(link, { topic, payload, isWill: this.#order.isWill(deviceId, time) }, done);
    this.#end(link);
  }

  #message(link: BoardLink, path: string, topic: string, payload: Buffer, done: () => void): void {
    const { deviceId } = link.board;
    if (path === 'thing/service/property/get_reply') {
      const object = parseObject(payload);
      const reply = object && readSetReply(object);
      if (reply) this.#answers(link.board);
      if (reply && this.#audit.answered(deviceId, reply.id)) {
        if (!this.#sessions.isCurrent(link)) this.#prove(link.board);
        done();
        return;
      }
    }
    if (this.#audit.heard(link.board)) this.#prove(link.board);
    this.#intake.take(link, { topic, payload, isWill: false }, done);
  }

  #prove(board: AuthorizedBoard): void {
    if (this.#proven(board)) this.#say(board, 'online');
  }

  /** Remembers that it answers property gets; who answers property sets alone knows no more than the first API reference. */
  #answers({ deviceId, deviceSeq }: AuthorizedBoard): void {
    this.#ender.answered(deviceId);
    if (!this.#lead.isHeld || this.#devices.byId(deviceId)?.answers !== 0) return;
    this.#writes.add(() => this.#devices.setAnswers(deviceSeq));
  }

  /** Who leads has heard of it what this process has not, or has heard it later than what this process did. */
  #wasWritten({ device_id: deviceId, product_key: productKey, online, at }: PresenceRow): void {
    const isOnline = online === 1;
    const changedAt = this.#changedAt.get(deviceId);
    const isKnown = changedAt !== undefined && changedAt >= at;
    if (isKnown || (this.#sessions.get(deviceId) !== undefined) === isOnline) return;
    const link = this.#linkOf({ productKey, deviceId });
    if (!link) return;
    this.#log.info('status_missed', { deviceId, online: isOnline });
    this.#toldByOther(link, isOnline);
    const status = { status: isOnline ? 'online' : 'offline', time: at };
    this.#onMessage(link.board.topics.status, Buffer.from(JSON.stringify(status)));
  }

  /** Another process of this cloud says how it is with a board, by the audit; its `time` is not of the board's clock. */
  #toldByOther(link: BoardLink, isOnline: boolean): void {
    const isCurrent = this.#sessions.isCurrent(link);
    if (isOnline && !isCurrent) this.#proven(link.board);
    if (isOnline || !isCurrent) return;
    this.#presence.report(link, { online: false }, false);
    this.#end(link);
  }

  /** A board that is believed offline is online. */
  #proven(board: AuthorizedBoard): boolean {
    const session = this.#begin(board);
    if (!session) return false;
    this.#presence.report(session, { online: true }, false);
    this.#listens(session);
    return true;
  }

  /** Says on a board's behalf how it is, for all who hear its status. */
  #say({ deviceId, topics }: AuthorizedBoard, status: 'online' | 'offline'): void {
    const message = JSON.stringify({ status, time: this.#environment.now(), by: this.#clientId });
    this.#broker.publish(topics.status, message, { qos: 1, retain: true }).catch((error: Error) => {
      this.#log.debug('status_not_published', { deviceId, why: error.message });
    });
  }

  #ask({ deviceId, topics }: AuthorizedBoard, id: string): void {
    // For no property at all: that it answers is the answer.
    const question = { method: 'thing.service.property.get', id, params: [], time: this.#environment.now() };
    this.#broker
      .publish(topics.propertyGet, JSON.stringify(question), { qos: 0, retain: false })
      .catch((error: Error) => {
        this.#log.debug('question_not_published', { deviceId, why: error.message });
        this.#audit.notAsked(deviceId, id);
      });
  }

  #silent({ deviceId, productKey }: AuthorizedBoard, why: Silence): void {
    const link = this.#sessions.get(deviceId);
    if (link) {
      this.#log.info('board_silent', { deviceId, why });
      this.#end(link);
    }
    // Where it is connected all the same it comes again, and hears.
    this.#ender.end({ deviceId, clientId: `${productKey}&${deviceId}` }, why);
  }

  /** Its silence means something where it has answered before, and such a board knows a command that comes again by its id. */
  #unanswered(deviceId: string): boolean {
    if (this.#devices.byId(deviceId)?.answers !== 1) return false;
    if (this.#lead.isHeld) this.#audit.doubt(deviceId);
    else if (this.#told.take(deviceId) === 0) this.#sharing?.tell('unanswered', deviceId);
    return true;
  }
}
