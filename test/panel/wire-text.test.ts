import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, hexDump } from '../../host-sim/panel/views/wire/hex-dump.js';
import { prettyJson } from '../../host-sim/panel/views/wire/pretty-json.js';
import { visible } from '../../host-sim/panel/views/wire/visible.js';

const ALL = Number.MAX_SAFE_INTEGER;
const written = (text: string, mostChars = ALL) =>
  prettyJson(text, mostChars)
    ?.pieces.map((piece) => piece.text)
    .join('');

describe('pretty JSON', () => {
  test('is laid out as the language itself does, to a depth that can be read', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(written(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
        expect(written(JSON.stringify(value, null, 3))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  test('is as it was written: no digit is lost, no key that comes twice', () => {
    expect(written('{"a":12345678901234567890,"a":1e2,"__proto__":-0.10}')).toBe(
      '{\n  "a": 12345678901234567890,\n  "a": 1e2,\n  "__proto__": -0.10\n}',
    );
  });

  test('tells keys, strings, numbers and words from each other', () => {
    const kinds = prettyJson('{"a":"b\\"c","d":[1,null]}', ALL)!.pieces.map(({ kind, text }) => [kind, text]);
    expect(kinds.filter(([kind]) => kind !== 'mark')).toEqual([
      ['key', '"a"'],
      ['string', '"b\\"c"'],
      ['key', '"d"'],
      ['number', '1'],
      ['word', 'null'],
    ]);
  });

  test('is cut where it is long, and however deep it goes, the page need not', () => {
    const long = prettyJson(JSON.stringify('x'.repeat(100_000)), 1_000)!;
    expect([long.isCut, long.pieces.length]).toEqual([true, 1]);
    expect(long.pieces[0]!.text.length).toBe(1_001);
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect(written(deep, 8_000)!.length).toBeLessThan(9_000);
    expect(written(deep)!.length).toBeLessThan(40_000 * 70);
  });

  test('is not made of what is none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(prettyJson(text, 100) !== undefined).toBe(isJson);
      }),
    );
  });
});

describe('the hex dump', () => {
  test('is that of od', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const od = execFileSync('od', ['-A', 'x', '-t', 'x1z', '-v'], { input: bytes, encoding: 'utf8' });
        // Its last line is the length.
        expect(hexDump(bytes)).toBe(od.split('\n').slice(0, -2).join('\n'));
      }),
      { numRuns: 25 },
    );
  });

  test('takes Base64, and shows nothing of what is none', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(bytesOf(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
      }),
    );
    expect(bytesOf('•••').length).toBe(0);
  });
});

describe('the text of a stranger', () => {
  test('has nothing hidden in it, and nothing that turns its direction', () => {
    expect(visible('a\u202eb\u0007c\u200bd\ufeff')).toBe('a\\u202eb\\u0007c\\u200bd\\ufeff');
    expect(visible('\u{e0041}\ud800')).toBe('\\udb40\\udc41\\ud800');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(text)).not.toMatch(/[^\P{C}\n\t]/u);
      }),
    );
  });

  test('is otherwise as it is: other scripts, signs, markup', () => {
    const text = '设备 <img src=x onerror=alert(1)> & "é" 🙂\n\tعربى';
    expect(visible(text)).toBe(text);
  });
});
