import type { BrokerHooks } from './broker-hooks.js';

/** What RabbitMQ's HTTP backend asks, by the last part of its path. */
export const RABBITMQ_QUESTIONS = ['user', 'vhost', 'resource', 'topic'] as const;
export type RabbitmqQuestion = (typeof RABBITMQ_QUESTIONS)[number];

/** The fields of a question; one that is missing is undefined. */
export type RabbitmqFields = Readonly<Record<string, string | undefined>>;

/** The exchange that MQTT goes through (`mqtt.exchange`, as it is by default). */
const EXCHANGE = 'amq.topic';
/** Where the messages for one client wait: it is named after the client id. */
const QUEUE = /^mqtt-subscription-(.+)qos[01]$/s;

/**
 * The rules of the own broker in the words of AMQP, into which RabbitMQ's MQTT plugin puts what its clients do: a client has a queue
 * of its own and binds it to one exchange; of a topic only the routing key is told.
 */
export class RabbitmqHooks {
  readonly #hooks: BrokerHooks;

  constructor(hooks: BrokerHooks) {
    this.#hooks = hooks;
  }

  /** Whether it is allowed; what lacks a field, or names anything but what MQTT needs, is not. */
  isAllowed(question: RabbitmqQuestion, fields: RabbitmqFields): boolean {
    const { username } = fields;
    if (username === undefined) return false;
    if (question === 'user') {
      // Without a client id it is no MQTT: over AMQP a board has no business.
      const { password, client_id: clientId } = fields;
      return password !== undefined && clientId !== undefined && this.#hooks.authenticate(username, password, clientId);
    }
    const clientId = fields['client_id'] ?? fields['variable_map.client_id'];
    if (!this.#hooks.isService(username) && clientId !== undefined && clientId !== username) return false;
    if (question === 'topic') return this.#topic(username, fields);
    return this.#hooks.isWelcome(username) && (question === 'vhost' || this.#resource(username, clientId, fields));
  }

  #resource(username: string, clientId: string | undefined, { resource, name, permission }: RabbitmqFields): boolean {
    if (resource === 'exchange') return name === EXCHANGE && (permission === 'read' || permission === 'write');
    if (resource !== 'queue' || !['configure', 'read', 'write'].includes(permission ?? '')) return false;
    const owner = QUEUE.exec(name ?? '')?.[1];
    // The service account may choose its client id; some versions do not tell it here.
    return owner !== undefined && owner === (this.#hooks.isService(username) ? (clientId ?? owner) : username);
  }

  #topic(username: string, { resource, name, permission, routing_key: key }: RabbitmqFields): boolean {
    if (resource !== 'topic' || name !== EXCHANGE || key === undefined || /[/+]/.test(key)) return false;
    const action = permission === 'write' ? 'publish' : permission === 'read' ? 'subscribe' : undefined;
    if (action === undefined) return false;
    // A dot that stood in the topic itself is one level of two from here on, for RabbitMQ as well.
    const levels = key.replaceAll('.', '/');
    const topic = action === 'subscribe' ? levels.replaceAll('*', '+') : levels;
    return this.#hooks.authorize({ username, clientId: username, topic, action });
  }
}
