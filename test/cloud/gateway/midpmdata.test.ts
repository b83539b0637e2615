import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { TOPIC_NAMES } from '../../../host-sim/cloud/domain/people/notification-topics.js';
import { ENDED_STATES, OPEN_STATES } from '../../../host-sim/cloud/domain/update-states.js';
import { ERROR_STATUS } from '../../../host-sim/cloud/errors.js';
import { ENVIRONMENT_NAMES } from '../../../src/core/environment.js';
import { ONE_REQUEST, startCloud, type TestCloud } from '../support/fixture.js';
import { signUp } from '../support/people.js';

const ROOT = join(import.meta.dirname, '../../..');
const LATEST = '/app/version/v1/latest';
const ENGINEERING = '/app/attribute/v1/engineering-machine';
const DICTIONARY = '/dictionary/v1/app/lookup';
const VERSIONS = '/master/v1/ver/checkLatest';
const COUNTRIES = '/iso/country/v1/localized/all-countries';
const DIVISIONS = '/iso/country/v1/localized/administrative-divisions';

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Json = any;
type Ask = (path: string, query?: Record<string, string>, headers?: Record<string, string>) => Promise<Json>;

/** Asks as a user: gives `data`, or what was said where something was refused. */
async function user(t: TestCloud, name = 'user@example.com'): Promise<Ask> {
  const { token } = (await t.login({ name, password: 'password123' })).body.data;
  return async (path, query = {}, headers = {}) => {
    const response = await fetch(`${t.cloud.apiUrl}/api/midpmdata${path}?${new URLSearchParams(query)}`, {
      headers: { ...ONE_REQUEST, authorization: `Bearer ${token}`, ...headers },
    });
    const body = (await response.json()) as Json;
    expect(Object.keys(body)).toEqual(['code', 'msg', 'data']);
    expect(body.code).toBe(response.status);
    return body.code === 200 ? body.data : body.msg;
  };
}

/** The list of an answer, which is whole. */
function listOf(data: Json): Json[] {
  expect(data).toEqual({ total: data.list.length, pageNum: 1, pageSize: data.list.length, list: data.list });
  return data.list;
}

describe('the version', () => {
  test('is that of the program, which is compared with what the caller has', async () => {
    const ask = await user(await startCloud());
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const told = { latest: version, apiVersion: '0.3.0', downloadUrl: null };
    expect(await ask(LATEST)).toEqual({ ...told, isNewer: null });
    expect(await ask(LATEST, { platform: 'ios', version: '0.0.1' })).toEqual({ ...told, isNewer: true });
    expect(await ask(LATEST, { version })).toEqual({ ...told, isNewer: false });
    expect(await ask(LATEST, { version: `${version}-rc.1` })).toEqual({ ...told, isNewer: true });
    expect(await ask(LATEST, { version: '99999.0.0' })).toEqual({ ...told, isNewer: false });
    expect(await ask(LATEST, { version: 'latest' })).toBe('invalid_parameter: version must be like 1.2.0');
  });
});

describe('a device is one for engineers', () => {
  test.each([
    ['release', '1.0.0', false],
    ['release', '1.1.0-rc.1', true],
    ['test', '1.0.0', true],
    ['dev', '1.0.0', true],
  ] as const)('in the environment %s with version %s: %s', async (environmentName, firmwareVersion, expected) => {
    const t = await startCloud({ environmentName });
    const board = { productKey: 'SW-SERVO-001', deviceSN: 'AABBCCDDEEFF', firmwareVersion, chipModel: 'ESP32' };
    expect((await t.call('POST', '/devices/activate', board)).status).toBe(200);
    const ask = await user(t);
    expect(await ask(ENGINEERING, { deviceSN: 'AABBCCDDEEFF' })).toEqual({
      deviceSN: 'AABBCCDDEEFF',
      isEngineeringMachine: expected,
    });
  });

  test('only for those who see it', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate();
    const { projectId } = (await t.as('POST', '/projects', { projectName: 'mine' })).body.data;
    expect((await t.as('PUT', `/devices/${deviceId}`, { projectId })).status).toBe(200);
    await signUp(t, 'stranger');
    const query = { deviceSN: 'AABBCCDDEEFF' };
    expect(await (await user(t, 'stranger'))(ENGINEERING, query)).toMatch(/^device_not_found/);
    expect(await (await user(t))(ENGINEERING, query)).toMatchObject({ isEngineeringMachine: true });
    expect(await (await user(t))(ENGINEERING, { deviceSN: 'UNKNOWN' })).toMatch(/^device_not_found/);
  });
});

