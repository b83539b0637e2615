import type { EventHub, Logger } from '../events.js';
import type { DeviceEventService } from './device-events.js';
import type { Lead } from './lead.js';
import { isSetReply, parseObject, readEventPost, readPropertyPost } from './messages.js';
import { type MissedMessage, MissedMessages } from './missed-messages.js';
import { readInform, readProgress } from './ota-messages.js';
import type { PropertyService } from './properties.js';
import { publication } from './topics.js';
import type { UpdateService } from './updates.js';

/**
 * What boards say while another process leads. Who takes over stores what came lately and is not in the database: he who led may have
 * ended between hearing and storing it.
 */
export class MissedPosts {
  readonly #properties: PropertyService;
  readonly #deviceEvents: DeviceEventService;
  readonly #updates: UpdateService;
  readonly #events: EventHub;
  readonly #log: Logger;
  readonly #messages = new MissedMessages();

  constructor(options: {
    properties: PropertyService;
    deviceEvents: DeviceEventService;
    updates: UpdateService;
    events: EventHub;
    log: Logger;
    lead: Lead;
  }) {
    this.#properties = options.properties;
    this.#deviceEvents = options.deviceEvents;
    this.#updates = options.updates;
    this.#events = options.events;
    this.#log = options.log;
    options.lead.onTaken(() => this.#storeAll());
  }

  keep(message: MissedMessage): void {
    this.#messages.keep(message);
  }

  #storeAll(): void {
    const { messages, dropped } = this.#messages.take();
    if (dropped > 0) this.#log.warn('missed_messages_dropped', { dropped });
    for (const message of messages) this.#store(message);
  }

  /** Who watches the board was told of it when it came. */
  #store({ link, topic, payload, receivedAt }: MissedMessage): void {
    const object = parseObject(payload);
    const published = publication(link.board.topics, topic);
    if (!object || !published) return;
    const { deviceId, productKey, deviceSN, deviceSeq } = link.board;
    if (published.kind === 'propertyPost' && !isSetReply(object)) {
      const post = readPropertyPost(object, receivedAt);
      if (post) this.#properties.recordMissed(link, post);
    } else if (published.kind === 'eventPost') {
      const name = published.identifier;
      const event = readEventPost(object, receivedAt);
      if (!event) return;
      this.#deviceEvents.recordMissed(deviceSeq, { name, ...event, receivedAt }, () =>
        this.#events.emit('eventPosted', { deviceId, productKey, deviceSN, name, ...event, at: receivedAt }),
      );
    } else if (published.kind === 'otaInform') {
      const inform = readInform(object);
      if (inform) this.#updates.informed(link, inform, (error) => this.#notStored(deviceId, error));
    } else if (published.kind === 'otaProgress') {
      const progress = readProgress(object);
      if (progress) this.#updates.progressed(link, progress);
    }
  }

  #notStored(deviceId: string, error: Error | undefined): void {
    if (error) this.#log.error('inform_not_stored', { deviceId, why: error.message });
  }
}
