import { CAMPAIGN, DEVICE_UPDATE } from '../../../api/ota-schemas.js';
import { filter, nullable, object, text, time } from '../../../api/schema-parts.js';
import { NOTE_RESULTS, type NoteRequest } from '../../../domain/homes/update-notes.js';
import { MAX_BOARDS } from '../../../domain/homes/upgrades.js';
import { MAX_PAGE_SIZE, pageOfAll } from '../../../domain/paging.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { listOf, toList } from '../lists.js';
import { ID } from './schemas.js';

const IDS = filter({ type: 'string', pattern: `^[A-Za-z0-9_-]{1,64}(,[A-Za-z0-9_-]{1,64}){0,${MAX_BOARDS - 1}}$` });
const TEXT = { type: 'string' };

const NOTE = object({ result: { type: 'string', enum: NOTE_RESULTS }, remark: TEXT, notedAt: time });

const FIRMWARE_VERSION = object({
  deviceId: TEXT,
  deviceSN: TEXT,
  productKey: TEXT,
  chipModel: TEXT,
  currentVersion: TEXT,
  latestVersion: { ...nullable(TEXT), description: 'The highest for its product and chip.' },
  packageId: nullable(TEXT),
  fileId: { ...nullable(TEXT), description: 'The same.' },
  size: { ...nullable({ type: 'integer' }), description: 'Of its file, bytes.' },
  isUpgradable: { type: 'boolean', description: 'The latest is above what the board runs, and it may be told.' },
  update: { anyOf: [DEVICE_UPDATE, { type: 'null' }], description: 'Its last update.' },
  note: { anyOf: [NOTE, { type: 'null' }], description: 'What an app has saved about that.' },
});

/** Fields of a schema, by their names. */
const fields = ({ properties }: { properties: Record<string, object> }, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, properties[name]!]));

const versions = (number: number) =>
  endpoint<{ query: { deviceIds?: string; deviceSNs?: string } }>({
    id: `gatewayFirmwareVersionsV${number}`,
    summary: 'What boards run, and what they could run',
    description: `Of those whose ids or serial numbers are given, with commas between them, as far as the caller sees them; ${MAX_BOARDS} at most. Versions 1 to 3 are the same.`,
    errors: [],
    query: object({ deviceIds: IDS, deviceSNs: IDS }, []),
    data: listOf(FIRMWARE_VERSION),
    run: ({ services, user, query }) => {
      const named = { deviceIds: split(query.deviceIds), deviceSNs: split(query.deviceSNs) };
      const found = services.homes.upgrades.versions(user, named);
      return toList(pageOfAll(found, { page: 1, size: MAX_PAGE_SIZE }), (one) => one);
    },
  });

/** Firmware of boards: what there is, and updates over the campaigns of SmartLink's API. */
export const FIRMWARE: Readonly<Record<string, Endpoint>> = {
  'GET /device/firmware/v1/latest/firmwareVerList/batch': versions(1),
  'GET /device/firmware/v2/latest/firmwareVerList/batch': versions(2),
  'GET /device/firmware/v3/latest/firmwareVerList/batch': versions(3),
  'POST /device/firmware/v1/appSentDeviceRemoteUpgrade': endpoint<{ body: { deviceId: string; packageId?: string } }>({
    id: 'gatewayUpgrade',
    summary: 'Have a board updated',
    description:
      'To the latest package for it, or the one named, by a campaign for this board alone. One that is away is told when it comes; one that is at it already, or waits for nothing else, goes on. For whoever may command the board.',
    errors: ['device_not_found', 'package_not_found', 'device_not_activated', 'device_disabled'],
    body: object({ deviceId: ID, packageId: nullable(ID) }, ['deviceId']),
    data: object(fields(DEVICE_UPDATE, 'campaignId', 'packageId', 'version', 'state')),
    run: ({ services, user, body }) => services.homes.upgrades.upgrade(user, body.deviceId, body.packageId),
  }),
  'POST /device/firmware/v1/aeccSentDeviceRemoteUpgrade': endpoint<{
    body: { deviceIds: string[]; packageId?: string };
  }>({
    id: 'gatewayUpgradeAll',
    summary: 'Have boards of one product updated',
    description:
      'As appSentDeviceRemoteUpgrade, by one campaign for all whose version is below it and that are not at it already; where there are none, the campaign of those is answered. `boards` says how many stand where.',
    errors: ['device_not_found', 'package_not_found', 'device_not_activated', 'device_disabled'],
    body: object(
      {
        deviceIds: { type: 'array', items: ID, minItems: 1, maxItems: MAX_BOARDS, uniqueItems: true },
        packageId: nullable(ID),
      },
      ['deviceIds'],
    ),
    data: object(fields(CAMPAIGN, 'campaignId', 'packageId', 'version', 'status', 'boards')),
    run: ({ services, user, body }) => {
      const campaign = services.homes.upgrades.upgradeAll(user, body.deviceIds, body.packageId);
      const { campaignId, packageId, version, status, boards } = campaign;
      return { campaignId, packageId, version, status, boards };
    },
  }),
  'POST /device/upgrade/record/v1/save': endpoint<{ body: NoteRequest }>({
    id: 'gatewaySaveUpgradeRecord',
    summary: 'Note how an update went, for the app',
    description:
      'About the update of a board in a campaign, or its last one. The note decides nothing: `state`, `step` and `desc` are what the board has said.',
    errors: ['device_not_found', 'not_found'],
    body: object(
      {
        deviceId: ID,
        campaignId: nullable(ID),
        result: { type: 'string', enum: NOTE_RESULTS },
        remark: nullable(text(512, 0)),
      },
      ['deviceId', 'result'],
    ),
    data: object({
      record: object({
        ...fields(DEVICE_UPDATE, 'campaignId', 'version', 'state', 'step', 'desc'),
        note: NOTE,
      }),
    }),
    run: ({ services, user, body }) => ({ record: services.homes.updateNotes.save(user, body) }),
  }),
};

function split(list: string | undefined): string[] {
  return list === undefined ? [] : list.split(',');
}
