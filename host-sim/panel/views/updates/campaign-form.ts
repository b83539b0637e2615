import { compareVersions, isVersion } from '../../../../src/core/version.js';
import type { FirmwarePackage } from './messages.js';

/** Which boards a campaign is over. */
export type Reach = 'all' | 'percent' | 'project' | 'chosen';
export const REACHES: readonly Reach[] = ['all', 'percent', 'project', 'chosen'];

/** The form as it is typed. */
export interface CampaignDraft {
  readonly packageId: string;
  readonly name: string;
  readonly reach: Reach;
  readonly percent: string;
  readonly projectId: string;
  readonly deviceIds: readonly string[];
  readonly stages: string;
  readonly stageHours: string;
  readonly abortPercent: string;
  readonly silentMinutes: string;
}

/** What the API takes. */
export interface CampaignOptions {
  readonly packageId: string;
  readonly name: string;
  readonly stages: readonly number[];
  readonly stageHours: number;
  readonly abortPercent: number;
  readonly silentMinutes: number;
}

/** Ranges of the API, and what it takes where nothing is said. */
export const RANGES = {
  percent: { min: 1, max: 100, isWhole: true },
  stageHours: { min: 0, max: 8_760, isWhole: false },
  abortPercent: { min: 1, max: 100, isWhole: true },
  silentMinutes: { min: 1, max: 10_080, isWhole: true },
} as const;
export type NumberField = keyof typeof RANGES;
const MOST_STAGES = 20;
/** More boards cannot be named. */
export const MOST_CHOSEN = 4_000;

export const NEW_CAMPAIGN: CampaignDraft = {
  packageId: '',
  name: '',
  reach: 'all',
  percent: '10',
  projectId: '',
  deviceIds: [],
  stages: '100',
  stageHours: '24',
  abortPercent: '10',
  silentMinutes: '120',
};

export type Fault = 'number' | 'stages' | 'chosen' | 'missing';
export type DraftFaults = Partial<Record<NumberField | 'stages' | 'deviceIds' | 'packageId' | 'projectId', Fault>>;

/** A number of the form; undefined: it is none, or not one that the API takes. */
export function numberOf(field: NumberField, text: string): number | undefined {
  const { min, max, isWhole } = RANGES[field];
  if (!(isWhole ? /^\d{1,6}$/ : /^\d{1,6}(\.\d{1,6})?$/).test(text.trim())) return undefined;
  const number = Number(text);
  return number >= min && number <= max ? number : undefined;
}

/** `10, 50, 100` as percents that rise and end with 100; undefined: they are not such. */
export function stagesOf(text: string): readonly number[] | undefined {
  const parts = text
    .replaceAll('%', ' ')
    .split(/[\s,;，；、]+/)
    .filter((part) => part !== '');
  const stages = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 0));
  const isRising = stages.every((stage, at) => stage > (stages[at - 1] ?? 0));
  return isRising && stages.at(-1) === 100 && stages.length <= MOST_STAGES ? stages : undefined;
}

/** What has to be mended before it can begin; empty: nothing. */
export function draftFaults(draft: CampaignDraft): DraftFaults {
  const stages = stagesOf(draft.stages);
  const numbers: readonly NumberField[] = ['abortPercent', 'silentMinutes'];
  const asked: readonly NumberField[] = [
    ...(draft.reach === 'percent' ? (['percent'] as const) : []),
    ...(stages === undefined || stages.length > 1 ? (['stageHours'] as const) : []),
    ...numbers,
  ];
  const wrong = asked.filter((field) => numberOf(field, draft[field]) === undefined);
  const { deviceIds, reach } = draft;
  return {
    ...(draft.packageId === '' && { packageId: 'missing' }),
    ...(reach === 'project' && draft.projectId === '' && { projectId: 'missing' }),
    ...(reach === 'chosen' && (deviceIds.length === 0 || deviceIds.length > MOST_CHOSEN) && { deviceIds: 'chosen' }),
    ...(stages === undefined && { stages: 'stages' }),
    ...Object.fromEntries(wrong.map((field) => [field, 'number'])),
  };
}

/** What is asked of the API, but for the boards. The draft has no faults. */
export function campaignOptions(draft: CampaignDraft): CampaignOptions {
  const stages = stagesOf(draft.stages)!;
  return {
    packageId: draft.packageId,
    name: draft.name.trim(),
    stages,
    // Of one stage they say nothing, and may be anything.
    stageHours: numberOf('stageHours', draft.stageHours) ?? Number(NEW_CAMPAIGN.stageHours),
    abortPercent: numberOf('abortPercent', draft.abortPercent)!,
    silentMinutes: numberOf('silentMinutes', draft.silentMinutes)!,
  };
}

/** A device, as far as it matters here. */
export interface Candidate {
  readonly status: string;
  readonly chipModel: string;
  readonly firmwareVersion: string;
}

/** Why a board takes no part in a campaign of a package; undefined: it does. */
export type WhyNot = 'inactive' | 'disabled' | 'otherChip' | 'notOlder';

export function whyNot(device: Candidate, target: Pick<FirmwarePackage, 'chipModel' | 'version'>): WhyNot | undefined {
  const { status, chipModel, firmwareVersion } = device;
  if (status === 'inactive' || status === 'disabled') return status;
  if (chipModel !== '' && chipModel !== target.chipModel) return 'otherChip';
  return isVersion(firmwareVersion) && compareVersions(firmwareVersion, target.version) >= 0 ? 'notOlder' : undefined;
}
