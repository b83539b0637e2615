import type { Control } from '../control/control.js';
import type { Topics } from '../core/activation-answer.js';
import type { BoardEvent } from '../core/events.js';
import type { Product, PropertySource } from '../core/product.js';
import { Throttle } from '../core/throttle.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import { Outbox, type Uplink } from '../session/outbox.js';
import { CommandHandler } from '../thing/command-handler.js';
import { DeviceServices, PROPERTY_GET, type ServiceAnswer } from '../thing/device-services.js';
import { PropertyReporter } from '../thing/property-reporter.js';
import { TimeQuery } from '../thing/time-query.js';
import type { Diagnostics } from './diagnostics.js';
import type { WallClock } from './wall-clock.js';

export interface ThingOptions {
  readonly host: Host;
  readonly product: Product;
  readonly clock: WallClock;
  readonly control: Control;
  readonly diagnostics: Diagnostics;
  /** What an input measures. */
  readonly readInput: (input: number) => boolean | number | undefined;
  readonly rssi: () => number | undefined;
  /** Sessions after the first one since boot. */
  readonly reconnects: () => number;
  /** What the cloud has announced, once the board is activated. */
  readonly topics: () => Topics | undefined;
  /** Whether the cloud is to be asked for the time. */
  readonly needsTime: () => boolean;
  /** The cloud has told the time. */
  readonly onTime: (epochMs: number) => void;
  /** A restart was asked for, and the answer is on its way. */
  readonly onRestart: () => void;
  /** Likewise, with everything forgotten; and to let somebody set the board up. */
  readonly onReset: () => void;
  readonly onOpenProvisioning: () => void;
  /** The services `checkUpdate`, `setEnvironment` and `setTrust`. */
  readonly onCheckUpdate: () => ServiceAnswer;
  readonly onEnvironment: (name: unknown) => ServiceAnswer;
  readonly onTrust: (bundle: unknown) => ServiceAnswer;
  /** Something waits to be sent. */
  readonly onOutgoing: () => void;
}

