import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../host-sim/panel/input/json-fault.js';
import { MOST_BYTES, readRawCommand } from '../../host-sim/panel/views/control/raw-command.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('the fault of a JSON text', () => {
  it.each([
    ['{"a":1,}', 'key', 1, 8, '}'],
    ['{\n  "a" 1\n}', 'colon', 2, 7, '1'],
    ["{'a':1}", 'key', 1, 2, "'"],
    ['[1 2]', 'comma or ]', 1, 4, '2'],
    ['{"a":1', 'comma or }', 1, 7, ''],
    ['{"a":01}', 'value', 1, 6, '0'],
    ['{"开":☕}', 'value', 1, 6, '☕'],
    ['{} {}', 'end', 1, 4, '{'],
    ['', 'value', 1, 1, ''],
    ['"a\nb"', 'value', 1, 1, '"'],
  ])('of %j: %s wanted in line %i, column %i, where %j stands', (text, wanted, line, column, found) => {
    expect(jsonFault(text)).toEqual({ wanted, line, column, found });
  });

  it('is there where the engine finds one too, and only there', () => {
    const near = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', '0', '-', ' ', '\u0001', 'e', '.', '\\'))
      .map(([text, at, sign]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + sign + text.slice(place + (at % 2));
      });
    const tokens = fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '"a"',
          '1',
          '-0.5e3',
          'true',
          'nul',
          ' ',
          '\n',
          '1.',
          '-',
          '"\\u00e9"',
          '"\\x"',
        ),
      )
      .map((some) => some.join(''));
    fc.assert(
      fc.property(fc.oneof(near, tokens, fc.string(), fc.json()), (text) => {
        expect(jsonFault(text) === undefined).toBe(isJson(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is found in a text of any depth and length', () => {
    expect(jsonFault(`{"a":"${'\\n'.repeat(1_000_000)}"}`)).toBeUndefined();
    expect(jsonFault('['.repeat(65_536))).toMatchObject({ wanted: 'value', line: 1, column: 65_537 });
  });
});

describe('a command in JSON', () => {
  it('is an object of at most 2 KiB', () => {
    expect(readRawCommand(' {"action": "toggle"}\n')).toEqual({ body: { action: 'toggle' } });
    expect(readRawCommand('{"__proto__":{"a":1}}')).toMatchObject({ body: {} });
    expect(readRawCommand(' ')).toEqual({ problem: { kind: 'empty' } });
    expect(readRawCommand('[1]')).toEqual({ problem: { kind: 'no object' } });
    expect(readRawCommand('null')).toEqual({ problem: { kind: 'no object' } });
    expect(readRawCommand('{"a"')).toMatchObject({ problem: { kind: 'json', fault: { wanted: 'colon' } } });
    expect(readRawCommand(`{"a":${'['.repeat(16)}${']'.repeat(16)}}`)).toEqual({
      problem: { kind: 'too deep', most: 16 },
    });
  });

  it('is measured as it will be sent: in bytes, without the spaces between', () => {
    const exact = JSON.stringify({ a: '开'.repeat((MOST_BYTES - 8) / 3) });
    expect(Buffer.byteLength(exact)).toBe(MOST_BYTES);
    expect(readRawCommand(exact.replace(':', `:${' '.repeat(5_000)}`))).toHaveProperty('body');
    const bytes = MOST_BYTES + 1;
    expect(readRawCommand(exact.replace('开', '开!'))).toEqual({ problem: { kind: 'too long', bytes } });
  });
});
