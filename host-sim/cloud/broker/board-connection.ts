import type { BoardGateway, Verdict } from '../domain/board-gateway.js';
import type { BoardLink } from '../domain/sessions.js';
import type { Connection, Said } from './connection.js';

/** A board's MQTT session: every decision is the gateway's. */
export class BoardConnection implements Connection {
  readonly #gateway: BoardGateway;
  readonly #link: BoardLink;

  constructor(gateway: BoardGateway, link: BoardLink) {
    this.#gateway = gateway;
    this.#link = link;
  }

  attach(): boolean {
    return this.#gateway.attach(this.#link);
  }

  detach(): void {
    this.#gateway.detach(this.#link);
  }

  publish(message: Said, judge: (verdict: Verdict) => void): void {
    this.#gateway.publish(this.#link, message, judge);
  }

  maySubscribe(filter: string): boolean {
    return this.#gateway.maySubscribe(this.#link, filter);
  }

  subscribed(filters: readonly string[]): void {
    this.#gateway.subscribed(this.#link, filters);
  }

  unsubscribed(filters: readonly string[]): void {
    this.#gateway.unsubscribed(this.#link, filters);
  }

  mayReceive(topic: string): boolean {
    return this.#gateway.mayReceive(this.#link, topic);
  }
}
