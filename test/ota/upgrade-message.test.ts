import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WrongField } from '../../src/core/environment.js';
import { readUpgradeMessage } from '../../src/ota/upgrade-message.js';

const DATA = {
  size: 432_945,
  version: '2.0.0',
  isDiff: 0,
  url: 'https://cloud.example/api/v1/ota/files/f00d',
  md5: '93230c3bde425a9d7984a594ac55ea1e',
  sign: '93230c3bde425a9d7984a594ac55ea1e',
  signMethod: 'SHA256',
  module: 'default',
  extData: { key1: 'value1' },
};
const OFFER = { version: '2.0.0', url: DATA.url };

const read = (data: object, more: object = {}) =>
  readUpgradeMessage(JSON.stringify({ code: '1000', data, id: 1_507_707_025, message: 'success', ...more }));

describe('an upgrade message', () => {
  it('says a version and where the package is; nothing else of it is believed', () => {
    expect(read(DATA)).toEqual(OFFER);
    expect(read({ ...DATA, md5: 7, sign: null, signMethod: 'none', digestsign: '', extData: [] })).toEqual(OFFER);
  });

  it('may leave out what a board can do without, and say its code as a number', () => {
    const { version, size, url } = DATA;
    expect(read({ version, size, url }, { code: 1_000, id: undefined, message: undefined })).toEqual(OFFER);
    expect(read({ ...DATA, isDiff: false })).toEqual(OFFER);
  });

  it.each(['mcu', '', 0, null])('for the module %j is not for the firmware', (module) => {
    expect(read({ ...DATA, module, url: 1 })).toBeUndefined();
  });

  it.each<[string, object, object?]>([
    ['code', DATA, { code: '400' }],
    ['code', DATA, { code: undefined }],
    ['data', [DATA]],
    ['data.isDiff', { ...DATA, isDiff: 1 }],
    ['data.version', { ...DATA, version: '2.0' }],
    ['data.version', { ...DATA, version: 2 }],
    ['data.version', { ...DATA, version: '2.0.0\n' }],
    ['data.size', { ...DATA, size: 0 }],
    ['data.size', { ...DATA, size: 1.5 }],
    ['data.size', { ...DATA, size: '100' }],
    ['data.size', { ...DATA, size: 2 ** 32 }],
    ['data.url', { ...DATA, url: 'ftp://cloud.example/f' }],
    ['data.url', { ...DATA, url: 'http://cloud.example/a b' }],
    ['data.url', { ...DATA, url: 'http://' }],
    ['data.url', { ...DATA, url: `http://cloud.example/${'x'.repeat(2_048)}` }],
    ['data.url', { ...DATA, url: undefined }],
  ])('whose %s is wrong is refused by a sentence that names it', (field, data, more) => {
    expect(() => read(data, more)).toThrow(WrongField);
    expect(() => read(data, more)).toThrow(new RegExp(`^${field.replace('.', '\\.')} `));
  });

  it.each(['', 'null', '[]', '1', '{', `{"a":${'['.repeat(5_000)}`])('that is %j is refused', (text) => {
    expect(() => readUpgradeMessage(text)).toThrow(WrongField);
  });

  it('of any shape is an offer, nothing, or refused; and its URL is in no sentence', () => {
    const field = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values<unknown>(DATA)));
    const data = fc.record(Object.fromEntries(Object.keys(DATA).map((key) => [key, field])), { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(data, fc.jsonValue()), fc.oneof(fc.constant('1000'), fc.jsonValue()), (some, code) => {
        try {
          const offer = readUpgradeMessage(JSON.stringify({ code, data: some }));
          if (offer !== undefined) expect(Object.keys(offer)).toEqual(['version', 'url']);
        } catch (error) {
          expect(error).toBeInstanceOf(WrongField);
          expect((error as Error).message).not.toContain('f00d');
        }
      }),
      { numRuns: 500 },
    );
  });
});
