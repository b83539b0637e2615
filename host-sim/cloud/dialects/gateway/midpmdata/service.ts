import { filter, object, text } from '../../../api/schema-parts.js';
import type { Language } from '../../../domain/devices.js';
import { endpoint } from '../../endpoint.js';
import { listOf, wholeList } from '../lists.js';
import type { Microservice } from '../microservice.js';

const WORD = { type: 'string' };
const COUNTRY = { type: 'string', pattern: '^[A-Za-z]{2}$', description: 'Alpha-2, as in `CN`.' };
const VERSION = { type: 'string', maxLength: 64 };

/** Words, versions and countries: the same for all users. */
export const MIDPMDATA: Microservice = {
  name: 'midpmdata',
  title: 'master data',
  endpoints: {
    'GET /app/version/v1/latest': endpoint<{ query: { version?: string } }>({
      id: 'gatewayLatestVersion',
      summary: 'The version of this program',
      description:
        'There is no app to be downloaded here: `latest` is the version of the program that the cloud is part of, on every platform, and `downloadUrl` is null. `isNewer` is null where no `version` is named.',
      errors: [],
      query: object(
        {
          platform: filter({ type: 'string', maxLength: 32, description: 'Makes no difference.' }),
          version: filter({ ...VERSION, description: 'What the caller has, as in `1.2.0`.' }),
        },
        [],
      ),
      data: object({
        latest: WORD,
        apiVersion: { type: 'string', description: 'Of the API reference.' },
        isNewer: { type: ['boolean', 'null'] },
        downloadUrl: { type: 'null' },
      }),
      run: ({ services, query }) => ({ ...services.masterData.latest(query.version), downloadUrl: null }),
    }),
    'GET /app/attribute/v1/engineering-machine': endpoint<{ query: { deviceSN: string } }>({
      id: 'gatewayEngineeringMachine',
      summary: 'Whether a device is one for engineers',
      description:
        'It is where the environment of this cloud is not `release`, or where the device runs a pre-release version such as `1.2.0-rc.1`.',
      errors: ['device_not_found'],
      query: object({ deviceSN: text(64) }),
      data: object({ deviceSN: WORD, isEngineeringMachine: { type: 'boolean' } }),
      run: ({ services, user, query: { deviceSN } }) => ({
        deviceSN,
        isEngineeringMachine: services.masterData.isForEngineering(user, deviceSN, services.place.environment),
      }),
    }),
    'GET /dictionary/v1/app/lookup': endpoint<{ query: { type?: string } }>({
      id: 'gatewayDictionary',
      summary: 'Words of the API in Chinese and English',
      description: 'Those of a type, none where it is unknown, or all. They change with the program alone.',
      errors: [],
      query: object(
        {
          type: filter({
            type: 'string',
            maxLength: 64,
            description:
              '`deviceStatus`, `controlMode`, `updateState`, `campaignStatus`, `errorWord`, `projectRole`, `notificationTopic` or `environment`.',
          }),
        },
        [],
      ),
      data: listOf(object({ type: WORD, code: WORD, zh: WORD, en: WORD })),
      run: ({ services, query }) => wholeList(services.masterData.lookup(query.type)),
    }),
    'GET /master/v1/ver/checkLatest': endpoint<{ query: { name?: string; version?: string } }>({
      id: 'gatewayDataVersions',
      summary: 'Versions of the data that is the same for all users',
      description:
        'A version is a short digest: it is another one when the data is. By it a client knows whether what it keeps is still right; `isLatest` is null where no `version` is named.',
      errors: [],
      query: object(
        {
          name: filter({
            type: 'string',
            maxLength: 64,
            description: '`dictionary`, `countries`, `divisions` or `products`; none: all.',
          }),
          version: filter(VERSION),
        },
        [],
      ),
      data: listOf(object({ name: WORD, version: WORD, isLatest: { type: ['boolean', 'null'] } })),
      run: async ({ services, query }) => wholeList(await services.masterData.versions(query.name, query.version)),
    }),
    'GET /iso/country/v1/localized/all-countries': endpoint<{ query: { country?: string; language?: Language } }>({
      id: 'gatewayCountries',
      summary: 'All countries of ISO 3166-1',
      description:
        'Or one of them; with their names in `language`, or by `Accept-Language`, and their calling codes, null where there is none.',
      errors: [],
      query: object({ country: filter(COUNTRY), language: filter({ type: 'string', enum: ['zh', 'en'] }) }, []),
      data: listOf(
        object({
          alpha2: WORD,
          alpha3: WORD,
          numeric: { type: 'string', description: 'Three digits.' },
          name: WORD,
          callingCode: { type: ['string', 'null'], description: 'As in `+86`.' },
        }),
      ),
      run: async ({ services, query, language }) =>
        wholeList(await services.masterData.countries(query.language ?? language, query.country)),
    }),
    'GET /iso/country/v1/localized/administrative-divisions': endpoint<{ query: { country: string; parent?: string } }>(
      {
        id: 'gatewayDivisions',
        summary: 'The divisions of a country, of ISO 3166-2',
        description:
          'Of all levels, each with what it is a part of; or the direct parts of `parent`. Their names are those of ISO alone, which has no translations: of the country’s own language, in Latin letters.',
        errors: [],
        query: object(
          {
            country: COUNTRY,
            parent: filter({ type: 'string', maxLength: 6, description: 'The country, or a division, as in `CN-BJ`.' }),
          },
          ['country'],
        ),
        data: listOf(object({ code: WORD, name: WORD, parent: WORD, country: WORD })),
        run: async ({ services, query }) => wholeList(await services.masterData.divisions(query.country, query.parent)),
      },
    ),
  },
};