describe('the dictionary', () => {
  test('has every word of each type in both languages, once', async () => {
    const ask = await user(await startCloud());
    const all = listOf(await ask(DICTIONARY));
    const codes = (type: string) => all.filter((entry) => entry.type === type).map(({ code }) => code);
    expect(codes('deviceStatus')).toEqual(['inactive', 'online', 'offline', 'disabled']);
    expect(codes('controlMode').sort()).toEqual(['dimmer', 'generic', 'pulse', 'readonly', 'toggle']);
    expect(codes('updateState')).toEqual([...OPEN_STATES, ...ENDED_STATES]);
    expect(codes('errorWord').sort()).toEqual(Object.keys(ERROR_STATUS).sort());
    expect(codes('projectRole')).toEqual(['owner', 'member']);
    expect(codes('notificationTopic')).toEqual(TOPIC_NAMES);
    expect(codes('environment')).toEqual(ENVIRONMENT_NAMES);
    expect(new Set(all.map(({ type, code }) => `${type} ${code}`)).size).toBe(all.length);
    for (const entry of all) {
      expect(Object.keys(entry)).toEqual(['type', 'code', 'zh', 'en']);
      expect(entry.zh).toMatch(/\p{Script=Han}/u);
      expect(entry.en).toMatch(/^[ -~]+$/);
    }
  });

  test('is asked for by type, of which there may be none', async () => {
    const ask = await user(await startCloud());
    expect(listOf(await ask(DICTIONARY, { type: 'projectRole' }))).toHaveLength(2);
    expect(listOf(await ask(DICTIONARY, { type: 'weather' }))).toEqual([]);
    expect(listOf(await ask(DICTIONARY, { type: '' }))).toEqual(listOf(await ask(DICTIONARY)));
  });

  test('says what a device’s status text says', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate();
    const { status, statusText } = (await t.as('GET', `/devices/${deviceId}`)).body.data;
    const words = listOf(await (await user(t))(DICTIONARY, { type: 'deviceStatus' }));
    expect(words.find(({ code }) => code === status).zh).toBe(statusText);
  });
});

describe('versions of data', () => {
  test('stay as long as the data does, and change with it', async () => {
    const t = await startCloud();
    const ask = await user(t);
    const before = listOf(await ask(VERSIONS));
    expect(before.map(({ name }) => name)).toEqual(['dictionary', 'countries', 'divisions', 'products']);
    for (const { version, isLatest } of before) {
      expect([version, isLatest]).toEqual([expect.stringMatching(/^[0-9a-f]{12}$/), null]);
    }
    expect(new Set(before.map(({ version }) => version)).size).toBe(4);
    expect(listOf(await ask(VERSIONS))).toEqual(before);
    const { version } = before[3];
    expect(listOf(await ask(VERSIONS, { name: 'products', version }))).toEqual([
      { name: 'products', version, isLatest: true },
    ]);
    const product = { productKey: 'NEW', name: 'n', category: 'c', controlMode: 'toggle' };
    expect((await t.as('POST', '/products', product)).status).toBe(200);
    const after = listOf(await ask(VERSIONS, { version }));
    expect(after.map((one, index) => one.version === before[index].version)).toEqual([true, true, true, false]);
    expect(after.map(({ isLatest }) => isLatest)).toEqual([false, false, false, false]);
  });

  test('are the same in every cloud of this program, and there are none of what is unknown', async () => {
    const [one, other] = [await user(await startCloud()), await user(await startCloud())];
    expect(await one(VERSIONS)).toEqual(await other(VERSIONS));
    expect(listOf(await one(VERSIONS, { name: 'weather' }))).toEqual([]);
  });
});

