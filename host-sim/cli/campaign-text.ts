import { plainText } from '../products/plain-text.js';
import { type Colour, paint } from './console.js';

/** A campaign, as far as a person is told of it. */
export interface Campaign {
  readonly campaignId: string;
  readonly name: string;
  readonly packageId: string;
  readonly productKey: string;
  readonly version: string;
  readonly status: 'running' | 'paused' | 'aborted' | 'completed';
  /** Why it was aborted. */
  readonly reason: string | null;
  /** Percents of its boards that rise to 100. */
  readonly stages: readonly number[];
  /** The present one, from 1. */
  readonly stage: number;
  readonly nextStageAt: string | null;
  /** How many boards are in which state, and `total`. */
  readonly boards: Readonly<Record<string, number>>;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** A board's part in a campaign. */
export interface CampaignDevice {
  readonly deviceId: string;
  readonly deviceSN: string;
  readonly state: string;
  readonly percent: number | null;
  /** Alink's step at which it failed. */
  readonly step: number | null;
  readonly desc: string | null;
}

/** Of boards that are at it or have failed, so many are named. */
const MOST_NAMED = 20;

const COLOURS: Readonly<Record<string, Colour>> = {
  running: 'cyan',
  paused: 'yellow',
  aborted: 'red',
  completed: 'green',
  updated: 'green',
  failed: 'red',
};
const STEPS: Readonly<Record<string, string>> = {
  '-1': 'refused, or taken back',
  '-2': 'download',
  '-3': 'checksum or signature',
  '-4': 'flash',
};

/** Which campaign it is. */
export function campaignHeading({ campaignId, name, packageId, productKey, version }: Campaign): string {
  const called = name === '' ? '' : `, ${plainText(name)}`;
  return (
    `  Campaign  ${paint(process.stdout, 'bold', plainText(campaignId))}${called}\n` +
    `  Brings    ${plainText(`${productKey} ${version} (${packageId})`)}\n`
  );
}

/** How it stands, a line each. */
export function campaignStanding(campaign: Campaign): readonly [status: string, boards: string] {
  return [`  Status    ${statusText(campaign)}`, `  Boards    ${boardsText(campaign)}`];
}

/** All of a campaign. */
export function describeCampaign(campaign: Campaign): string {
  return `${campaignHeading(campaign)}${campaignStanding(campaign).join('\n')}\n`;
}

/** A campaign on one line. */
export function campaignLine(campaign: Campaign): string {
  const { campaignId, name, productKey, version, createdAt } = campaign;
  const what = plainText(`${campaignId}  ${createdAt.slice(0, 10)}  ${productKey} ${version}`);
  return `${what}  ${paintedStatus(campaign)}  ${boardsText(campaign)}${name === '' ? '' : `  ${plainText(name)}`}`;
}

function statusText(campaign: Campaign): string {
  const { status, reason, stages, stage, nextStageAt } = campaign;
  const why = reason === null ? '' : `: ${plainText(reason)}`;
  if (stages.length === 1 || status === 'completed' || status === 'aborted') return paintedStatus(campaign) + why;
  const next = nextStageAt === null ? '' : `; the next not before ${plainText(nextStageAt)}`;
  return `${paintedStatus(campaign)}, stage ${stage} of ${stages.length} (${stages[stage - 1]} % of the boards)${next}`;
}

/** One that is completed has brought its build to all boards, or not. */
function paintedStatus({ status, boards }: Campaign): string {
  return status === 'completed' && boards['failed'] ? paint(process.stdout, 'yellow', status) : coloured(status);
}

function boardsText({ boards }: Campaign): string {
  const { total = 0, updated = 0, ...others } = boards;
  const rest = Object.entries(others).filter(([, count]) => count > 0);
  return [`${updated} of ${total} updated`, ...rest.map(([state, count]) => `${count} ${coloured(state)}`)].join(', ');
}

/** Boards of which there is something to say, with an empty line before them; of as many as a person reads. */
export function describeDevices(devices: readonly CampaignDevice[]): string {
  const told = devices.filter(isWorthALine);
  if (told.length === 0) return '';
  const lines = told.slice(0, MOST_NAMED).map((device) => `  ${deviceLine(device)}\n`);
  const rest = told.length - lines.length;
  return `\n${lines.join('')}${rest > 0 ? `  … and ${rest} more, which --json has\n` : ''}`;
}

/** Whether there is more to say of a board than its number tells. */
export function isWorthALine({ state, desc }: CampaignDevice): boolean {
  return state !== 'pending' && (state !== 'updated' || desc !== null);
}

/** What a board is at, or why it failed. */
export function deviceLine({ deviceId, deviceSN, state, percent, step, desc }: CampaignDevice): string {
  const howFar = state === 'downloading' && percent !== null ? ` ${percent} %` : '';
  const where = step === null ? '' : ` (${STEPS[String(step)] ?? `step ${step}`})`;
  const why = desc === null || desc === '' ? '' : `: ${plainText(desc)}`;
  // It runs the new version, and something is wrong all the same.
  const isDoubtful = state === 'updated' && why !== '';
  const shown = isDoubtful
    ? paint(process.stdout, 'yellow', `${state}${why}`)
    : `${coloured(state)}${howFar}${where}${why}`;
  return `${plainText(`${deviceId}  ${deviceSN}`)}  ${shown}`;
}

function coloured(state: string): string {
  const colour = COLOURS[state];
  return colour === undefined ? plainText(state) : paint(process.stdout, colour, state);
}
