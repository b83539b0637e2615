import type { Control } from '../control/control.js';
import { Throttle } from '../core/throttle.js';
import { compareVersions } from '../core/version.js';
import type { Transfer, TransferOptions, TransferOutcome, Update, UpdateFailure } from '../ota/transfer.js';
import type { FirmwareSlots } from '../ports/firmware.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import type { Diagnostics } from './diagnostics.js';
import type { HomeCloud } from './home-cloud.js';
import { RestWait } from './rest-wait.js';
import { signingKeys } from './signing-keys.js';
import { settleSwitch } from './switch-outcome.js';
import type { UpdateRecord } from './update-record.js';
import type { UpdateReports } from './update-reports.js';

/** A build that has been given up so often is refused for good. */
const MAX_FAILURES = 3;
/** A build that the power keeps from proving itself is switched to so often. */
const MAX_SWITCHES = 10;
/** So many packages are begun at once, and one more after each such time, ms: each may erase blocks that the one before has written. */
const MAX_STARTS = 10;
const START_EVERY_MS = 60 * 60_000;
/** With less free heap than this, a download over TLS has no room beside a session over TLS, bytes. */
const ROOM_FOR_TLS_BYTES = 64 * 1_024;

/** Makes what brings packages into the spare slot. */
export type CreateTransfer = (options: TransferOptions) => Transfer;

export interface UpdateJobOptions {
  readonly host: Host;
  readonly slots: FirmwareSlots;
  readonly product: { readonly productKey: string; readonly chipModel: string; readonly firmwareVersion: string };
  readonly record: UpdateRecord;
  readonly diagnostics: Diagnostics;
  readonly control: Control;
  readonly cloud: HomeCloud;
  readonly createTransfer: CreateTransfer;
  /** Leaves the session, then calls back; `isLeft`: no, something came in between. */
  readonly onMakeRoom: (then: (isLeft: boolean) => void) => void;
  /** The room is not needed any more. */
  readonly onRoomFree: () => void;
  /** An update is on its way from here on, or is not any more. */
  readonly onUnderWay: () => void;
  /** Restarts the board, into the build that starts next. */
  readonly onRestart: () => void;
}

/** What the board does about an update: nothing; waits for rest; makes room; gets it; has it, and waits for rest; switches. */
type Stage = 'idle' | 'waiting' | 'making_room' | 'getting' | 'ready' | 'switching';

/**
 * One update at a time, from its URL to the restart with it: begun and switched to when nothing moves, gone on with when the board is
 * online again, or has started anew. How a package comes into the spare slot is the business of `Transfer`.
 */
export class UpdateJob {
  readonly #options: UpdateJobOptions;
  readonly #reports: UpdateReports;
  readonly #transfer: Transfer;
  readonly #starts = new Throttle(MAX_STARTS, START_EVERY_MS);
  /** The package that was offered last has been begun to be written. */
  #wears = false;
  #stage: Stage = 'idle';
  #rest: RestWait | undefined;
  #retry: TimerHandle | undefined;
  #isOnline = false;
  /** Where the package is that was told last, and whether the transfer has yet to be told. */
  #url: string | undefined;
  #isNew = false;
  #update: Update | undefined;
  /** There was no room for the download beside the session. */
  #isShort = false;
  #hasMadeRoom = false;

