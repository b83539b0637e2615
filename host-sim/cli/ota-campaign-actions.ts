import {
  type Campaign,
  type CampaignDevice,
  campaignHeading,
  campaignLine,
  describeCampaign,
  describeDevices,
} from './campaign-text.js';
import { watchCampaign } from './campaign-watch.js';
import { CliError } from './cli-error.js';
import type { CloudClient } from './cloud-client.js';
import { type LoginFlags, openCloud } from './cloud-login.js';
import { writeJson } from './console.js';
import type { Signals } from './lifetime.js';

interface Flags extends LoginFlags {
  readonly json?: boolean;
}

interface WatchFlags extends Flags {
  readonly watch?: boolean;
}

interface CreateFlags extends WatchFlags {
  readonly package: string;
  readonly device?: readonly string[];
  readonly percent?: number;
  readonly name?: string;
  readonly stage?: readonly number[];
  readonly stageHours?: number;
  readonly abortPercent?: number;
  readonly silentMinutes?: number;
}

interface Page<T> {
  readonly list: readonly T[];
  readonly total: number;
}

/** The most that a page has. */
const PAGE_SIZE = 100;
/** Whatever a cloud says, more pages are not asked for. */
const MAX_PAGES = 200;

/** @throws {CliError} */
export async function create(flags: CreateFlags, signals: Signals): Promise<void> {
  const { device: deviceIds, percent, name, stage = [], stageHours, abortPercent, silentMinutes } = flags;
  if (deviceIds !== undefined && percent !== undefined) {
    throw new CliError('bad_boards', '--device and --percent: give one of them.', 2);
  }
  const stages = stage.at(-1) === 100 ? stage : [...stage, 100];
  const wanted = {
    packageId: flags.package,
    name,
    deviceIds,
    percent,
    stages,
    stageHours,
    abortPercent,
    silentMinutes,
  };
  const cloud = openCloud(flags);
  await tell(cloud, await cloud.post<Campaign>('/ota/campaigns', wanted), flags, signals);
}

/** @throws {CliError} */
export async function list(flags: Flags): Promise<void> {
  const campaigns = await all<Campaign>(openCloud(flags), '/ota/campaigns');
  if (flags.json) {
    for (const campaign of campaigns) writeJson(process.stdout, { event: 'campaign', ...campaign });
    return;
  }
  const lines = campaigns.map((campaign) => `  ${campaignLine(campaign)}\n`).join('');
  process.stdout.write(`\n${lines || '  There are no campaigns.\n'}\n`);
}

/** @throws {CliError} `campaign_aborted`, where it was watched */
export async function show(id: string, flags: WatchFlags, signals: Signals): Promise<void> {
  const cloud = openCloud(flags);
  await tell(cloud, await cloud.get<Campaign>(pathOf(id)), flags, signals);
}

/** @throws {CliError} */
export async function steer(deed: 'pause' | 'resume' | 'abort' | 'retry', id: string, flags: Flags): Promise<void> {
  const campaign = await openCloud(flags).post<Campaign>(`${pathOf(id)}/${deed}`);
  if (flags.json) writeJson(process.stdout, { event: 'campaign', ...campaign });
  else process.stdout.write(`\n${describeCampaign(campaign)}\n`);
}

async function tell(
  cloud: CloudClient,
  campaign: Campaign,
  { json = false, watch }: WatchFlags,
  signals: Signals,
): Promise<void> {
  const path = pathOf(campaign.campaignId);
  const ofDevices = `${path}/devices`;
  if (watch) {
    if (!json) process.stdout.write(`\n${campaignHeading(campaign)}`);
    await watchCampaign({
      campaign,
      read: () => cloud.get<Campaign>(path),
      devices: async (every) =>
        every ? all(cloud, ofDevices) : (await page<CampaignDevice>(cloud, ofDevices, 1)).list,
      json,
      signals,
    });
    return;
  }
  const devices = await all<CampaignDevice>(cloud, ofDevices);
  if (json) writeJson(process.stdout, { event: 'campaign', ...campaign, devices });
  else process.stdout.write(`\n${describeCampaign(campaign)}${describeDevices(devices)}\n`);
}

function pathOf(campaignId: string): string {
  return `/ota/campaigns/${encodeURIComponent(campaignId)}`;
}

function page<T>(cloud: CloudClient, path: string, number: number): Promise<Page<T>> {
  return cloud.get<Page<T>>(`${path}?page=${number}&size=${PAGE_SIZE}`);
}

async function all<T>(cloud: CloudClient, path: string): Promise<T[]> {
  const found: T[] = [];
  for (let number = 1; number <= MAX_PAGES; number++) {
    const { list, total } = await page<T>(cloud, path, number);
    found.push(...list);
    if (list.length === 0 || found.length >= total) break;
  }
  return found;
}
