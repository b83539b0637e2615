import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DerError, DerReader, Tag } from '../../src/core/der.js';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

interface Tree {
  readonly tag: number;
  readonly content: Uint8Array | readonly Tree[];
}

/** Writes DER: the reader's opposite. */
function encode({ tag, content }: Tree): Buffer {
  const bytes = content instanceof Uint8Array ? Buffer.from(content) : Buffer.concat(content.map(encode));
  const { length } = bytes;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), bytes]);
}

const tree = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.record({ tag: fc.constantFrom(0x02, 0x04, 0x06, 0x82), content: fc.uint8Array({ maxLength: 300 }) }),
    fc.record({ tag: fc.constantFrom(0x30, 0x31, 0xa3), content: fc.array(tie('tree'), { maxLength: 5 }) }),
  ),
})).tree;

function read(reader: DerReader, expected: Tree): void {
  const { tag, content } = expected;
  expect(reader.isNext(tag)).toBe(true);
  if (content instanceof Uint8Array) {
    expect(Buffer.from(reader.content(tag))).toEqual(Buffer.from(content));
    return;
  }
  const inside = reader.inside(tag);
  for (const child of content) read(inside, child);
  inside.end();
}

describe('the DER reader', () => {
  it('reads what was written, wherever it stands', () => {
    fc.assert(
      fc.property(tree, fc.nat(9), fc.nat(9), (one, before, after) => {
        const bytes = encode(one);
        const whole = Buffer.concat([Buffer.alloc(before, 0x30), bytes, Buffer.alloc(after, 0x30)]);
        const reader = new DerReader(whole, before, before + bytes.length);
        read(reader, one);
        reader.end();
        const again = new DerReader(whole, before, before + bytes.length);
        expect(Buffer.from(again.element(one.tag))).toEqual(bytes);
        expect(new DerReader(bytes).skip()).toBe(one.tag);
      }),
    );
  });

  it('throws nothing but DerError, and gives out nothing from outside, whatever the bytes', () => {
    const methods = ['content', 'element', 'inside', 'skip', 'boolean', 'unsigned', 'wholeBytes', 'namedBits'] as const;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.array(fc.constantFrom(...methods)), (bytes, calls) => {
        const whole = new Uint8Array(60).fill(0xaa);
        whole.set(bytes, 10);
        const reader = new DerReader(whole, 10, 10 + bytes.length);
        try {
          for (const call of calls) {
            const tag = whole[reader.offset]!;
            const result = reader[call](tag) as unknown;
            if (!(result instanceof Uint8Array)) continue;
            expect(result.byteOffset).toBeGreaterThanOrEqual(10);
            expect(result.byteOffset + result.length).toBeLessThanOrEqual(10 + bytes.length);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(DerError);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['nothing', ''],
    ['a tag alone', '04'],
    ['an indefinite length', '0480 0000'],
    ['a length of one byte in two', '0481 01 ff'],
    ['a length of two bytes in three', `0482 0080 ${'00'.repeat(128)}`],
    ['a length of three bytes', `0483 010000 ${'00'.repeat(65_536)}`],
    ['a content that is cut', '0402 ff'],
    ['a tag of two bytes', '1f81 01 00'],
  ])('refuses %s', (_says, text) => {
    expect(() => new DerReader(hex(text)).skip()).toThrow(DerError);
    expect(() => new DerReader(hex(text)).content(Tag.octetString)).toThrow(DerError);
  });

  it('refuses what is left, and another tag than is expected', () => {
    expect(() => new DerReader(hex('0500')).end()).toThrow(DerError);
    expect(() => new DerReader(hex('0500')).content(Tag.octetString)).toThrow('element 0x4 is missing');
    expect(() => new DerReader(hex('')).end()).not.toThrow();
  });

  it('reads numbers that are not negative, in their fewest bytes', () => {
    const number = (text: string): string => Buffer.from(new DerReader(hex(text)).unsigned()).toString('hex');
    expect(number('020100')).toBe('00');
    expect(number('02017f')).toBe('7f');
    expect(number('02020080')).toBe('80');
    expect(new DerReader(hex('020200ff')).smallNumber()).toBe(255);
    for (const wrong of ['0200', '020180', '0202007f', '02020000', '0a0101']) {
      expect(() => number(wrong), wrong).toThrow(DerError);
    }
    expect(() => new DerReader(hex('02020100')).smallNumber()).toThrow(DerError);
  });

  it('reads booleans: FF is true, 00 false, and nothing else is one', () => {
    expect(new DerReader(hex('0101ff')).boolean()).toBe(true);
    expect(new DerReader(hex('010100')).boolean()).toBe(false);
    for (const wrong of ['010101', '0100', '0102ffff'])
      expect(() => new DerReader(hex(wrong)).boolean()).toThrow(DerError);
  });

  it('reads bits: whole bytes, or named ones without zeros at their end', () => {
    expect([...new DerReader(hex('0303 00 0102')).wholeBytes()]).toEqual([1, 2]);
    expect(new DerReader(hex('0302 07 80')).namedBits()).toBe(0x80);
    expect(new DerReader(hex('0302 02 84')).namedBits()).toBe(0x84);
    expect(new DerReader(hex('0303 07 80 80')).namedBits()).toBe(0x80);
    expect(new DerReader(hex('0301 00')).namedBits()).toBe(0);
    for (const wrong of ['0302 01 02', '0300']) expect(() => new DerReader(hex(wrong)).wholeBytes()).toThrow(DerError);
    for (const wrong of ['0300', '0301 01', '0302 08 80', '0302 06 80', '0302 07 81', '0302 00 80']) {
      expect(() => new DerReader(hex(wrong)).namedBits(), wrong).toThrow(DerError);
    }
  });
});
