import type { ErrorWord } from '../errors.js';
import type { OwnOperation } from './operation.js';

const FOUND: readonly ErrorWord[] = ['campaign_not_found'];

/** Every documented route of firmware updates by method and path. */
export const OTA_OPERATIONS: Readonly<Record<string, OwnOperation>> = {
  'POST /api/v1/ota/packages': {
    id: 'uploadPackage',
    tag: 'Updates',
    summary: 'Upload a firmware package',
    description:
      'The file is the body, at most 4 MiB. It must be what its header says, and for a product that is known here; who signed it boards check, the cloud has no keys. The same file again is the package that is there already. At most 4 at a time, and 256 are kept.',
    auth: 'user',
    errors: ['invalid_parameter', 'invalid_product_key', 'forbidden', 'too_many_requests'],
    takesFile: true,
  },
  'GET /api/v1/ota/packages': {
    id: 'listPackages',
    tag: 'Updates',
    summary: 'List firmware packages',
    description: 'The newest first.',
    auth: 'user',
    errors: [],
  },
  'GET /api/v1/ota/packages/:packageId': {
    id: 'getPackage',
    tag: 'Updates',
    summary: 'A firmware package',
    auth: 'user',
    errors: ['package_not_found'],
  },
  'DELETE /api/v1/ota/packages/:packageId': {
    id: 'deletePackage',
    tag: 'Updates',
    summary: 'Delete a firmware package',
    description: 'Not while a campaign of it runs or is paused.',
    auth: 'user',
    errors: ['package_not_found', 'package_in_use'],
  },
  'GET /api/v1/ota/files/:token': {
    id: 'getOtaFile',
    tag: 'Updates',
    summary: 'The file of a campaign',
    description:
      'For boards, which are told its address; HEAD, too. With a strong `ETag`; one range is answered with 206 (`If-Range` as in RFC 9110), one that begins behind the end with 416, and `If-None-Match` with 304. `not_found` once the campaign was aborted.',
    auth: 'none',
    errors: ['not_found'],
    givesFile: true,
  },
  'POST /api/v1/ota/campaigns': {
    id: 'createCampaign',
    tag: 'Updates',
    summary: 'Begin a campaign',
    description:
      'Over boards that the user may control and whose version is below that of the package. What older campaigns have to do with them ends.',
    auth: 'user',
    errors: ['package_not_found', 'device_not_found', 'device_not_activated', 'device_disabled'],
  },
  'GET /api/v1/ota/campaigns': {
    id: 'listCampaigns',
    tag: 'Updates',
    summary: 'List campaigns',
    description: 'Those that the user began, and those over boards that he may control, all of them; the newest first.',
    auth: 'user',
    errors: [],
  },
  'GET /api/v1/ota/campaigns/:campaignId': {
    id: 'getCampaign',
    tag: 'Updates',
    summary: 'A campaign',
    auth: 'user',
    errors: FOUND,
  },
  'POST /api/v1/ota/campaigns/:campaignId/pause': {
    id: 'pauseCampaign',
    tag: 'Updates',
    summary: 'Pause a campaign',
    description: 'Tells no further boards; those that were told go on.',
    auth: 'user',
    errors: [...FOUND, 'campaign_ended'],
  },
  'POST /api/v1/ota/campaigns/:campaignId/resume': {
    id: 'resumeCampaign',
    tag: 'Updates',
    summary: 'Go on with a campaign',
    auth: 'user',
    errors: [...FOUND, 'campaign_ended'],
  },
  'POST /api/v1/ota/campaigns/:campaignId/abort': {
    id: 'abortCampaign',
    tag: 'Updates',
    summary: 'Abort a campaign',
    description:
      'Nobody is told any more, and its file is no longer there: downloads under way end. Boards that have all of it may still update.',
    auth: 'user',
    errors: [...FOUND, 'campaign_ended'],
  },
  'POST /api/v1/ota/campaigns/:campaignId/retry': {
    id: 'retryCampaign',
    tag: 'Updates',
    summary: 'Try again with the boards that failed',
    description: 'And with those that an abort has cancelled, unless a newer campaign has them.',
    auth: 'user',
    errors: [...FOUND, 'package_not_found'],
  },
  'GET /api/v1/ota/campaigns/:campaignId/devices': {
    id: 'campaignDevices',
    tag: 'Updates',
    summary: 'The boards of a campaign',
    description: 'Each with its state; those that the user may see.',
    auth: 'user',
    errors: FOUND,
  },
  'GET /api/v1/devices/:deviceId/updates': {
    id: 'deviceUpdates',
    tag: 'Updates',
    summary: 'Updates of a device',
    description:
      'Of every campaign that had it, the newest first; campaigns are kept for 180 days after their end, 200 of them.',
    auth: 'user',
    errors: ['device_not_found'],
  },
};
