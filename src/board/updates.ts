import { NOT_NOW } from '../core/control-command.js';
import { WrongField } from '../core/environment.js';
import type { LifeEvent } from '../core/life-cycle.js';
import { compareVersions } from '../core/version.js';
import { readUpgradeMessage } from '../ota/upgrade-message.js';
import type { Host } from '../ports/host.js';
import type { ServiceAnswer } from '../thing/device-services.js';
import { FirmwareTrial } from './firmware-trial.js';
import type { Thing } from './thing.js';
import { UpdateJob, type UpdateJobOptions } from './update-job.js';
import { UpdateReports } from './update-reports.js';

export interface UpdatesOptions extends UpdateJobOptions {
  readonly thing: Thing;
  /** Stops the board, then has the build before this one start. */
  readonly onRollBack: () => void;
}

/** `checkUpdate` where the board takes no updates. */
export const NO_UPDATES: ServiceAnswer = Object.freeze({ code: NOT_NOW, message: 'this board takes no updates' });

/**
 * Updates of the firmware, as the cloud sees them: the build says which it is, offers come, and one that is taken up becomes the
 * board's job. A build that is on trial takes none.
 */
export class Updates {
  readonly #options: UpdatesOptions;
  readonly #trial: FirmwareTrial;
  readonly #reports: UpdateReports;
  readonly #job: UpdateJob;

  constructor(options: UpdatesOptions) {
    this.#options = options;
    const { host, slots, product, record, diagnostics, thing, onRollBack } = options;
    const version = product.firmwareVersion;
    this.#trial = new FirmwareTrial({ host, slots, version, record, diagnostics, onRollBack });
    this.#reports = new UpdateReports({
      host,
      version,
      diagnostics,
      tell: (uplink, params) => thing.tell(uplink, params),
    });
    this.#job = new UpdateJob(options, this.#reports);
  }

  /** Whether a build is on its way into the board. */
  get isUnderWay(): boolean {
    return this.#job.isUnderWay;
  }

  /** A session has come online. */
  online(): void {
    this.#trial.online();
    // Where it cannot be confirmed it goes back: nothing is to come of it.
    if (this.#trial.isUnderWay) return;
    this.#reports.online();
    this.#job.online();
  }

  /** There is no session any more. */
  offline(): void {
    this.#reports.offline();
    this.#job.offline();
  }

  /** What becomes of the network. */
  follow(event: LifeEvent): void {
    this.#trial.follow(event);
    if (event.type === 'network_lost' || event.type === 'setup' || event.type === 'moved') this.#job.pause();
  }

  /** The service `checkUpdate`: whatever the cloud has for this board comes as an offer. */
  check(): ServiceAnswer {
    if (!this.#options.thing.takes('otaInform')) {
      return { code: NOT_NOW, message: 'the cloud has announced no topic for updates' };
    }
    return { code: 200, message: undefined, act: () => this.#reports.inform() };
  }

  /** The cloud offers a build, `bytes[start, end)`. Never throws for what is in it. */
  offer(bytes: Uint8Array, start: number, end: number): void {
    const { host, product } = this.#options;
    const running = product.firmwareVersion;
    // It is offered again once this build has said which it is.
    if (this.#trial.isUnderWay) return;
    try {
      const offer = readUpgradeMessage(decode(host, bytes, start, end));
      if (offer === undefined) return;
      if (compareVersions(offer.version, running) > 0) this.#job.take(offer.url);
      else this.#reports.refused('not_newer', `version ${offer.version} is not above ${running}, which runs`);
    } catch (error) {
      if (!(error instanceof WrongField)) throw error;
      this.#reports.refused('bad_offer', error.message);
    }
  }

  /** A stop. May be called twice. */
  close(): void {
    this.#trial.close();
    this.#reports.close();
    this.#job.close();
  }
}

function decode({ text }: Host, bytes: Uint8Array, start: number, end: number): string {
  try {
    return text.decode(bytes, start, end);
  } catch {
    throw new WrongField('the message must be UTF-8');
  }
}
