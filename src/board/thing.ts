import type { Control } from '../control/control.js';
import type { Product } from '../core/product.js';
import type { Host } from '../ports/host.js';
import { Outbox } from '../session/outbox.js';
import { CommandHandler } from '../thing/command-handler.js';
import { PropertyReporter } from '../thing/property-reporter.js';
import type { Diagnostics } from './diagnostics.js';
import type { WallClock } from './wall-clock.js';

export interface ThingOptions {
  readonly host: Host;
  readonly product: Product;
  readonly clock: WallClock;
  readonly control: Control;
  readonly diagnostics: Diagnostics;
  readonly rssi: () => number | undefined;
  /** Sessions after the first one since boot. */
  readonly reconnects: () => number;
  /** Something waits to be sent. */
  readonly onOutgoing: () => void;
}

/** The board as the cloud sees it: wires commands to the outputs, and the outputs to posts. Outlives the sessions. */
export class Thing {
  readonly outbox: Outbox;
  readonly reporter: PropertyReporter;
  readonly #options: ThingOptions;
  readonly #commands: CommandHandler;
  readonly #bootMs: number;
  #reportedDrops = 0;
  /** The cloud announced a topic for answers. */
  #hasReplyTopic = false;

  constructor(options: ThingOptions) {
    const { host, product, clock, control, diagnostics } = options;
    this.#options = options;
    this.#bootMs = host.clock.monotonicMs();
    this.outbox = new Outbox(product.session.outboxSize);
    this.reporter = new PropertyReporter({
      timer: host.timer,
      random: host.random,
      product,
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      read: (channel, attribute) => control.read(channel, attribute),
      rssi: options.rssi,
      addDiagnostics: (params) => this.#addDiagnostics(params),
      onDue: options.onOutgoing,
    });
    this.#commands = new CommandHandler({
      text: host.text,
      product,
      monotonicMs: () => clock.monotonicMs(),
      wallMs: () => (clock.known ? clock.nowMs() : undefined),
      check: (command) => control.check(command),
      apply: (command) => control.apply(command),
      reply: (id, code, message, ignored) => this.#reply(id, code, message, ignored),
      onAccepted: (id) => diagnostics.emit('debug', 'command_accepted', { id }),
      onRefused: (id, code, message) => diagnostics.emit('warn', 'command_refused', { id, code, message }),
      onMalformed: (bytes) => diagnostics.emit('warn', 'message_dropped', { reason: 'malformed', bytes }),
    });
  }

  /** A session has come online. */
  online(hasReplyTopic: boolean): void {
    this.#hasReplyTopic = hasReplyTopic;
    this.reporter.connected();
  }

  /** There is no session any more. */
  offline(): void {
    this.reporter.disconnected();
  }

  onCommand(bytes: Uint8Array, start: number, end: number, retained: boolean): void {
    this.#commands.handle(bytes, start, end, retained);
  }

  /** A message, theirs or ours, was too large and was dropped. */
  onTooLarge(bytes: number): void {
    this.#options.diagnostics.emit('warn', 'message_dropped', { reason: 'too_large', bytes });
  }

  close(): void {
    this.reporter.disconnected();
  }

  #addDiagnostics(params: Record<string, unknown>): void {
    const { system, clock } = this.#options.host;
    params['boot_reason'] = system.bootReason;
    params['uptime'] = Math.floor((clock.monotonicMs() - this.#bootMs) / 1_000);
    params['free_heap'] = system.freeHeap();
    params['reconnects'] = this.#options.reconnects();
    const { dropped } = this.outbox;
    if (dropped === 0) return;
    params['outbox_dropped'] = dropped;
    if (dropped > this.#reportedDrops) this.#options.diagnostics.emit('warn', 'outbox_dropped', { count: dropped });
    this.#reportedDrops = dropped;
  }

  /** The answer goes to the announced reply topic, else, as the origin's firmware does it, to the property post topic. */
  #reply(id: string, code: number, message: string | undefined, ignored: readonly string[]): void {
    const why = message === undefined ? '' : `,"message":${JSON.stringify(message)}`;
    const data = ignored.length === 0 ? '{}' : JSON.stringify({ ignored });
    if (this.#hasReplyTopic) {
      this.outbox.push('propertySetReply', `{"id":${JSON.stringify(id)},"code":${code}${why},"data":${data}}`);
    } else {
      const rest = ignored.length === 0 ? '' : `,"data":${data}`;
      this.outbox.push(
        'propertyPost',
        `{"method":"thing.service.property.set_reply","id":${JSON.stringify(id)},"code":${code}${why}${rest}}`,
      );
    }
    this.#options.onOutgoing();
  }
}
