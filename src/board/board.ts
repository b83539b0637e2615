import { Control } from '../control/control.js';
import type { Activation } from '../core/activation-answer.js';
import type { BoardEvent } from '../core/events.js';
import { ledPattern } from '../core/led-pattern.js';
import { advanceLife, INITIAL_LIFE, type LifeEffect, type LifeEvent, type LifeState } from '../core/life-cycle.js';
import type { Product } from '../core/product.js';
import { UpdateTransfer } from '../ota/update-transfer.js';
import type { Host } from '../ports/host.js';
import type { WiFiLoss, WiFiStation } from '../ports/wifi.js';
import { BootGuard } from './boot-guard.js';
import { Diagnostics } from './diagnostics.js';
import { explainFailure } from './explain.js';
import { finishForgetting } from './factory-reset.js';
import { HomeCloud } from './home-cloud.js';
import { readIdentity } from './identity.js';
import { JoinAttempt } from './join-attempt.js';
import { LifeWaits } from './life-waits.js';
import { Link } from './link.js';
import { LocalControl } from './local-control.js';
import { OutputStore } from './output-store.js';
import { hasButton, Provisioning } from './provisioning.js';
import { RestWait } from './rest-wait.js';
import { type RestartFor, restart } from './restart.js';
import { moveSecrets } from './secret-records.js';
import { signingKeys } from './signing-keys.js';
import { StatusLed } from './status-led.js';
import { Thing } from './thing.js';
import { TimeKeeper } from './time-keeper.js';
import type { CreateTransfer } from './update-job.js';
import { UpdateRecord } from './update-record.js';
import { NO_UPDATES, Updates } from './updates.js';

/**
 * A board: composes the capabilities over one Host, owns their resources, and drives the life cycle. It starts at once and
 * runs until `stop`. A restart is a new board on the same storage.
 */
export class Board {
  readonly #host: Host;
  readonly #product: Product;
  readonly #diagnostics: Diagnostics;
  readonly #time: TimeKeeper;
  readonly #guard: BootGuard;
  readonly #outputs: OutputStore;
  readonly #control: Control;
  readonly #local: LocalControl | undefined;
  readonly #thing: Thing;
  readonly #led: StatusLed | undefined;
  readonly #wifi: WiFiStation;
  readonly #cloud: HomeCloud;
  readonly #provisioning: Provisioning;
  readonly #link: Link;
  readonly #updates: Updates | undefined;
  readonly #waits: LifeWaits;
  #life: LifeState = INITIAL_LIFE;
  /** What is under way for the phase: an exchange, or a deadline; or was. */
  #underWay: { close(): void } | undefined;
  #stopping: Promise<void> | undefined;

