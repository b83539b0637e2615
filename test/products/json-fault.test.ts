import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonReader } from '../../host-sim/products/json-fault.js';
import { plainText } from '../../host-sim/products/plain-text.js';
import servoFile from '../../src/products/sw-servo-001.json' with { type: 'json' };

const faultOf = (text: string): string | undefined => new JsonReader(text).read();
const at = (place: string, found: string, wanted: string): string =>
  `the file is not JSON: in ${place} stands ${found} where ${wanted}`;

describe('a JSON text', () => {
  test.each([
    ['', 'the file is not JSON: it is empty, and a { must stand in line 1, column 1'],
    [' \r\n', 'the file is not JSON: it is empty, and a { must stand in line 1, column 1'],
    ['{"a":', 'the file is not JSON: it ends in line 1, column 6 where a value must stand'],
    ['{"a": 1\n', 'the file is not JSON: it ends in line 2, column 1 where a comma or } must stand'],
    ['{"a":1,}', at('line 1, column 8', '}', 'a key in double quotes must stand; remove the comma before it')],
    ['{"a":[1,\n]}', at('line 2, column 1', ']', 'a value must stand; remove the comma before it')],
    ['{"a":1 "b":2}', at('line 1, column 8', '"', 'a comma or } must stand')],
    ['{"a" 1}', at('line 1, column 6', '1', 'a colon must stand')],
    ['{a:1}', at('line 1, column 2', 'a', 'a key in double quotes must stand')],
    ["{'a':1}", at('line 1, column 2', "'", 'a key in double quotes must stand; use double quotes')],
    ['{ // a', at('line 1, column 3', '/', 'a key in double quotes must stand; remove the comment, JSON has none')],
    ['{"a":NaN}', at('line 1, column 6', 'N', 'a value must stand')],
    ['{"a":012}', at('line 1, column 7', '1', 'a comma or } must stand')],
    ['{}}', at('line 1, column 3', '}', 'the end of the file must be')],
    ['{"a":\u001b}', at('line 1, column 6', 'U+001B', 'a value must stand')],
    ['{\u00a0}', at('line 1, column 2', 'U+00A0', 'a key in double quotes must stand')],
    ['{"a":"\\x"}', at('line 1, column 7', '\\', 'no such escape may stand; write \\\\ for a backslash')],
    [
      '{"a":"b\nc"}',
      'the file is not JSON: the text that begins in line 1, column 6 has no end on its line; close it with a double quote',
    ],
    [
      '{"a":"b\tc"}',
      'the file is not JSON: in line 1, column 8 stands U+0009 inside a text; write it as an escape, like \\t, or remove it',
    ],
  ])('that is none has its fault told in one sentence with line and column: %j', (text, sentence) => {
    expect(faultOf(text)).toBe(sentence);
  });

  test.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('has lines that end in %s, and columns that count each character once', (_name, end) => {
    expect(faultOf(`{${end}  "智能": "😀é",${end}  "b": x${end}}`)).toContain('in line 3, column 8 stands x');
    expect(faultOf(`{${end}  "智能": "😀é" x`)).toContain('in line 2, column 14 stands x');
  });

  test('that nests too deep is called that, and read no further', () => {
    const sentence = (column: number): string =>
      `the file nests deeper than 16 levels in line 1, column ${column}; a product definition has no place for that, remove it`;
    expect(faultOf('['.repeat(200_000))).toBe(sentence(17));
    expect(faultOf('{"a":'.repeat(40_000))).toBe(sentence(81));
    expect(faultOf(`${'['.repeat(16)}${']'.repeat(16)}`)).toBeUndefined();
  });

  test('has each key that stands twice told, and each number that is none, with their fields and places', () => {
    const reader = new JsonReader('{"a": [{"b": 1,\n"b": -1e999}],\n"a": 1e400, "c": 1e-999}');
    expect(reader.read()).toBeUndefined();
    expect(reader.problems.map(({ message }) => message)).toEqual([
      'a[0].b stands in line 1, column 9 and again in line 2, column 1; remove one of them',
      'a[0].b is -1e999 in line 2, column 6, which no number can be; use one nearer to 0',
      'a stands in line 1, column 2 and again in line 3, column 1; remove one of them',
      'a is 1e400 in line 3, column 6, which no number can be; use one nearer to 0',
    ]);
  });

  test('is one for the reader just where a parser takes it, whatever it is; else there is one line to print', () => {
    const shipped = JSON.stringify(servoFile, null, 2);
    const broken = fc
      .tuple(fc.nat(shipped.length), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }))
      .map(([from, cut, put]) => shipped.slice(0, from) + put + shipped.slice(from + cut));
    const tokens = fc
      .array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"', '\\', '-', '1', '.5', 'e3', 'true', 'nul', ' '))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(broken, tokens, fc.json({ maxDepth: 4 }), fc.string({ unit: 'binary' })), (text) => {
        const fault = faultOf(text);
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        expect(fault === undefined).toBe(parses);
        if (fault === undefined) return;
        expect(plainText(fault)).toBe(fault);
        expect(fault).toMatch(/line \d+, column \d+/);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('a text for a terminal', () => {
  test('shows what would move it, turn it or break its line as JSON writes it, and the rest as it is', () => {
    expect(plainText('智能 é 😀 "a" \\ b')).toBe('智能 é 😀 "a" \\ b');
    expect(plainText('\u0000\t\n\r\u001b\u007f\u0085\u009b')).toBe(
      '\\u0000\\u0009\\u000a\\u000d\\u001b\\u007f\\u0085\\u009b',
    );
    expect(plainText('\u200e\u202e\u2066\u2028\ufeff\ud800')).toBe('\\u200e\\u202e\\u2066\\u2028\\ufeff\\ud800');
  });

  test('leaves JSON the JSON that it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(JSON.parse(plainText(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
