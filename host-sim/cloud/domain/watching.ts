import { isObject, parseJsonObject } from '../../../src/core/json-guard.js';
import { CloudError } from '../errors.js';
import { type BoardGateway, MAX_PAYLOAD_BYTES } from './board-gateway.js';
import type { DeviceService } from './devices.js';
import type { AuthorizedBoard, BoardLink } from './sessions.js';
import { isFilter, ownFilter, publication, topicRoot } from './topics.js';
import type { UserService, UserSession, UserView } from './users.js';

/** A watcher's credentials are looked at again this often, ms. */
export const CHECK_INTERVAL_MS = 30_000;
/** Topic filters of one watcher. */
export const MAX_SUBSCRIPTIONS = 32;

/** A user who watches topics. */
export interface UserWatcher {
  readonly kind: 'user';
  readonly user: UserView;
  readonly session: UserSession;
}

/** Who watches topics: a user, or somebody with the credentials of a board. */
export type Watcher = UserWatcher | { readonly kind: 'board'; readonly board: AuthorizedBoard };

/** What passes messages on to the subscribers of their topic. */
export interface Publisher {
  publish(topic: string, payload: string, options: { readonly qos: 0 | 1; readonly retain: boolean }): Promise<void>;
}

/** A topic of a board: product key, device id, and what follows them. */
const BOARD_TOPIC = /^\/sys\/([^/]+)\/([^/]+)\/(.+)$/;

/** Every rule about what may be seen and said over the WebSocket (API reference, 7), and by users over MQTT. */
export class WatchService {
  readonly #gateway: BoardGateway;
  readonly #users: UserService;
  readonly #devices: DeviceService;
  readonly #publisher: Publisher;

  constructor(options: { gateway: BoardGateway; users: UserService; devices: DeviceService; publisher: Publisher }) {
    this.#gateway = options.gateway;
    this.#users = options.users;
    this.#devices = options.devices;
    this.#publisher = options.publisher;
  }

  /**
   * Takes the credentials of a board, or the access token of a user.
   * @throws CloudError `invalid_parameter`, `invalid_password`, `device_disabled`, `product_disabled`, `unauthorized`
   */
  async authenticate(frame: Readonly<Record<string, unknown>>): Promise<Watcher> {
    const { token, username, password } = frame;
    if (token !== undefined) {
      if (typeof token !== 'string') throw new CloudError('invalid_parameter', 'token must be text');
      return this.authenticateUser(token);
    }
    if (typeof username !== 'string' || typeof password !== 'string') {
      throw new CloudError('invalid_parameter', 'username and password, or token, must be text');
    }
    const board = this.#gateway.authenticate(username, Buffer.from(password), username);
    if (!('word' in board)) return { kind: 'board', board };
    throw new CloudError(board.word === 'invalid_client_id' ? 'unauthorized' : board.word);
  }

  /** Takes the access token of a user. @throws CloudError `unauthorized` */
  async authenticateUser(token: string): Promise<UserWatcher> {
    const session = await this.#users.openSession(token);
    return { kind: 'user', user: session.user, session };
  }

  /** Whether what a watcher has shown still holds: tokens expire, logins are revoked, devices get new credentials. */
  stillWelcome(watcher: Watcher): boolean {
    return watcher.kind === 'board'
      ? this.#gateway.stillWelcome(watcher.board)
      : this.#users.isLoggedIn(watcher.session);
  }

  /**
   * Checks a topic filter. A board's must lie below its own root. A user's may hold wildcards, even for the device: of what
   * it matches he gets what {@link mayReceive} says; a device that it names he must be allowed to see.
   * @throws CloudError `invalid_parameter`, `forbidden`
   */
  checkFilter(watcher: Watcher, filter: unknown): asserts filter is string {
    if (typeof filter !== 'string' || !isFilter(filter)) {
      throw new CloudError('invalid_parameter', 'topic must be a topic filter of MQTT');
    }
    const allowed =
      watcher.kind === 'board'
        ? ownFilter(topicRoot(watcher.board.productKey, watcher.board.deviceId), filter)
        : this.#mayFilter(watcher.user, filter.split('/'));
    if (!allowed) throw new CloudError('forbidden', 'this topic is not yours');
  }

