import type { DeviceStore } from '../store/device-store.js';
import type { BoardGateway } from './board-gateway.js';
import type { LimitedLog } from './limited-log.js';
import { hashSecret, secretFits } from './secrets.js';
import { boardTopics, isFilter, ownFilter, publication, topicRoot } from './topics.js';

/** What an external MQTT broker asks about a client that has shown its password. */
export interface AclQuestion {
  readonly username: string;
  readonly clientId: string;
  readonly topic: string;
  readonly action: 'publish' | 'subscribe';
}

/** The cloud's own account at an external broker. */
export interface ServiceAccount {
  readonly username: string;
  readonly password: string;
}

/** Below it are the topics of all boards. */
const ALL_BOARDS = '/sys/';

/** The rules of the own broker, for an external one that asks over HTTP (as the origin's does). */
export class BrokerHooks {
  readonly #gateway: BoardGateway;
  readonly #devices: DeviceStore;
  readonly #service: { readonly username: string; readonly passwordHash: Buffer } | undefined;
  readonly #log: LimitedLog;

  constructor(options: {
    gateway: BoardGateway;
    devices: DeviceStore;
    /** Who the cloud itself is at that broker; absent where it does not connect by a password. */
    service: ServiceAccount | undefined;
    log: LimitedLog;
  }) {
    const { gateway, devices, service, log } = options;
    this.#gateway = gateway;
    this.#devices = devices;
    this.#service = service && { username: service.username, passwordHash: hashSecret(service.password) };
    this.#log = log;
  }

  /** Whether a client may connect: a board as at the own broker; the service account with any client id. */
  authenticate(username: string, password: string, clientId: string): boolean {
    if (this.isService(username)) {
      const fits = secretFits(password, this.#service?.passwordHash);
      if (!fits) this.#refused('invalid_password', username);
      return fits;
    }
    const judged = this.#gateway.judge(username, Buffer.from(password), clientId);
    if ('word' in judged) this.#refused(judged.word, username);
    return !('word' in judged);
  }

  /** A board may publish on its own served topics, and subscribe below its own root; the service account all below `/sys/`. */
  authorize({ username, clientId, topic, action }: AclQuestion): boolean {
    if (this.isService(username)) {
      return topic.startsWith(ALL_BOARDS) && (action === 'subscribe' ? isFilter(topic) : !/[+#]/.test(topic));
    }
    const isAllowed =
      clientId === username && this.isWelcome(username) && this.#mayUse(username.split('&', 2), topic, action);
    if (!isAllowed) this.#refused(`${action}_refused`, username, topic);
    return isAllowed;
  }

  isService(username: string): boolean {
    return username === this.#service?.username;
  }

  /** Whether a user name, its password aside, is one that may connect now. */
  isWelcome(username: string): boolean {
    if (this.isService(username)) return true;
    const [productKey = '', deviceId = ''] = username.split('&', 2);
    const row = this.#devices.byId(deviceId);
    return (
      row?.product_key === productKey &&
      username === `${productKey}&${deviceId}` &&
      row.password_hash !== null &&
      row.disabled === 0 &&
      row.product_status === 1
    );
  }

  #mayUse([productKey = '', deviceId = '']: readonly string[], topic: string, action: AclQuestion['action']): boolean {
    if (action === 'publish') return publication(boardTopics(productKey, deviceId), topic) !== undefined;
    return ownFilter(topicRoot(productKey, deviceId), topic) && isFilter(topic);
  }

  #refused(word: string, username: string, topic?: string): void {
    this.#log.warn('hook_denied', {
      word,
      username: username.slice(0, 128),
      ...(topic !== undefined && { topic: topic.slice(0, 256) }),
    });
  }
}
