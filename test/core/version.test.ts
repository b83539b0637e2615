import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions, isVersion } from '../../src/core/version.js';
import productSchema from '../../src/products/product.schema.json' with { type: 'json' };

/** npm's own reading of Semantic Versioning. */
const semver = createRequire(import.meta.url)('semver') as {
  valid(version: string): string | null;
  compare(a: string, b: string): number;
};

const number = fc.integer({ min: 0, max: 99_999 });
const identifier = fc.oneof(
  fc.constantFrom('alpha', 'beta', 'rc', '0', '1', '2', '10', '1a', '-', '9007199254740991', 'A', 'a'),
  fc.stringMatching(/^[0-9A-Za-z-]{1,6}$/),
);
const version = fc
  .tuple(number, number, number, fc.array(identifier, { maxLength: 3 }))
  .map(([major, minor, patch, pre]) => `${major}.${minor}.${patch}${pre.length === 0 ? '' : `-${pre.join('.')}`}`);

describe('a version', () => {
  it('has the form that product definitions have', () => {
    const pattern = new RegExp(productSchema.properties.firmwareVersion.pattern);
    const good = ['0.0.0', '1.2.3', '99999.99999.99999', '1.0.0-rc.1', '01.0.0', '1.0.0-.', '1.0.0-0123456789abcdef'];
    const bad = ['', '1', '1.2', '1.2.3.4', '1.2.3-', '1.2.3+build', 'v1.2.3', '100000.0.0', '1.0.0-0123456789abcdefg'];
    const unclean = ['1.2.3\n', ' 1.2.3', '1.2.-3', '1.2.3-rc_1', '1.2.3-ü', '-1.2.3', '1.2.3 ', '1..3'];
    for (const text of good) expect(isVersion(text), text).toBe(true);
    for (const text of [...bad, ...unclean]) expect(isVersion(text), text).toBe(false);
    fc.assert(fc.property(fc.oneof(version, fc.string()), (text) => isVersion(text) === pattern.test(text)));
  });

  it('is above another as the examples of Semantic Versioning 2.0.0 say', () => {
    const rising = [
      ...['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11'],
      ...['1.0.0-rc.1', '1.0.0', '2.0.0', '2.1.0', '2.1.1', '2.1.10', '2.10.0'],
    ];
    rising.forEach((a, i) => {
      rising.forEach((b, j) => {
        expect(Math.sign(compareVersions(a, b)), `${a} and ${b}`).toBe(Math.sign(i - j));
      });
    });
  });

  it('is above another as npm has it', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        fc.pre(isVersion(a) && isVersion(b) && semver.valid(a) !== null && semver.valid(b) !== null);
        return Math.sign(compareVersions(a, b)) === semver.compare(a, b);
      }),
      { numRuns: 2_000 },
    );
  });

  it('in a form that Semantic Versioning does not have is ordered all the same', () => {
    const odd = fc.stringMatching(/^\d{1,3}\.\d{1,2}\.\d{1,2}(-[0-9a.-]{1,16})?$/).filter(isVersion);
    fc.assert(
      fc.property(odd, odd, odd, (a, b, c) => {
        expect(compareVersions(a, a)).toBe(0);
        expect(Math.sign(compareVersions(a, b))).toBe(0 - Math.sign(compareVersions(b, a)));
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(compareVersions('01.0.0', '1.0.0')).toBe(0);
    expect(compareVersions('1.0.0-9999999999999999', '1.0.0-9999999999999998')).toBeGreaterThan(0);
    expect(compareVersions('1.0.0-0000000000000002', '1.0.0-1')).toBeGreaterThan(0);
  });
});
