import type { MessageBroker } from '../broker/message-broker.js';
import type { CloudServices } from '../domain/services.js';
import { filterMatches } from '../domain/topics.js';
import { BoardSessions } from './board-sessions.js';
import { BrokerClient } from './broker-client.js';
import { Echo } from './echo.js';
import type { ExternalBrokerOptions } from './options.js';
import { SessionEnder } from './session-ender.js';
import { readBoardTopic, UPWARD_FILTERS } from './upward-topics.js';

/** The broker of somebody else's, with the boards that are connected to it. */
export class ExternalBroker implements MessageBroker {
  readonly #client: BrokerClient;
  readonly #boards: BoardSessions;
  readonly #ender: SessionEnder;
  readonly #services: CloudServices;
  readonly #onMessage: (topic: string, payload: Buffer) => void;
  /** What was last said on each device's status topic: no other message is retained, and brokers cannot be asked for all of them. */
  readonly #lastStatus = new Map<string, { readonly topic: string; readonly payload: Buffer }>();

  /** @param options.onMessage is told of every message that is believed, and of those of this cloud */
  constructor(options: {
    broker: ExternalBrokerOptions;
    services: CloudServices;
    /** Nobody else's: the broker ends the session of who had it before. */
    clientId: string;
    onMessage: (topic: string, payload: Buffer) => void;
  }) {
    const { broker, services, clientId } = options;
    const { environment, log } = services;
    this.#services = services;
    this.#onMessage = options.onMessage;
    this.#ender = new SessionEnder({
      take: (clientIdOfBoard, signal) => this.#client.takeOver(clientIdOfBoard, signal),
      mayEnd: () => services.lead.isHeld && this.#client.isConnected,
      isBack: (deviceId) => services.sessions.get(deviceId) !== undefined,
      environment,
      log,
    });
    const echo = new Echo({
      clientId,
      publish: (topic, payload) => this.#client.publish(topic, payload, { qos: 1, retain: false }),
      environment,
    });
    this.#boards = new BoardSessions({
      ...services,
      broker: this,
      echo,
      ender: this.#ender,
      clientId,
      onMessage: (topic, payload) => this.#passedOn(topic, payload),
    });
    this.#client = new BrokerClient({
      broker,
      clientId,
      // A cloud in memory is another one each time.
      goesOn: services.directory !== undefined,
      filters: UPWARD_FILTERS,
      environment,
      log,
      onMessage: (message, done) => (echo.heard(message) ? done() : this.#boards.heard(message, done)),
      onConnected: (hasMissed) => {
        services.sharing?.setHearing(true);
        echo.call();
        this.#ender.returned(hasMissed);
        this.#boards.connected(hasMissed);
      },
      onLost: () => {
        services.sharing?.setHearing(false);
        echo.lost();
        this.#ender.lost();
        this.#boards.lost();
      },
    });
    services.events.on('deviceDeleted', ({ deviceId }) => this.#forget(deviceId));
    services.sharing?.onNotice('device', (subject) => {
      const devices = subject === '' ? [...this.#lastStatus.keys()] : [subject];
      for (const deviceId of devices) if (!services.stores.devices.byId(deviceId)) this.#forget(deviceId);
    });
  }

  get isConnected(): boolean {
    return this.#client.isConnected;
  }

  /** To be called before anybody asks who is online. */
  restore(): void {
    this.#boards.restore();
    const { sessions, stores } = this.#services;
    for (const { device_id: deviceId, came_online_at: time } of stores.devices.allOnline()) {
      const topic = sessions.get(deviceId)?.board.topics.status;
      if (topic) this.#keep(topic, Buffer.from(JSON.stringify({ status: 'online', time })));
    }
  }

  /** Connects; from then on it is kept, or tried for again, for ever. @throws CloudStartError `broker_refused`, `broker_unreachable` */
  open(): Promise<void> {
    return this.#client.open();
  }

  async publish(topic: string, payload: string, how: { readonly qos: 0 | 1; readonly retain: boolean }): Promise<void> {
    const sent = this.#client.publish(topic, payload, how);
    // At once, as the own broker does: a board's answer may be here before the broker's acknowledgement.
    if (this.#client.isConnected) this.#passedOn(topic, Buffer.from(payload));
    await sent;
  }

  async *retained(filter: string): AsyncGenerator<{ readonly topic: string; readonly payload: Buffer }> {
    for (const status of this.#lastStatus.values()) if (filterMatches(filter, status.topic)) yield status;
  }

  clearRetained(topic: string): void {
    const { deviceId } = readBoardTopic(topic) ?? {};
    if (deviceId !== undefined) this.#lastStatus.delete(deviceId);
    this.#client.publish(topic, '', { qos: 1, retain: true }).catch((error: Error) => {
      this.#services.log.debug('retained_not_cleared', { topic, why: error.message });
    });
  }

  async close(): Promise<void> {
    this.#boards.close();
    this.#ender.close();
    await this.#client.close();
  }

  #passedOn(topic: string, payload: Buffer): void {
    this.#keep(topic, payload);
    this.#onMessage(topic, payload);
  }

  #keep(topic: string, payload: Buffer): void {
    const named = readBoardTopic(topic);
    if (named?.path === 'status') this.#lastStatus.set(named.deviceId, { topic, payload });
  }

  #forget(deviceId: string): void {
    this.#lastStatus.delete(deviceId);
    this.#boards.forget(deviceId);
  }
}
