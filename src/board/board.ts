import { ActivationRequest } from '../activation/activation-request.js';
import { activationRecord } from '../activation/activation-store.js';
import { Control } from '../control/control.js';
import type { Activation, ActivationOutcome } from '../core/activation-answer.js';
import { type SessionLoss, STABLE_AFTER_MS } from '../core/backoff.js';
import type { BoardEvent, TimeSource } from '../core/events.js';
import { parseHttpDate } from '../core/http-date.js';
import { ledPattern } from '../core/led-pattern.js';
import { advanceLife, INITIAL_LIFE, type LifeEffect, type LifeEvent, type LifeState } from '../core/life-cycle.js';
import type { Product } from '../core/product.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import type { WiFiStation } from '../ports/wifi.js';
import type { JsonRecord } from '../records/json-record.js';
import { Session } from '../session/session.js';
import { BootGuard } from './boot-guard.js';
import { Diagnostics } from './diagnostics.js';
import { LocalControl } from './local-control.js';
import { OutputStore } from './output-store.js';
import { StatusLed } from './status-led.js';
import { Thing } from './thing.js';
import { TimeSync } from './time-sync.js';
import { WallClock } from './wall-clock.js';

/** Longest packet the board builds: a CONNECT with its will, or a property post, bytes. */
const SEND_BUFFER_BYTES = 2_048;
/** The station is given this long to join, address included, ms. */
const JOIN_TIMEOUT_MS = 35_000;
/** Of what was thrown, as much as an event keeps. */
const MAX_CRASH_CHARACTERS = 120;
/** A correction of the clock that is worth an event, ms. */
const NOTABLE_SHIFT_MS = 1_000;

/**
 * A board: composes the capabilities over one Host, owns their resources, and drives the life cycle. It starts at once and
 * runs until `stop`. A restart is a new board on the same storage.
 */
export class Board {
  readonly #host: Host;
  readonly #product: Product;
  readonly #diagnostics: Diagnostics;
  readonly #clock: WallClock;
  readonly #timeSync: TimeSync;
  readonly #guard: BootGuard;
  readonly #outputs: OutputStore;
  readonly #control: Control;
  readonly #local: LocalControl | undefined;
  readonly #thing: Thing;
  readonly #led: StatusLed | undefined;
  readonly #wifi: WiFiStation;
  readonly #record: JsonRecord<Activation>;
  readonly #sendBuffer = new Uint8Array(SEND_BUFFER_BYTES);
  #activation: Activation | undefined;
  #life: LifeState = INITIAL_LIFE;
  #sessions = 0;
  /** What is under way for the phase: an exchange, a wait, a deadline. */
  #underWay: { close(): void } | undefined;
  #session: Session | undefined;
  #wait: TimerHandle | undefined;
  #stability: TimerHandle | undefined;
  #stopping: Promise<void> | undefined;