  /** Whether a watcher, who is still welcome, sees the messages of a topic. */
  mayReceive(watcher: Watcher, topic: string): boolean {
    const [, productKey, deviceId] = BOARD_TOPIC.exec(topic) ?? [];
    if (productKey === undefined || deviceId === undefined) return false;
    if (watcher.kind === 'user') return this.#devices.maySee(watcher.user, productKey, deviceId);
    return watcher.board.productKey === productKey && watcher.board.deviceId === deviceId;
  }

  /**
   * Says something: a board what it may publish over MQTT (its status excepted, which is that of its MQTT session), a user
   * a property set or a service call, by the rules of the API.
   * @throws CloudError `forbidden`, `invalid_parameter`, and what {@link DeviceService.control} throws
   */
  async publish(watcher: Watcher, topic: unknown, payload: unknown): Promise<void> {
    if (typeof topic !== 'string') throw new CloudError('invalid_parameter', 'topic must be text');
    if (payload === undefined) throw new CloudError('invalid_parameter', 'payload is required');
    if (watcher.kind === 'board') await this.#publishAsBoard(watcher.board, topic, payload);
    else await this.#command(watcher.user, topic, payload);
  }

  #mayFilter(user: UserView, levels: readonly string[]): boolean {
    const [first, second, productKey, deviceId] = levels;
    if (first === '#') return true;
    if (first !== '' && first !== '+') return false;
    if (second === '#') return true;
    if (second !== 'sys' && second !== '+') return false;
    if (productKey === '#' || deviceId === '#' || deviceId === '+') return true;
    if (productKey === undefined || deviceId === undefined) return false;
    return this.#devices.maySee(user, productKey === '+' ? undefined : productKey, deviceId);
  }

  async #publishAsBoard(board: AuthorizedBoard, topic: string, payload: unknown): Promise<void> {
    const published = publication(board.topics, topic);
    if (!published || published.kind === 'status')
      throw new CloudError('forbidden', 'this topic is not yours to publish');
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const bytes = Buffer.from(text);
    if (bytes.length > MAX_PAYLOAD_BYTES) {
      throw new CloudError('invalid_parameter', `payload must be at most ${MAX_PAYLOAD_BYTES} bytes`);
    }
    // Not the board's session, and never taken for it.
    const link: BoardLink = { board, publish: (...message) => this.#publisher.publish(...message), close: () => {} };
    const verdict = await new Promise((judge) => {
      this.#gateway.publish(link, { topic, payload: bytes, isWill: false }, judge);
    });
    if (verdict === 'close' || verdict === 'again') throw new CloudError('internal_error');
    if (verdict === 'drop') throw new CloudError('invalid_parameter', 'payload is not a message of this topic');
    await this.#publisher.publish(topic, text, { qos: 1, retain: false });
  }

  async #command(user: UserView, topic: string, payload: unknown): Promise<void> {
    const [, productKey, deviceId, path = ''] = BOARD_TOPIC.exec(topic) ?? [];
    const [, service] = /^thing\/service\/(.+)$/.exec(path) ?? [];
    if (productKey === undefined || deviceId === undefined || service === undefined) {
      throw new CloudError('forbidden', 'users publish property sets and service calls');
    }
    if (!this.#devices.maySee(user, productKey, deviceId)) throw new CloudError('forbidden', 'this topic is not yours');
    const params = paramsOf(payload);
    if (service === 'property/set') await this.#devices.control(user, deviceId, params);
    else await this.#devices.invoke(user, deviceId, service.replace('/', '.'), params);
  }
}

function paramsOf(payload: unknown): Record<string, unknown> {
  const message = typeof payload === 'string' ? parseJsonObject(payload) : payload;
  const params = isObject(message) ? message['params'] : undefined;
  if (!isObject(params)) throw new CloudError('invalid_parameter', 'payload.params must be an object');
  return params;
}