/** The board as the cloud sees it: wires commands to the outputs, and outputs and inputs to posts. Outlives the sessions. */
export class Thing {
  readonly outbox: Outbox;
  readonly reporter: PropertyReporter;
  readonly #options: ThingOptions;
  readonly #commands: CommandHandler;
  readonly #bootMs: number;
  #reportedDrops = 0;
  /** Messages that could not be used, and commands that were refused, since boot. */
  #badMessages = 0;
  #refusals = 0;
  /** What a peer can cause is told with the heartbeat, and as events only so often. */
  readonly #told = new Throttle(10, 10_000);
  /** Made when first needed: most boards of a fleet never are asked, nor have to ask. */
  #services: DeviceServices | undefined;
  #time: TimeQuery | undefined;
  #nextId: number;
  #sending: TimerHandle | undefined;

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
      read: (source) => this.#read(source),
      rssi: options.rssi,
      addDiagnostics: (params) => this.#addDiagnostics(params),
      onDue: options.onOutgoing,
    });
    this.#nextId = host.random.uint32();
    this.#commands = new CommandHandler({
      text: host.text,
      product,
      monotonicMs: () => clock.monotonicMs(),
      wallMs: () => (clock.known ? clock.nowMs() : undefined),
      check: (command) => control.check(command),
      apply: (command) => control.apply(command),
      serve: (service, params) => {
        this.#services ??= this.#createServices();
        return this.#services.serve(service, params);
      },
      reply: (id, code, message, ignored, service, data) => {
        if (service === undefined) this.#reply(id, code, message, ignored);
        else this.#replyToCall(id, code, message, service, data);
      },
      onAccepted: (id) => diagnostics.emit('debug', 'command_accepted', { id }),
      onRefused: (id, code, message) => {
        this.#refusals++;
        if (this.#mayTell()) diagnostics.emit('warn', 'command_refused', { id, code, message });
      },
      onMalformed: (bytes) => this.#dropped('malformed', bytes),
    });
  }

  #read(source: PropertySource): string | number | boolean | undefined {
    const { control, readInput } = this.#options;
    return 'input' in source ? readInput(source.input) : control.read(source.channel, source.attribute);
  }

  /** A session has come online. */
  online(): void {
    const topics = this.#options.topics();
    if (this.#options.needsTime() && topics?.ntpRequest !== undefined) {
      this.#time ??= this.#createTimeQuery();
      this.#time.start();
    }
    this.reporter.connected();
  }

  /** There is no session any more. */
  offline(): void {
    this.reporter.disconnected();
    this.#time?.stop();
  }

  onCommand(bytes: Uint8Array, start: number, end: number, retained: boolean, service?: string): void {
    this.#commands.handle(bytes, start, end, retained, service);
  }

  onTime(bytes: Uint8Array, start: number, end: number): void {
    this.#time?.handle(bytes, start, end);
  }

  /** Posts an event, now or after the next connect. A cloud that is known to take none is not bothered. */
  report(event: BoardEvent): void {
    const topics = this.#options.topics();
    if (topics !== undefined && topics.eventPost === undefined) return;
    const { clock } = this.#options;
    const atMs = clock.known ? undefined : clock.monotonicMs();
    this.outbox.push('eventPost', () => this.#eventPost(event, atMs), event.name);
    // Not at once: it may have happened in the middle of sending.
    this.#sending ??= this.#options.host.timer.set(() => {
      this.#sending = undefined;
      this.#options.onOutgoing();
    });
  }

  /** Whether the cloud takes what goes to that topic. */
  takes(topic: keyof Topics): boolean {
    return this.#options.topics()?.[topic] !== undefined;
  }

  /** Says which build this is, or how far an update has come. */
  tell(uplink: 'otaInform' | 'otaProgress', params: object): void {
    this.#send(uplink, `{"id":"${this.#takeId()}","params":${JSON.stringify(params)}}`);
  }

  /** A message, theirs or ours, was too large and was dropped. */
  onTooLarge(bytes: number): void {
    this.#dropped('too_large', bytes);
  }

  #dropped(reason: 'malformed' | 'too_large', bytes: number): void {
    this.#badMessages++;
    if (this.#mayTell()) this.#options.diagnostics.emit('warn', 'message_dropped', { reason, bytes });
  }

  #mayTell(): boolean {
    return this.#told.allow(this.#options.clock.monotonicMs());
  }

  close(): void {
    this.offline();
    this.#options.host.timer.clear(this.#sending);
    this.#sending = undefined;
  }

  #createTimeQuery(): TimeQuery {
    const { host, clock, onTime } = this.#options;
    return new TimeQuery({
      timer: host.timer,
      text: host.text,
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      send: (payload) => this.#send('ntpRequest', payload),
      onTime,
    });
  }

  #createServices(): DeviceServices {
    const { diagnostics, onRestart, onReset, onOpenProvisioning, onCheckUpdate, onEnvironment, onTrust } =
      this.#options;
    return new DeviceServices({
      properties: () => this.reporter.state(),
      events: () => diagnostics.events(),
      takesLogs: () => this.takes('logPost'),
      postLog: (lines) => this.#send('logPost', () => this.#post('thing.log.post', lines())),
      restart: onRestart,
      reset: onReset,
      openProvisioning: onOpenProvisioning,
      checkUpdate: onCheckUpdate,
      setEnvironment: onEnvironment,
      setTrust: onTrust,
    });
  }

  #addDiagnostics(params: Record<string, unknown>): void {
    const { system, clock } = this.#options.host;
    params['boot_reason'] = system.bootReason;
    params['uptime'] = Math.floor((clock.monotonicMs() - this.#bootMs) / 1_000);
    params['free_heap'] = system.freeHeap();
    params['reconnects'] = this.#options.reconnects();
    if (this.#badMessages > 0) params['messages_dropped'] = this.#badMessages;
    if (this.#refusals > 0) params['commands_refused'] = this.#refusals;
    const { dropped } = this.outbox;
    if (dropped === 0) return;
    params['outbox_dropped'] = dropped;
    if (dropped > this.#reportedDrops) this.#options.diagnostics.emit('warn', 'outbox_dropped', { count: dropped });
    this.#reportedDrops = dropped;
  }

  /** @param atMs when it happened by the monotonic clock, where the time was not known then: meanwhile it may be */
  #eventPost({ name, level, at, data }: BoardEvent, atMs: number | undefined): string {
    const { clock } = this.#options;
    const time = atMs === undefined || !clock.known ? at : clock.nowMs() - (clock.monotonicMs() - atMs);
    return this.#post(`thing.event.${name}.post`, JSON.stringify({ level, value: data, time }));
  }

  /** A message of the board's own (Alink). */
  #post(method: string, params: string): string {
    return `{"id":"${this.#takeId()}","version":"1.0","params":${params},"method":"${method}"}`;
  }

  #takeId(): number {
    const id = this.#nextId;
    this.#nextId = id === 0xffff_ffff ? 0 : id + 1;
    return id;
  }

  #send(uplink: Uplink, payload: string | (() => string), name?: string): void {
    this.outbox.push(uplink, payload, name);
    this.#options.onOutgoing();
  }

  #replyToCall(id: string, code: number, message: string | undefined, service: string, data = '{}'): void {
    const why = message === undefined ? '' : `,"message":${JSON.stringify(message)}`;
    const uplink = service === PROPERTY_GET ? 'propertyGetReply' : 'serviceReply';
    this.#send(uplink, `{"id":${JSON.stringify(id)},"code":${code}${why},"data":${data}}`, service);
  }

  /** The answer goes to the announced reply topic, else, as the origin's firmware does it, to the property post topic. */
  #reply(id: string, code: number, message: string | undefined, ignored: readonly string[]): void {
    const why = message === undefined ? '' : `,"message":${JSON.stringify(message)}`;
    const data = ignored.length === 0 ? '{}' : JSON.stringify({ ignored });
    if (this.#options.topics()?.propertySetReply !== undefined) {
      // At once, as a post is built (`PropertyReporter`).
      const reply = '{"id":'.concat(JSON.stringify(id), ',"code":', String(code), why, ',"data":', data, '}');
      this.outbox.push('propertySetReply', reply);
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
