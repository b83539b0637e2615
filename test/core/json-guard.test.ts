import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, MAX_JSON_DEPTH, nestsWithin, parseJsonObject } from '../../src/core/json-guard.js';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('nestsWithin', () => {
  it('knows the depth of any JSON', () => {
    const deep = fc.jsonValue({ maxDepth: 6, depthSize: 'max' });
    fc.assert(
      fc.property(deep, fc.integer({ min: 0, max: 7 }), (value, max) => {
        expect(nestsWithin(JSON.stringify(value), max)).toBe(depthOf(value) <= max);
      }),
      { numRuns: 500 },
    );
  });

  it('does not count brackets in strings, whatever is escaped there', () => {
    const bracket = fc.string({ unit: fc.constantFrom('{', '[', '}', ']', '"', '\\', 'a', '\n'), maxLength: 30 });
    fc.assert(
      fc.property(bracket, bracket, (key, value) => {
        expect(nestsWithin(JSON.stringify({ [key]: [value] }), 2)).toBe(true);
        expect(nestsWithin(JSON.stringify({ [key]: [[value]] }), 2)).toBe(false);
      }),
    );
  });

  it('counts what is open at a time, not all there are', () => {
    expect(nestsWithin(`[${'[],'.repeat(500)}{}]`, 2)).toBe(true);
    expect(nestsWithin(`[${'[],'.repeat(500)}[{}]]`, 2)).toBe(false);
  });
});

describe('parseJsonObject', () => {
  it('takes an object and nothing else', () => {
    expect(parseJsonObject('{"a":[1,{"b":null}]}')).toEqual({ a: [1, { b: null }] });
    for (const text of [
      '',
      ' ',
      'null',
      '1',
      '"{}"',
      'true',
      '[]',
      '[{}]',
      '{',
      '{}{}',
      '{"a":}',
      '{"a":01}',
      '\ufeff{}',
      '{"a":NaN}',
    ]) {
      expect(parseJsonObject(text), text).toBeUndefined();
    }
  });

  it('takes the deepest allowed nesting and refuses one level more', () => {
    const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(parseJsonObject(nested(MAX_JSON_DEPTH))).toBeDefined();
    expect(parseJsonObject(nested(MAX_JSON_DEPTH + 1))).toBeUndefined();
  });

  it('refuses hostile nesting without parsing it', () => {
    for (const open of ['[', '{"a":', '[{"a":']) {
      expect(parseJsonObject(open.repeat(100_000))).toBeUndefined();
      expect(parseJsonObject(`{"x":"${'\\"'.repeat(50)}","a":${open.repeat(100_000)}`)).toBeUndefined();
    }
  });

  it('never throws', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '1', 'null', ' ', '\u0000', '中');
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: piece, maxLength: 60 })), (text) => {
        const value = parseJsonObject(text);
        expect(value === undefined || isObject(value)).toBe(true);
      }),
    );
  });

  it('keeps a key named __proto__ as data', () => {
    const value = parseJsonObject('{"__proto__":{"action":"toggle"}}')!;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(value['action']).toBeUndefined();
  });
});