  constructor(options: UpdateJobOptions, reports: UpdateReports) {
    this.#options = options;
    this.#reports = reports;
    const { host, slots, product, record, cloud } = options;
    this.#transfer = options.createTransfer({
      host,
      slots,
      keys: () => signingKeys(host.settings.updateKeys, record.policy.required),
      board: { productKey: product.productKey, chip: product.chipModel, version: product.firmwareVersion },
      floor: () => record.policy.floor,
      security: () => cloud.membership.security,
      onHeader: (update) => this.#onHeader(update),
      onProgress: (percent) => reports.progress(percent),
      onEnd: (outcome) => this.#onEnd(outcome),
    });
    if (slots.isOnTrial) return;
    const { firmwareVersion: version } = product;
    const { bootReason } = host.system;
    this.#keep(() => settleSwitch({ record, version, bootReason, transfer: this.#transfer, reports }));
  }

  /** Whether a build is on its way into the board. */
  get isUnderWay(): boolean {
    return this.#stage !== 'idle' && this.#stage !== 'waiting';
  }

  /** A session has come online, of a build that is not on trial. */
  online(): void {
    this.#isOnline = true;
    const { pending } = this.#transfer;
    // The one that runs, or one that came another way.
    const isDone =
      pending !== undefined && compareVersions(pending.version, this.#options.product.firmwareVersion) <= 0;
    if (isDone) this.#keep(() => this.#transfer.abandon());
    this.#goOn();
  }

  /** There is no session any more. */
  offline(): void {
    this.#isOnline = false;
  }

  /** The network is gone, or the board goes to another cloud: what is under way waits. */
  pause(): void {
    if (this.#stage === 'switching') return;
    if (this.isUnderWay) {
      const message = 'the board is not online: the update goes on when it is';
      this.#options.diagnostics.emit('info', 'update_paused', { code: 'offline', message });
    }
    this.#leave();
    this.#hasMadeRoom = false;
  }

  /** Gets what is there, in place of any other. The same again is no news. */
  take(url: string): void {
    if (this.#stage === 'switching') return;
    if (url === this.#url && (this.#stage !== 'idle' || this.#retry !== undefined)) return;
    // What was refused by its header alone has cost the flash nothing.
    if (this.#wears && !this.#starts.allow(this.#options.host.clock.monotonicMs())) {
      this.#reports.refused('too_often', `more than ${MAX_STARTS} packages were offered: offer it again in an hour`);
      return;
    }
    this.#drop();
    this.#url = url;
    this.#isNew = true;
    this.#wears = false;
    this.#update = undefined;
    this.#goOn();
  }

  /** Goes on with what there is to be done, once nothing moves. */
  #goOn(): void {
    if (this.#stage !== 'idle' || this.#retry !== undefined) return;
    if (!this.#isOnline) return;
    if (this.#url === undefined && this.#transfer.pending === undefined) return;
    this.#enter('waiting');
    this.#rest = this.#whenAtRest(() => this.#begin());
  }

  #begin(): void {
    const { host, cloud, onMakeRoom, onRoomFree } = this.#options;
    const freeHeap = host.system.freeHeap();
    const isShort = this.#isShort || (freeHeap !== undefined && freeHeap < ROOM_FOR_TLS_BYTES);
    if (cloud.membership.security === undefined || !isShort) {
      this.#get();
      return;
    }
    this.#enter('making_room');
    onMakeRoom((isLeft) => {
      if (this.#stage !== 'making_room') {
        // The network has come and gone meanwhile.
        if (isLeft) onRoomFree();
        return;
      }
      this.#hasMadeRoom = isLeft;
      if (isLeft) this.#get();
      else this.#enter('idle');
    });
  }

  #get(): void {
    this.#enter('getting');
    if (!this.#isNew) {
      this.#transfer.resume();
      return;
    }
    this.#isNew = false;
    this.#transfer.start(this.#url!);
  }

  #onHeader(update: Update): void {
    const isKnown = this.#update?.digest === update.digest;
    this.#update = update;
    this.#wears = true;
    const failure = this.#whyNever(update);
    if (failure !== undefined) this.#giveUp(failure);
    else if (!isKnown) this.#options.diagnostics.emit('info', 'update_started', { version: update.version });
  }

  /** Why a build is not tried again, whoever has signed it. */
  #whyNever({ version, digest }: Update): UpdateFailure | undefined {
    const { record } = this.#options;
    if (record.failuresOf(digest) >= MAX_FAILURES) {
      const message = `version ${version} has failed ${MAX_FAILURES} times on this board: offer another build`;
      return { step: -1, code: 'failed_before', message };
    }
    const { trial } = record;
    if (trial?.digest !== digest || trial.switches < MAX_SWITCHES) return undefined;
    const message = `the power went ${MAX_SWITCHES} times before version ${version} was online: offer it again`;
    return { step: -1, code: 'no_power', message };
  }

  #onEnd(outcome: TransferOutcome): void {
    if (this.#stage !== 'getting') return;
    if (!outcome.ok) {
      const { failure } = outcome;
      if (failure.retryMs === undefined) this.#end(failure);
      else this.#tryLater(failure, failure.retryMs);
      return;
    }
    const { update } = outcome;
    this.#enter('ready');
    // It may be long: a board is not away for that.
    if (this.#options.control.busy) this.#giveRoom();
    this.#rest = this.#whenAtRest(() => this.#switch(update));
  }

  /** Nothing moves, no pulse runs, nothing else is on trial; and the cloud is there, without which a new build could not prove itself. */
  #whenAtRest(then: () => void): RestWait {
    const { host, control, cloud } = this.#options;
    const isAtRest = (): boolean => (this.#isOnline || this.#hasMadeRoom) && !control.busy && !cloud.trial.isUnderWay;
    return new RestWait(host.timer, isAtRest, then);
  }

  #switch(update: Update): void {
    const { record, diagnostics, onRestart } = this.#options;
    this.#enter('switching');
    try {
      record.switching(update);
    } catch {
      diagnostics.emit('error', 'storage_failed', { record: 'update' });
      const message = 'the flash has not taken what the board must know of the new build';
      this.#giveUp({ step: -4, code: 'not_stored', message });
      return;
    }
    try {
      this.#transfer.complete();
    } catch {
      this.#giveUp({ step: -4, code: 'not_startable', message: 'the boot loader does not take this image' });
      return;
    }
    diagnostics.emit('info', 'update_ready', { version: update.version });
    onRestart();
  }

  /** It was broken off, and goes on after a while. */
  #tryLater({ step, code, message }: UpdateFailure, retryMs: number): void {
    const { host, cloud, diagnostics } = this.#options;
    diagnostics.emit('warn', 'update_paused', { code, message, retryMs });
    // A socket that cannot be had beside one that is secured, too, is mostly memory that cannot be had.
    if (step === -2 && code === 'connect_failed' && cloud.membership.security !== undefined) this.#isShort = true;
    this.#enter('idle');
    this.#retry = host.timer.set(() => {
      this.#retry = undefined;
      this.#goOn();
    }, retryMs);
    this.#giveRoom();
  }

  /** This build is not for this board, whatever the transfer makes of it. */
  #giveUp(failure: UpdateFailure): void {
    const { record } = this.#options;
    this.#keep(() => {
      this.#transfer.abandon();
      if (record.trial !== undefined && record.trial.digest === this.#update?.digest) record.failed();
    });
    this.#end(failure);
  }

  #end(failure: UpdateFailure): void {
    const version = this.#update?.version;
    this.#url = this.#update = undefined;
    this.#isNew = false;
    this.#enter('idle');
    const { record } = this.#options;
    // There is nothing left to switch to again, and nothing more to be told of it at the next boot.
    if (record.trial !== undefined) this.#keep(() => record.forgetTrial());
    this.#reports.ended(failure, version);
    this.#giveRoom();
  }

  /** A stop: what is under way goes on at the next boot. May be called twice. */
  close(): void {
    this.#rest?.close();
    this.#options.host.timer.clear(this.#retry);
    this.#rest = this.#retry = undefined;
    this.#isOnline = false;
    this.#transfer.pause();
  }

  /** Whatever is under way ends, and nothing is waited for any more; the transfer keeps what it has. */
  #drop(): void {
    this.#options.host.timer.clear(this.#retry);
    this.#retry = undefined;
    this.#leave();
  }

  /** Whatever is under way ends. A server that wants to be left alone is, whatever becomes of the network. */
  #leave(): void {
    this.#rest?.close();
    this.#rest = undefined;
    this.#transfer.pause();
    this.#enter('idle');
  }

  #giveRoom(): void {
    if (!this.#hasMadeRoom) return;
    this.#hasMadeRoom = false;
    this.#options.onRoomFree();
  }

  #enter(stage: Stage): void {
    const was = this.isUnderWay;
    this.#stage = stage;
    if (was !== this.isUnderWay) this.#options.onUnderWay();
  }

  /** What the flash does not take now, it may at the next boot. */
  #keep(change: () => void): void {
    try {
      change();
    } catch {
      this.#options.diagnostics.emit('error', 'storage_failed', { record: 'update' });
    }
  }
}
