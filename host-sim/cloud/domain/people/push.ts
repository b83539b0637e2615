import type { CloudEnvironment } from '../../environment.js';
import type { PushClientRow, PushStore } from '../../store/push-store.js';
import type { Language } from '../devices.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import type { UserView } from '../users.js';
import { type NotificationTopic, TOPIC_NAMES, topicTitle } from './notification-topics.js';

/** Push clients of one user. */
export const MAX_CLIENTS = 20;

export interface PushClientView {
  readonly clientId: string;
  readonly platform: string;
  readonly language: string | null;
  /** ISO 8601, UTC. */
  readonly registeredAt: string;
}

export interface PushClientRequest {
  readonly clientId: string;
  readonly platform: string;
  readonly language?: Language | undefined;
}

export interface TopicView {
  readonly topic: NotificationTopic;
  readonly name: string;
  readonly subscribed: boolean;
}

/**
 * Who wants to be told of what. Who never used it costs nothing when something happens: subscribers are in memory, by topic.
 */
export class PushService {
  readonly #store: PushStore;
  readonly #environment: CloudEnvironment;
  readonly #transaction: (work: () => void) => void;
  readonly #subscribers = new Map<NotificationTopic, Set<number>>(TOPIC_NAMES.map((topic) => [topic, new Set()]));
  /** Who has chosen, or was given, his topics. */
  readonly #known = new Set<number>();

  constructor(options: {
    store: PushStore;
    environment: CloudEnvironment;
    transaction: (work: () => void) => void;
  }) {
    this.#store = options.store;
    this.#environment = options.environment;
    this.#transaction = options.transaction;
    for (const { userId, topics } of this.#store.subscribers()) this.#remember(userId, topics);
  }

  /**
   * Registers an app of the user, again or for the first time; beyond 20 the one registered longest ago is forgotten. Who has
   * not chosen topics by then is subscribed to all of them.
   */
  register({ userId }: UserView, { clientId, platform, language }: PushClientRequest): PushClientView {
    const client: PushClientRow = {
      client_id: clientId,
      platform,
      language: language ?? null,
      registered_at: this.#environment.now(),
    };
    const isNew = !this.#known.has(userId);
    this.#transaction(() => {
      this.#store.register(userId, client, MAX_CLIENTS);
      if (isNew) this.#store.subscribe({ userId, topics: TOPIC_NAMES });
    });
    if (isNew) this.#remember(userId, TOPIC_NAMES);
    return {
      clientId,
      platform,
      language: client.language,
      registeredAt: new Date(client.registered_at).toISOString(),
    };
  }

  /** Begins or ends subscriptions of the user, other topics stay as they are: what he is subscribed to then. */
  subscribe({ userId }: UserView, topics: readonly NotificationTopic[], subscribed: boolean): NotificationTopic[] {
    const now = this.#topicsOf(userId).filter((topic) => !topics.includes(topic));
    const chosen = subscribed ? [...now, ...new Set(topics)] : now;
    this.#store.subscribe({ userId, topics: chosen });
    this.forget(userId);
    this.#remember(userId, chosen);
    return this.#topicsOf(userId);
  }

  /** Every topic, and whether the user is subscribed to it. */
  topics({ userId }: UserView, request: PageRequest, language: Language): Page<TopicView> {
    const { limit, offset } = pageOf(request);
    const list = TOPIC_NAMES.slice(offset, offset + limit).map((topic) => ({
      topic,
      name: topicTitle(topic, language),
      subscribed: this.subscribersOf(topic).has(userId),
    }));
    return { list, total: TOPIC_NAMES.length, page: request.page, size: limit };
  }

  /** The ids of the users who are subscribed to a topic now, and later. */
  subscribersOf(topic: NotificationTopic): ReadonlySet<number> {
    return this.#subscribers.get(topic)!;
  }

  /** To be called when another process may have changed who wants to hear of what. */
  reload(): void {
    this.#known.clear();
    for (const subscribers of this.#subscribers.values()) subscribers.clear();
    for (const { userId, topics } of this.#store.subscribers()) this.#remember(userId, topics);
  }

  /** To be called when a user's subscriptions are no longer in the store. */
  forget(userId: number): void {
    this.#known.delete(userId);
    for (const subscribers of this.#subscribers.values()) subscribers.delete(userId);
  }

  #remember(userId: number, topics: readonly string[]): void {
    this.#known.add(userId);
    for (const topic of topics) this.#subscribers.get(topic as NotificationTopic)?.add(userId);
  }

  #topicsOf(userId: number): NotificationTopic[] {
    return TOPIC_NAMES.filter((topic) => this.subscribersOf(topic).has(userId));
  }
}
