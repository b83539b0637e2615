import { setTimeout as wait } from 'node:timers/promises';
import { plainText } from '../products/plain-text.js';
import {
  type Campaign,
  type CampaignDevice,
  campaignStanding,
  describeDevices,
  deviceLine,
  isWorthALine,
} from './campaign-text.js';
import { CliError } from './cli-error.js';
import { warn, writeJson } from './console.js';
import type { Signals } from './lifetime.js';
import { LiveLines } from './live-lines.js';

/** How often a cloud is asked, ms. */
const POLL_MS = 1_000;
/** Failures after which it is asked again: it is restarted, or the network is away. */
const PASSING: readonly string[] = ['cloud_unreachable', 'no_cloud', 'internal_error', 'too_many_requests'];
const OVER: readonly string[] = ['completed', 'aborted'];

export interface Watched {
  /** As it is at the beginning. */
  readonly campaign: Campaign;
  readonly read: () => Promise<Campaign>;
  /** Some of its boards, or all of them. */
  readonly devices: (all: boolean) => Promise<readonly CampaignDevice[]>;
  /** A line for a script whenever something of it has changed. */
  readonly json: boolean;
  readonly signals: Signals;
}

/** Exit codes, as shells tell that a signal has ended a program. */
const STOPPED = { SIGINT: 130, SIGTERM: 143, SIGPIPE: 141 } as const;

/** Shows how a campaign goes until it is over; a signal ends that, and the program, and not the campaign. @throws {CliError} `campaign_aborted`; what asking the cloud throws and does not pass */
export async function watchCampaign(watched: Watched, pollMs = POLL_MS): Promise<void> {
  const view = watched.json ? new LinesForScripts() : new LinesForPeople();
  let { campaign } = watched;
  watched.signals.onSignal = (name) => {
    view.end();
    process.stderr.write(`${plainText(campaign.campaignId)} is not watched any more, and goes on.\n`);
    process.exit(STOPPED[name]);
  };
  let isAway = false;
  for (;;) {
    try {
      const isOver = OVER.includes(campaign.status);
      const devices = await watched.devices(isOver);
      view.show(countedBy(devices, campaign), devices);
      if (isOver) {
        view.finish(devices);
        break;
      }
      await wait(pollMs);
      campaign = await watched.read();
      isAway = false;
    } catch (error) {
      if (!(error instanceof CliError) || !PASSING.includes(error.code)) throw error;
      if (!isAway) {
        view.end();
        warn(`${error.message} Asking again.`);
      }
      isAway = true;
      await wait(pollMs);
    }
  }
  if (campaign.status === 'completed') return;
  const why = campaign.reason === null ? '' : `: ${plainText(campaign.reason)}`;
  throw new CliError('campaign_aborted', `the campaign was aborted${why}.`);
}

/** A campaign with the numbers of these boards, where they are all of it: something may have changed since it was asked for. */
function countedBy(devices: readonly CampaignDevice[], campaign: Campaign): Campaign {
  const { total } = campaign.boards;
  if (devices.length !== total) return campaign;
  const boards: Record<string, number> = {};
  for (const state of Object.keys(campaign.boards)) boards[state] = 0;
  for (const { state } of devices) boards[state] = (boards[state] ?? 0) + 1;
  return { ...campaign, boards: { ...boards, total } };
}

class LinesForPeople {
  readonly #lines = new LiveLines(process.stdout, (hidden) => `  … and ${hidden} more`);
  /** Boards that were seen at it: what becomes of them is told. */
  readonly #told = new Set<string>();

  show(campaign: Campaign, devices: readonly CampaignDevice[]): void {
    const [status, boards] = campaignStanding(campaign);
    this.#lines.set('status', status);
    this.#lines.set('boards', boards);
    for (const device of devices) {
      const { deviceId } = device;
      if (isWorthALine(device)) this.#told.add(deviceId);
      if (this.#told.has(deviceId)) this.#lines.set(deviceId, `  ${deviceLine(device)}`);
    }
  }

  /** What is shown stays; what comes next stands below whatever is written until then. */
  end(): void {
    this.#lines.settle();
  }

  /** What is left to say of boards, in full: a line in place is cut off in a narrow terminal. */
  finish(devices: readonly CampaignDevice[]): void {
    for (const deviceId of this.#told) this.#lines.remove(deviceId);
    this.#lines.settle();
    process.stdout.write(describeDevices(devices));
  }
}

class LinesForScripts {
  #last = '';

  show(campaign: Campaign, devices: readonly CampaignDevice[]): void {
    const line = { event: 'campaign', ...campaign, devices };
    const text = JSON.stringify(line);
    if (text !== this.#last) writeJson(process.stdout, line);
    this.#last = text;
  }

  end(): void {}

  finish(): void {}
}