describe('countries', () => {
  test('are the 249 of ISO 3166-1, named in Chinese and English', async () => {
    const ask = await user(await startCloud());
    for (const [language, pattern, name] of [
      ['zh', /\p{Script=Han}/u, '中国'],
      ['en', /^\p{Script=Latin}/u, 'China'],
    ] as const) {
      const countries = listOf(await ask(COUNTRIES, { language }));
      expect(countries).toHaveLength(249);
      for (const country of countries) {
        expect(country).toEqual({
          alpha2: expect.stringMatching(/^[A-Z]{2}$/),
          alpha3: expect.stringMatching(/^[A-Z]{3}$/),
          numeric: expect.stringMatching(/^\d{3}$/),
          name: expect.stringMatching(pattern),
          callingCode: country.callingCode === null ? null : expect.stringMatching(/^\+\d{1,3}$/),
        });
      }
      for (const key of ['alpha2', 'alpha3', 'numeric', 'name']) {
        expect([key, new Set(countries.map((country) => country[key])).size]).toEqual([key, 249]);
      }
      expect(countries.find(({ alpha2 }) => alpha2 === 'CN')).toEqual({
        alpha2: 'CN',
        alpha3: 'CHN',
        numeric: '156',
        name,
        callingCode: '+86',
      });
      // Of which the telephone numbers' metadata knows none.
      expect(countries.filter(({ callingCode }) => callingCode === null).map(({ alpha2 }) => alpha2)).toEqual([
        'AQ',
        'BV',
        'GS',
        'HM',
        'PN',
        'TF',
        'UM',
      ]);
    }
  });

  test('are named in the language that the caller prefers, and may be asked for one by one', async () => {
    const ask = await user(await startCloud());
    const nameOf = async (query: Record<string, string>, headers: Record<string, string> = {}) =>
      listOf(await ask(COUNTRIES, { country: 'de', ...query }, headers)).map(({ name }) => name);
    expect(await nameOf({})).toEqual(['德国']);
    expect(await nameOf({}, { 'accept-language': 'en' })).toEqual(['Germany']);
    expect(await nameOf({ language: 'zh' }, { 'accept-language': 'en' })).toEqual(['德国']);
    expect(await ask(COUNTRIES, { country: 'XX' })).toMatch(/^invalid_parameter: country must be a code/);
    expect(await ask(COUNTRIES, { language: 'de' })).toMatch(/^invalid_parameter: language/);
  });
});

describe('divisions', () => {
  test('of every country have parents that exist', async () => {
    const ask = await user(await startCloud());
    const countries = listOf(await ask(COUNTRIES)).map(({ alpha2 }) => alpha2 as string);
    let total = 0;
    for (const country of countries) {
      const divisions = listOf(await ask(DIVISIONS, { country }));
      const codes = new Set(divisions.map(({ code }) => code));
      total += codes.size;
      expect(codes.size).toBe(divisions.length);
      for (const division of divisions) {
        expect(division.code).toMatch(new RegExp(`^${country}-[A-Z0-9]{1,3}$`));
        expect(division.country).toBe(country);
        expect(division.parent === country || codes.has(division.parent)).toBe(true);
        expect(division.name).not.toBe('');
      }
    }
    expect(total).toBeGreaterThan(5_000);
  });

  test('are those of a country, or the direct parts of one of them', async () => {
    const ask = await user(await startCloud());
    const china = listOf(await ask(DIVISIONS, { country: 'CN' }));
    expect(china).toHaveLength(34);
    expect(china).toContainEqual({ code: 'CN-BJ', name: 'Beijing Shi', parent: 'CN', country: 'CN' });
    expect(listOf(await ask(DIVISIONS, { country: 'cn', parent: 'cn' }))).toEqual(china);
    const all = listOf(await ask(DIVISIONS, { country: 'AZ' }));
    const ofOne = listOf(await ask(DIVISIONS, { country: 'AZ', parent: 'AZ-NX' }));
    expect(ofOne).toEqual(all.filter(({ parent }) => parent === 'AZ-NX'));
    expect(ofOne).not.toEqual([]);
    expect(listOf(await ask(DIVISIONS, { country: 'CN', parent: 'AZ-NX' }))).toEqual([]);
    // Monaco has some, Antarctica has none.
    expect(listOf(await ask(DIVISIONS, { country: 'AQ' }))).toEqual([]);
    expect(await ask(DIVISIONS, { country: 'XX' })).toMatch(/^invalid_parameter: country must be a code/);
    expect(await ask(DIVISIONS)).toBe('invalid_parameter: country is required');
  });
});

describe('a cloud that starts', () => {
  test('loads no tables and no parser of forms before somebody asks for them', async () => {
    const { metafile } = await build({
      entryPoints: [join(ROOT, 'host-sim/cloud/cloud.ts')],
      outdir: 'nowhere',
      write: false,
      metafile: true,
      bundle: true,
      splitting: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
    });
    const packages = { atOnce: new Set<string>(), later: new Set<string>() };
    const visit = (output: string, when: keyof typeof packages) => {
      for (const { path, kind, external } of metafile.outputs[output]!.imports) {
        const then = kind === 'dynamic-import' ? 'later' : when;
        if (external) packages[then].add(path);
        else visit(path, then);
      }
    };
    visit(
      Object.keys(metafile.outputs).find((output) => metafile.outputs[output]!.entryPoint?.endsWith('cloud.ts'))!,
      'atOnce',
    );
    for (const name of ['iso-3166/2.js', 'libphonenumber-js', '@fastify/multipart']) {
      expect([name, packages.atOnce.has(name), packages.later.has(name)]).toEqual([name, false, true]);
    }
    expect(packages.atOnce).toContain('fastify');
  });
});