  constructor(host: Host, product: Product) {
    this.#host = host;
    this.#product = product;
    const early: BoardEvent[] = [];
    this.#diagnostics = new Diagnostics(host, (event) => {
      if (this.#thing) this.#thing.report(event);
      else early.push(event);
    });
    this.#clock = new WallClock(host.clock, host.system.buildTimeMs);
    this.#timeSync = new TimeSync({ host, clock: this.#clock, onTime: (epochMs) => this.#takeTime(epochMs, 'ntp') });
    const storageFailed = (record: string): void => this.#diagnostics.emit('error', 'storage_failed', { record });
    this.#guard = new BootGuard(host, storageFailed);
    const { safeMode } = this.#guard;
    // Outputs first: local control and the power-on state wait for nothing.
    this.#outputs = new OutputStore(host, product, () => this.#control.restValues(), storageFailed);
    this.#control = new Control({
      timer: host.timer,
      clock: host.clock,
      io: host.io,
      product,
      lastValues: this.#outputs.restored,
      keepState: host.system.bootReason === 'restart' && this.#outputs.wasLeftSo,
      safeMode,
      onSettled: (channel, value) => this.#onSettled(channel, value),
    });
    // In safe mode only the network and updates work: what crashed may have been an input.
    if (product.inputs.length > 0 && !safeMode) {
      this.#local = new LocalControl({
        host,
        product,
        control: this.#control,
        diagnostics: this.#diagnostics,
        onChanged: () => this.#thing.reporter.changed(),
      });
    }
    this.#led = product.statusLed && new StatusLed(host.timer, host.io, product.statusLed);
    this.#wifi = new host.network.WiFi({
      onConnected: () => this.#advance({ type: 'joined' }),
      onDisconnected: (reason) => this.#onNetworkLost(reason),
    });
    this.#thing = new Thing({
      host,
      product,
      clock: this.#clock,
      control: this.#control,
      diagnostics: this.#diagnostics,
      readInput: (input) => this.#local?.read(input),
      rssi: () => this.#wifi.rssi,
      reconnects: () => Math.max(0, this.#sessions - 1),
      topics: () => this.#activation?.topics,
      onTime: (epochMs) => this.#takeTime(epochMs, 'mqtt'),
      onRestart: () => host.timer.set(() => this.#restart()),
      onOutgoing: () => this.#session?.pump(),
    });
    // What went wrong before there was anybody to tell it.
    for (const event of early) this.#thing.report(event);
    this.#record = activationRecord(host.storage, host.text);
    const stored = this.#record.read();
    const { apiUrl } = host.settings.environment;
    // What another cloud gave is of no use at this one; it is kept until there is something better.
    if (stored && (stored.apiUrl ?? apiUrl) === apiUrl) this.#activation = stored;
    this.#diagnostics.emit('info', 'booted', {
      reason: host.system.bootReason,
      version: product.firmwareVersion,
      safeMode,
    });
    const provisioned = host.settings.wifi !== undefined;
    const activated = this.#activation !== undefined;
    this.#wait = host.timer.set(() => this.#advance({ type: 'started', provisioned, activated }));
  }

  /** Where the board stands. */
  get life(): LifeState {
    return this.#life;
  }

  /** Its identity at the cloud, once activated. */
  get deviceId(): string | undefined {
    return this.#activation?.deviceId;
  }

  /** The last 64 events, oldest first, those of earlier boots included. */
  events(): readonly BoardEvent[] {
    return this.#diagnostics.events();
  }

  /** Stops cleanly: says `offline`, writes what is to be kept, frees every resource. Called twice, it is the same stop. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /**
   * For a host that catches what the firmware throws: keeps the last events, so that the next boot can tell. Call nothing
   * of this board after it.
   */
  crashed(error: unknown): void {
    this.#diagnostics.crashed(String(error).slice(0, MAX_CRASH_CHARACTERS));
  }

  async #stop(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#advance({ type: 'stop' });
    this.#local?.close();
    // Both take their time, and whoever stops a board has little.
    const left = session && new Promise<void>((resolve) => session.leave(resolve));
    await this.#control.close();
    await left;
    this.#thing.close();
    this.#outputs.close(this.#product.outputs.length > 0 && !this.#control.safe);
    this.#diagnostics.emit('info', 'stopped', {});
    this.#diagnostics.flush();
    this.#guard.close();
    this.#led?.close();
    this.#wifi.close();
  }

  /** Says `offline`, keeps what is to be kept, and starts anew. */
  #restart(): void {
    if (this.#stopping === undefined) void this.stop().then(() => this.#host.system.restart());
  }

  #advance(event: LifeEvent): void {
    const before = this.#life;
    const { state, effects } = advanceLife(before, event, {
      random: this.#host.random.uint32() / 0x1_0000_0000,
      nowMs: this.#host.clock.monotonicMs(),
      spreadMs: (this.#activation?.reconnectSpread ?? this.#product.session.reconnectSpreadS) * 1_000,
    });
    this.#life = state;
    if (state.phase !== before.phase) {
      this.#diagnostics.emit('info', 'state_changed', { from: before.phase, to: state.phase });
    }
    this.#led?.show(ledPattern(state, this.#guard.safeMode));
    this.#explain(event, effects);
    for (const effect of effects) this.#perform(effect);
  }

  /** Says what failed and when it will be tried again. */
  #explain(event: LifeEvent, effects: readonly LifeEffect[]): void {
    let retryMs = 0;
    for (const effect of effects) if (effect.type === 'retry') retryMs = effect.delayMs;
    if (event.type === 'activation_failed') {
      const { failure } = event;
      const reason =
        failure.kind === 'broken' ? failure.reason : failure.kind === 'refused' ? failure.word : 'too many requests';
      this.#diagnostics.emit('warn', 'activation_failed', { kind: failure.kind, reason, retryMs });
    } else if (event.type === 'session_lost') {
      const { loss } = event;
      const reason =
        loss.kind === 'failed' ? loss.reason : loss.kind === 'refused' ? `CONNACK ${loss.code}` : 'SUBACK 128';
      this.#diagnostics.emit('warn', 'session_lost', { kind: loss.kind, reason, retryMs });
    }
  }

  #perform(effect: LifeEffect): void {
    const { timer } = this.#host;
    switch (effect.type) {
      case 'join':
        this.#join();
        break;
      case 'sync_clock':
        this.#syncClock();
        break;
      case 'activate':
        this.#activate();
        break;
      case 'connect':
        this.#connect();
        break;
      case 'retry':
        timer.clear(this.#wait);
        this.#wait = timer.set(() => {
          this.#wait = undefined;
          this.#advance({ type: 'retry_due' });
        }, effect.delayMs);
        break;
      case 'watch_stability':
        this.#stability = timer.set(() => this.#advance({ type: 'stable' }), STABLE_AFTER_MS);
        break;
      case 'release':
        this.#release();
        break;
    }
  }

  #release(): void {
    const { timer } = this.#host;
    timer.clear(this.#wait);
    timer.clear(this.#stability);
    this.#wait = this.#stability = undefined;
    this.#underWay?.close();
    this.#underWay = undefined;
    this.#session?.close();
    this.#session = undefined;
    this.#thing.offline();
    if (this.#life.phase === 'joining' || this.#life.phase === 'stopped') this.#timeSync.stop();
  }

  #join(): void {
    const { timer, settings } = this.#host;
    const deadline = timer.set(() => {
      this.#wifi.disconnect();
      this.#onNetworkLost('timeout');
    }, JOIN_TIMEOUT_MS);
    this.#underWay = { close: () => timer.clear(deadline) };
    this.#wifi.connect(settings.wifi!);
  }

  #onNetworkLost(reason: string): void {
    this.#diagnostics.emit('warn', 'network_lost', { reason });
    this.#advance({ type: 'network_lost', reason });
  }

  #syncClock(): void {
    this.#underWay?.close();
    this.#underWay = undefined;
    this.#timeSync.start(() => this.#advance({ type: 'clock_done' }));
  }

  #takeTime(epochMs: number, source: TimeSource): void {
    const first = !this.#clock.known;
    const shiftMs = this.#clock.offer(epochMs, source === 'http');
    if (shiftMs !== undefined && (first || Math.abs(shiftMs) >= NOTABLE_SHIFT_MS)) {
      this.#diagnostics.emit('info', 'clock_set', { source, shiftMs: Math.round(shiftMs) });
    }
  }

  #activate(): void {
    this.#underWay = new ActivationRequest({
      host: this.#host,
      product: this.#product,
      onOutcome: (outcome) => this.#onActivation(outcome),
      onDate: (header) => {
        const time = parseHttpDate(header);
        if (time !== undefined) this.#takeTime(time, 'http');
      },
    });
  }

  #onActivation(outcome: ActivationOutcome): void {
    this.#underWay = undefined;
    if (!outcome.ok) {
      this.#advance({ type: 'activation_failed', failure: outcome.failure });
      return;
    }
    const activation = { ...outcome.activation, apiUrl: this.#host.settings.environment.apiUrl };
    try {
      // Durable before it is used: the old credentials have just stopped working.
      this.#record.write(activation);
    } catch {
      this.#diagnostics.emit('error', 'storage_failed', { record: 'activation' });
      this.#advance({
        type: 'activation_failed',
        failure: { kind: 'broken', reason: 'the activation could not be stored' },
      });
      return;
    }
    this.#activation = activation;
    this.#diagnostics.emit('info', 'activated', { deviceId: activation.deviceId });
    this.#advance({ type: 'activated' });
  }

  #connect(): void {
    const activation = this.#activation!;
    const session = new Session({
      host: this.#host,
      product: this.#product,
      activation,
      outbox: this.#thing.outbox,
      posts: this.#thing.reporter,
      sendBuffer: this.#sendBuffer,
      onOnline: () => {
        this.#sessions++;
        this.#advance({ type: 'session_online' });
        this.#thing.online();
      },
      needsTime: !this.#clock.known,
      onCommand: (bytes, start, end, retained, service) => this.#thing.onCommand(bytes, start, end, retained, service),
      onTime: (bytes, start, end) => this.#thing.onTime(bytes, start, end),
      onSkipped: (bytes) => this.#thing.onTooLarge(bytes),
      onDropped: (characters) => this.#thing.onTooLarge(characters),
      onLost: (loss: SessionLoss) => this.#advance({ type: 'session_lost', loss }),
    });
    this.#session = session;
  }

  #onSettled(channel: number, value: number): void {
    this.#diagnostics.emit('debug', 'output_settled', { channel, value });
    this.#outputs.changed();
    this.#thing.reporter.changed();
  }
}

/** Starts a board. */
export function createBoard(host: Host, product: Product): Board {
  return new Board(host, product);
}