  constructor(host: Host, product: Product, createTransfer: CreateTransfer) {
    this.#host = host;
    this.#product = product;
    const updateRecord = new UpdateRecord(host);
    const isForgotten = finishForgetting(host);
    moveSecrets(host);
    const early: BoardEvent[] = [];
    this.#diagnostics = new Diagnostics(host, (event) => {
      if (this.#thing) this.#thing.report(event);
      else early.push(event);
    });
    const storageFailed = (record: string): void => this.#diagnostics.emit('error', 'storage_failed', { record });
    this.#time = new TimeKeeper({
      host,
      diagnostics: this.#diagnostics,
      ntpServer: () => this.#cloud.network.environment.ntpServer,
      isForgotten,
      onStorageFailed: storageFailed,
    });
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
        onPressed: (press) => {
          if (press === 'held') host.timer.set(() => this.#restart('reset'));
          else this.#provisioning.pressed(press);
        },
      });
    }
    this.#led = product.statusLed && new StatusLed(host.timer, host.io, product.statusLed);
    const identity = readIdentity(host, () => storageFailed('factory'));
    this.#cloud = new HomeCloud({
      host,
      product,
      identity,
      time: this.#time,
      diagnostics: this.#diagnostics,
      isForgotten,
      updateKeys: () => signingKeys(host.settings.updateKeys, updateRecord.policy.required),
      onMove: (switchOver) => this.#move(switchOver),
    });
    this.#wifi = new host.network.WiFi({
      onConnected: () => this.#onJoined(),
      onDisconnected: (reason) => this.#onNetworkLost(reason),
    });
    this.#provisioning = new Provisioning({
      host,
      product,
      identity,
      cloud: this.#cloud,
      station: this.#wifi,
      diagnostics: this.#diagnostics,
      onRequest: () => this.#advance({ type: 'setup', activated: this.#cloud.membership.isActivated }),
      onIdentify: () => this.#led?.identify(),
      onReset: () => host.timer.set(() => this.#restart('reset')),
      onRestart: () => this.#restartAtRest(),
    });
    this.#thing = new Thing({
      host,
      product,
      clock: this.#time.clock,
      control: this.#control,
      diagnostics: this.#diagnostics,
      readInput: (input) => this.#local?.read(input),
      rssi: () => this.#wifi.rssi,
      reconnects: () => Math.max(0, this.#link.sessions - 1),
      topics: () => this.#activation?.topics,
      needsTime: () => this.#time.wantsTime(this.#cloud.isSecured),
      onTime: (epochMs) => this.#time.take(epochMs, 'mqtt', this.#cloud.isSecured),
      onCheckUpdate: () => this.#updates?.check() ?? NO_UPDATES,
      onEnvironment: (name) => this.#cloud.trial.choose(name),
      onTrust: (bundle) => this.#cloud.trial.trust(bundle),
      onRestart: () => host.timer.set(() => this.#restart('itself')),
      onReset: () => host.timer.set(() => this.#restart('reset')),
      onOpenProvisioning: () =>
        host.timer.set(() => {
          if (this.#stopping === undefined) this.#provisioning.open(false);
        }),
      onOutgoing: () => this.#link.pump(),
    });
    this.#link = new Link({
      host,
      product,
      cloud: this.#cloud,
      time: this.#time,
      thing: this.#thing,
      onOnline: () => this.#onOnline(),
      onOffer: () => this.#updates && ((bytes, start, end) => this.#updates?.offer(bytes, start, end)),
      onLost: (loss) => this.#advance({ type: 'session_lost', loss }),
    });
    if (host.firmware) {
      this.#updates = new Updates({
        host,
        slots: host.firmware,
        product,
        record: updateRecord,
        diagnostics: this.#diagnostics,
        control: this.#control,
        cloud: this.#cloud,
        thing: this.#thing,
        createTransfer,
        onMakeRoom: (then) =>
          this.#link.leave((isLast) => {
            if (isLast) this.#advance({ type: 'update_began' });
            then(this.#life.phase === 'updating');
          }),
        onRoomFree: () => this.#advance({ type: 'update_ended' }),
        onUnderWay: () => this.#showState(),
        onRestart: () => this.#restart('itself'),
        onRollBack: () => this.#restart('roll_back'),
      });
    }
    // What went wrong before there was anybody to tell it.
    for (const event of early) this.#thing.report(event);
    this.#diagnostics.emit('info', 'booted', {
      reason: host.system.bootReason,
      version: product.firmwareVersion,
      safeMode,
    });
    const { provisioned } = this.#cloud.network;
    const activated = this.#cloud.membership.isActivated;
    this.#waits = new LifeWaits(host.timer, (event) => this.#advance(event));
    this.#waits.next({ type: 'started', provisioned, activated });
  }

  /** Where the board stands. */
  get life(): LifeState {
    return this.#life;
  }

  /** Its identity at the cloud, once activated. */
  get deviceId(): string | undefined {
    return this.#activation?.deviceId;
  }

  /** Asked for with every message. */
  get #activation(): Activation | undefined {
    return this.#link?.activation ?? this.#cloud.membership.activation;
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
    this.#diagnostics.crashed(String(error));
  }

  async #stop(): Promise<void> {
    this.#updates?.close();
    // Both take their time, and whoever stops a board has little.
    const left = this.#link.end();
    this.#advance({ type: 'stop' });
    this.#cloud.trial.abandon();
    this.#local?.close();
    this.#provisioning.close();
    await this.#control.close();
    await left;
    this.#thing.close();
    this.#outputs.close(this.#product.outputs.length > 0 && !this.#control.safe);
    this.#time.close();
    this.#diagnostics.emit('info', 'stopped', {});
    this.#diagnostics.flush();
    this.#guard.close();
    this.#led?.close();
    this.#wifi.close();
  }

  /** Says `offline`, keeps what is to be kept (or forgets everything), and starts anew. */
  #restart(what: RestartFor): void {
    if (this.#stopping !== undefined) return;
    if (what === 'reset') this.#diagnostics.emit('info', 'factory_reset', {});
    void this.stop().then(() => restart(this.#host, what));
  }

  /** No command is cut short for a restart that can wait, and no build on trial, which would be gone with it. */
  #restartAtRest(): void {
    if (this.#stopping !== undefined) return;
    const isAtRest = (): boolean => !this.#control.busy && this.#host.firmware?.isOnTrial !== true;
    // A stop ends the wait.
    new RestWait(
      this.#host.timer,
      () => this.#stopping !== undefined || isAtRest(),
      () => this.#restart('itself'),
    );
  }

  #advance(event: LifeEvent): void {
    const before = this.#life;
    const { state, effects } = advanceLife(before, event, {
      random: this.#host.random.uint32() / 0x1_0000_0000,
      nowMs: this.#host.clock.monotonicMs(),
      hasButton: hasButton(this.#product),
      spreadMs: (this.#activation?.reconnectSpread ?? this.#product.session.reconnectSpreadS) * 1_000,
    });
    this.#life = state;
    if (state.phase !== before.phase) {
      this.#diagnostics.emit('info', 'state_changed', { from: before.phase, to: state.phase });
    }
    this.#showState();
    explainFailure(this.#diagnostics, event, effects);
    this.#cloud.trial.follow(event);
    this.#provisioning.follow(event, this.deviceId);
    this.#updates?.follow(event);
    for (const effect of effects) this.#perform(effect);
  }

  #showState(): void {
    this.#led?.show(ledPattern(this.#life, this.#guard.safeMode, this.#updates?.isUnderWay ?? false));
  }

  #perform(effect: LifeEffect): void {
    const { timer } = this.#host;
    switch (effect.type) {
      case 'join':
        this.#underWay = new JoinAttempt(timer, this.#wifi, this.#cloud.network.credentials!, () => {
          this.#onNetworkLost('timeout');
        });
        break;
      case 'sync_clock':
        this.#underWay?.close();
        this.#underWay = undefined;
        this.#time.start(() => this.#advance({ type: 'clock_done' }));
        break;
      case 'activate':
        this.#underWay = this.#cloud.activate((event) => {
          // An attempt that is over would keep 17 KB of a chip's memory.
          this.#underWay = undefined;
          this.#advance(event);
        });
        break;
      case 'connect':
        this.#link.connect();
        break;
      case 'retry':
        this.#waits.next({ type: 'retry_due' }, effect.delayMs);
        break;
      case 'watch_stability':
        this.#waits.watchStability();
        break;
      case 'open_setup':
        this.#provisioning.open(effect.atBoot);
        break;
      case 'release':
        this.#release();
        break;
    }
  }

  #release(): void {
    this.#waits.close();
    this.#underWay?.close();
    this.#underWay = undefined;
    this.#link.close();
    this.#thing.offline();
    this.#updates?.offline();
    const { phase } = this.#life;
    if (phase !== 'activating' && phase !== 'connecting') this.#time.stop();
  }

  #onJoined(): void {
    if (this.#life.phase !== 'provisioning' || this.#provisioning.joined()) {
      this.#advance({ type: 'joined' });
      return;
    }
    this.#wifi.disconnect();
    this.#advance({ type: 'setup_failed', activated: this.#cloud.membership.isActivated });
  }

  #onNetworkLost(reason: WiFiLoss | 'timeout'): void {
    this.#diagnostics.emit('warn', 'network_lost', { reason });
    if (this.#life.phase === 'provisioning') {
      this.#provisioning.failed(reason === 'timeout' ? 'lost' : reason);
      this.#advance({ type: 'setup_failed', activated: this.#cloud.membership.isActivated });
    } else this.#advance({ type: 'network_lost', reason });
  }

  /** Where an environment is tried, or given up: says `offline` to the cloud that it leaves, and goes to the other. */
  #move(switchOver: () => void): void {
    this.#host.timer.set(() => {
      if (this.#stopping !== undefined) return;
      this.#link.leave(() => {
        switchOver();
        this.#advance({ type: 'moved', activated: this.#cloud.membership.isActivated });
      });
    });
  }

  #onOnline(): void {
    this.#advance({ type: 'session_online' });
    this.#cloud.online();
    this.#thing.online();
    this.#updates?.online();
  }

  #onSettled(channel: number, value: number): void {
    this.#diagnostics.emit('debug', 'output_settled', { channel, value });
    this.#outputs.changed();
    this.#thing.reporter.changed();
  }
}

/** Starts a board. @param createTransfer brings packages into its spare slot, over HTTP by default */
export function createBoard(
  host: Host,
  product: Product,
  createTransfer: CreateTransfer = (options) => new UpdateTransfer(options),
): Board {
  return new Board(host, product, createTransfer);
}
