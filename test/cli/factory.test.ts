import { mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FACTORY_OFFSET } from '../../host-sim/cli/factory.js';
import { labelSvg, wifiCode } from '../../host-sim/cli/label-files.js';
import { ENVELOPE_BYTES, sealedLength } from '../../src/core/record-envelope.js';
import { usePrograms } from '../support/programs.js';

describe('smartlink factory', () => {
  const programs = usePrograms();
  const factory = (...args: string[]) => programs.start('factory', '--out', programs.path, ...args);
  const file = (name: string): string => join(programs.path, name);

  it('makes a sealed record and a label that say the same, for nobody but their owner to read', async () => {
    const program = factory('--sn', '24A160C0FFEE', '--json');
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expect(program.lines).toEqual([
      {
        event: 'factory',
        deviceSN: '24A160C0FFEE',
        ssid: 'SmartLink-FFEE',
        offset: FACTORY_OFFSET,
        record: file('24A160C0FFEE.bin'),
        labelText: file('24A160C0FFEE.txt'),
        labelSvg: file('24A160C0FFEE.svg'),
      },
    ]);
    const record = readFileSync(file('24A160C0FFEE.bin'));
    expect(sealedLength(record)).toBe(record.length - ENVELOPE_BYTES);
    const { serial, pop, ...rest } = JSON.parse(record.toString('utf8', ENVELOPE_BYTES));
    expect([serial, rest]).toEqual(['24A160C0FFEE', {}]);
    expect(pop).toMatch(/^[A-HJ-NP-Z2-9]{12}$/);
    expect(readFileSync(file('24A160C0FFEE.txt'), 'utf8')).toContain(`WIFI:T:WPA;S:SmartLink-FFEE;P:${pop};;`);
    expect(readFileSync(file('24A160C0FFEE.svg'), 'utf8')).toContain(`>${pop}</text>`);
    for (const name of ['bin', 'txt', 'svg']) expect(statSync(file(`24A160C0FFEE.${name}`)).mode & 0o777).toBe(0o600);
    expect(program.stdout + program.stderr).not.toContain(pop);
  });

  it('never replaces what it has made, and says so in one sentence', async () => {
    await factory('--sn', 'A1').exited;
    const before = readFileSync(file('A1.bin'));
    const again = factory('--sn', 'A1');
    expect((await again.exited).code).toBe(1);
    expect(again.stderr).toMatch(/A1\.bin exists: .* --out\.\n$/);
    expect(readFileSync(file('A1.bin'))).toEqual(before);
  });

  it.each([
    ['no serial number', [], /--sn/],
    ['one that is a path', ['--sn', '../A1'], /--sn must be 1 to 64 letters/],
  ])('refuses %s', async (_what, args, sentence) => {
    const program = factory(...args);
    expect((await program.exited).code).toBe(2);
    expect(program.stderr).toMatch(sentence);
  });

  it('gives each board another proof', async () => {
    await Promise.all([factory('--sn', 'A1').exited, factory('--sn', 'A2').exited]);
    const [one, other] = ['A1.txt', 'A2.txt'].map(
      (name) => /Password +(\S+)/.exec(readFileSync(file(name), 'utf8'))?.[1],
    );
    expect(one).not.toBe(other);
  });

  it('is what a simulated board starts from, too: its label is the one of the record', async () => {
    await factory('--sn', 'A1').exited;
    const pop = /Password +(\S+)/.exec(readFileSync(file('A1.txt'), 'utf8'))![1];
    const flash = file('boards/SW-SERVO-001/A1');
    mkdirSync(flash, { recursive: true });
    renameSync(file('A1.bin'), join(flash, 'factory'));
    const cloud = ['--cloud', 'http://127.0.0.1:1', '--data', programs.path];
    const board = programs.start('board', ...cloud, '--sn', 'A1', '--no-set-up', '--json');
    const { label } = await board.line((line) => line.event === 'setup');
    expect(label).toEqual({ ssid: 'SmartLink-A1', password: pop });
    await board.end();
  });
});

describe('a label', () => {
  it('escapes what means something in a Wi-Fi code', () => {
    expect(wifiCode({ ssid: 'a;b,c', password: '\\d:e"f' })).toBe('WIFI:T:WPA;S:a\\;b\\,c;P:\\\\d\\:e\\"f;;');
  });

  it('is one drawing without any other resource', () => {
    const svg = labelSvg({ serial: 'A1', ssid: 'SmartLink-A1', password: 'ABCDEFGHJKLM' });
    expect(svg).not.toMatch(/href|<image|<script|url\(/);
    expect(svg.match(/<text/g)).toHaveLength(4);
  });

  it('goes with a record for the partition that boards have for it', () => {
    const table = readFileSync('src/xs/esp32/partitions.csv', 'utf8');
    expect(/^factory,.*?(0x[0-9A-F]+)/m.exec(table)?.[1]).toBe(FACTORY_OFFSET);
  });
});
