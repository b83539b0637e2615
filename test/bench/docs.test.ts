import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withResults } from '../../scripts/bench/docs.js';
import { MEASURES } from '../../scripts/bench/measures/index.js';
import { plot } from '../../scripts/bench/plot.js';
import { readRom } from '../../scripts/bench/rom-image.js';
import { fileOf, reading } from './sample.js';

const ROOT = join(import.meta.dirname, '../..');
const all = MEASURES.flatMap(({ readings }) => readings);
const FILE = fileOf([
  ...all.map((one, index) => ({ ...one, value: index, ...(one.peer ? {} : { peer: { name: 'a peer', value: 3 } }) })),
  reading({ name: 'absent', why: 'there is no | tool' }),
]);

describe('the page', () => {
  const page = readFileSync(join(ROOT, 'docs/benchmarks.md'), 'utf8');

  test('gets the figures between its marks, and keeps what people wrote', () => {
    const written = withResults(page, FILE);
    for (const { name } of FILE.results) expect(written).toContain(`\`${name}\``);
    expect(written).toContain('there is no \\| tool');
    expect(withResults(written, FILE)).toBe(written);
    expect(written.slice(written.indexOf('## Reasons'))).toBe(page.slice(page.indexOf('## Reasons')));
  });

  test('has reasons for every goal that a figure may miss', () => {
    const goals = new Set(all.map(({ goal }) => goal?.number).filter((number) => number !== undefined));
    for (const number of goals) expect(page).toContain(`### Goal ${number}\n`);
  });

  test('without marks is refused', () => {
    expect(() => withResults('# Benchmarks\n', FILE)).toThrow('the page needs the lines');
  });
});

describe('the plot', () => {
  const svg = plot(FILE);

  test('is XML with every measure and its unit in it', () => {
    const checked = spawnSync(
      'python3',
      ['-c', 'import sys, xml.dom.minidom as m; m.parseString(sys.stdin.buffer.read())'],
      { input: svg },
    );
    if (checked.error === undefined) expect(checked.stderr.toString()).toBe('');
    expect(svg.match(/<text\b/g)?.length).toBe(svg.match(/<\/text>/g)?.length);
    for (const { name, unit } of FILE.results) {
      expect(svg).toContain(name);
      expect(svg).toContain(unit);
    }
    expect(svg).toContain('not measured here');
  });

  test('has no background of its own', () => {
    expect(svg).not.toMatch(/<rect[^>]*fill="(#fff|white)/);
  });
});

test('names of figures are used once', () => {
  const names = all.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('what is in an image belongs to the module in the home of its function', () => {
  const slot = (next: number | undefined, id: string, kind: string, value: string): string =>
    `/* 0000 */\t{ ${next === undefined ? 'NULL' : `(txSlot*)&gxHeap[${next}]`}, {.ID = ${id}, .flag = 0x8a, .kind = XS_${kind}_KIND}, .value = ${value} },`;
  const instance = '{ .instance = { NULL, NULL } }';
  const source = [
    '#define mxKeysCount 2',
    'static const txSlot gxHeap[mxHeapCount] = {',
    slot(undefined, 'XS_NO_ID', 'UNDEFINED', '{ .number = 0 }'),
    slot(2, 'XS_NO_ID', 'INSTANCE', instance),
    slot(undefined, '77 /* core/a */', 'REFERENCE', '{ .reference = (txSlot*)&gxHeap[3] }'),
    slot(undefined, 'XS_NO_ID', 'INSTANCE', instance),
    // A function of core/a: its instance, code and home.
    slot(5, 'XS_NO_ID', 'INSTANCE', instance),
    slot(6, 'XS_NO_ID', 'CODE_X', '{ .code = { (txByte*)"\\x0c\\x01ab", NULL } }'),
    slot(undefined, '0', 'HOME', '{ .home = { NULL, (txSlot*)&gxHeap[3] } }'),
    slot(undefined, 'xsID_x', 'KEY_X', '{ .key = { "name", 0 } }'),
    '};',
  ].join('\n');
  const { modules } = readRom(source);
  expect(modules.find(({ name }) => name === 'core/a')).toEqual({ name: 'core/a', slots: 4, otherBytes: 5, bytes: 69 });
  expect(modules.find(({ name }) => name === 'names of properties')).toMatchObject({ slots: 1, otherBytes: 5 + 8 });
});
