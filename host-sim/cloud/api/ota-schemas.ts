import { ENDED_STATES, OPEN_STATES } from '../domain/update-states.js';
import { filter, nullable, object, PAGE, PAGE_QUERY, PATH_NAME, text, time } from './schema-parts.js';

const DIGEST = { type: 'string', pattern: '^[0-9a-f]{64}$', description: 'SHA-256, hex digits.' };
const KEY_IDS = { type: 'array', items: { type: 'integer', minimum: 0, maximum: 7 } };
const PERCENT = { type: 'integer', minimum: 1, maximum: 100 };
const COUNT = { type: 'integer', minimum: 0 };

export const PACKAGE = object({
  packageId: { type: 'string', pattern: '^pkg_' },
  productKey: { type: 'string' },
  chipModel: { type: 'string' },
  version: { type: 'string' },
  versionFloor: { type: 'string', description: 'Boards that have proven it take no version below this one.' },
  requiredKeys: { ...KEY_IDS, description: 'Ids of the keys that must sign what comes after it.' },
  signedBy: { ...KEY_IDS, description: 'Ids of the keys that are said to have signed it; boards check that.' },
  bytes: { type: 'integer', description: 'Of the file, as are `sha256` and `md5`.' },
  sha256: DIGEST,
  md5: { type: 'string', pattern: '^[0-9a-f]{32}$' },
  imageBytes: { type: 'integer' },
  imageSha256: DIGEST,
  uploadedAt: time,
});

const STATE = { type: 'string', enum: [...OPEN_STATES, ...ENDED_STATES] };
export const CAMPAIGN = object({
  campaignId: { type: 'string', pattern: '^camp_' },
  name: { type: 'string' },
  packageId: { type: 'string' },
  productKey: { type: 'string' },
  version: { type: 'string' },
  status: { type: 'string', enum: ['running', 'paused', 'aborted', 'completed'] },
  reason: { ...nullable({ type: 'string' }), description: 'Why it was aborted.' },
  stages: { type: 'array', items: PERCENT },
  stage: { type: 'integer', description: 'The present one, from 1.' },
  stageHours: { type: 'number' },
  nextStageAt: { ...nullable(time), description: 'The next stage does not begin before.' },
  abortPercent: PERCENT,
  silentMinutes: { type: 'integer' },
  boards: {
    ...object(Object.fromEntries(['total', ...OPEN_STATES, ...ENDED_STATES].map((state) => [state, COUNT]))),
    description: 'How many there are in which state.',
  },
  createdAt: time,
  endedAt: nullable(time),
});

const UPDATE_FIELDS = {
  version: { type: 'string' },
  fromVersion: { type: 'string' },
  state: STATE,
  percent: { ...nullable({ type: 'integer' }), description: 'While it is downloading.' },
  step: {
    ...nullable({ type: 'integer' }),
    description: 'Where it failed: −1 refused or taken back, −2 download, −3 checksum or signature, −4 flash.',
  },
  desc: {
    ...nullable({ type: 'string' }),
    description: 'Why it ended so, or is to be told again; of one that is updated, what is wrong all the same.',
  },
  changedAt: time,
};
export const CAMPAIGN_DEVICE = object({
  deviceId: { type: 'string' },
  deviceSN: { type: 'string' },
  firmwareVersion: { type: 'string' },
  stage: { type: 'integer', description: 'From which it is in.' },
  ...UPDATE_FIELDS,
});
export const DEVICE_UPDATE = object({
  campaignId: { type: 'string' },
  packageId: { type: 'string' },
  createdAt: time,
  ...UPDATE_FIELDS,
});

const CAMPAIGN_PARAMS = object({ campaignId: PATH_NAME });
const PACKAGE_PARAMS = object({ packageId: PATH_NAME });
const page = (items: object) => object({ list: { type: 'array', items }, ...PAGE });

/** Firmware updates: extensions. */
export const OTA_SCHEMAS = {
  uploadPackage: { data: PACKAGE },
  listPackages: {
    querystring: object({ productKey: filter(text(256)), ...PAGE_QUERY }, []),
    data: page(PACKAGE),
  },
  getPackage: { params: PACKAGE_PARAMS, data: PACKAGE },
  deletePackage: { params: PACKAGE_PARAMS, data: { type: 'null' } },
  getOtaFile: {
    params: object({ token: PATH_NAME }),
    data: { type: 'string', contentMediaType: 'application/octet-stream' },
  },
  createCampaign: {
    body: object(
      {
        packageId: text(64),
        name: nullable(text(128, 0)),
        deviceIds: {
          type: ['array', 'null'],
          items: text(64),
          minItems: 1,
          maxItems: 4_000,
          description: 'These boards.',
        },
        percent: {
          ...nullable(PERCENT),
          description:
            'Or a share of those that the user may control, by chance, and the same for each campaign of a package.',
        },
        stages: {
          type: 'array',
          items: PERCENT,
          minItems: 1,
          maxItems: 20,
          default: [100],
          description: 'Percents of the boards of the campaign that rise to 100.',
        },
        stageHours: {
          type: 'number',
          minimum: 0,
          maximum: 8_760,
          default: 24,
          description: 'Before this time the next stage does not begin.',
        },
        abortPercent: {
          ...PERCENT,
          default: 10,
          description: 'The share of failures that ends it, once 5 boards, or all that were reached, have ended.',
        },
        silentMinutes: {
          type: 'integer',
          minimum: 1,
          maximum: 10_080,
          default: 120,
          description: 'A board that was told and says nothing for so long has failed.',
        },
      },
      ['packageId'],
    ),
    data: CAMPAIGN,
  },
  listCampaigns: { querystring: object(PAGE_QUERY, []), data: page(CAMPAIGN) },
  getCampaign: { params: CAMPAIGN_PARAMS, data: CAMPAIGN },
  pauseCampaign: { params: CAMPAIGN_PARAMS, data: CAMPAIGN },
  resumeCampaign: { params: CAMPAIGN_PARAMS, data: CAMPAIGN },
  abortCampaign: { params: CAMPAIGN_PARAMS, data: CAMPAIGN },
  retryCampaign: { params: CAMPAIGN_PARAMS, data: CAMPAIGN },
  campaignDevices: {
    params: CAMPAIGN_PARAMS,
    querystring: object({ state: filter({ ...STATE, description: 'Those in this state alone.' }), ...PAGE_QUERY }, []),
    data: page(CAMPAIGN_DEVICE),
  },
  deviceUpdates: {
    params: object({ deviceId: PATH_NAME }),
    querystring: object(PAGE_QUERY, []),
    data: page(DEVICE_UPDATE),
  },
} as const;
