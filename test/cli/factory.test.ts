import { createHmac, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FACTORY_OFFSET } from '../../host-sim/cli/factory.js';
import { readFactoryFile } from '../../host-sim/cli/factory-file.js';
import { labelSvg, wifiCode } from '../../host-sim/cli/label-files.js';
import { shippedDefinition } from '../../host-sim/products/load.js';
import { ENVELOPE_BYTES, sealedLength } from '../../src/core/record-envelope.js';
import { Program } from '../support/program.js';
import { usePrograms } from '../support/programs.js';

/** What a board reads in a record's file. */
const recordIn = readFactoryFile;

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

  it('leaves nothing where the disk is full, and says where to go instead', async () => {
    // The record fits, the label does not: no file may have more than 2 KiB.
    const limited = ['sh', '-c', 'ulimit -f 4 && exec "$0" "$@"', process.execPath, 'dist/smartlink.js'];
    const program = new Program(['factory', '--out', programs.path, '--sn', 'A1'], {}, limited);
    expect((await program.exited).code).toBe(1);
    expect(program.stderr).toMatch(/A1\.svg cannot be written \(EFBIG\): .* --out\.\n$/);
    expect(readdirSync(programs.path)).toEqual([]);
    expect((await factory('--sn', 'A1').exited).code).toBe(0);
    const blocked = programs.start('factory', '--out', file('A1.bin'), '--sn', 'A2');
    expect((await blocked.exited).code).toBe(1);
    expect(blocked.stderr).toMatch(/A1\.bin cannot be made a folder \(EEXIST\): .* --out\.\n$/);
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

  it('derives the board key from the secret of a product at another cloud, and tells neither', async () => {
    const secret = `ps_${'5e'.repeat(32)}`;
    writeFileSync(file('secret'), `${secret}\n`);
    const program = factory('--sn', 'A1', '--product-secret-file', file('secret'));
    expect((await program.exited).code).toBe(0);
    const boardKey = createHmac('sha256', secret).update('A1').digest('hex');
    expect(recordIn(file('A1.bin'))).toMatchObject({ serial: 'A1', boardKey });
    const said = program.stdout + program.stderr + readFileSync(file('A1.txt')) + readFileSync(file('A1.svg'));
    expect([said.includes(boardKey), said.includes(secret)]).toEqual([false, false]);
  });

  it.each([
    ['a secret and a cloud', ['--product', 'P', '--product-secret-file', 'f'], 2, /leave --product-secret-file away/],
    ['a secret that is none', ['--product-secret-file', 'package.json'], 2, /must hold the product’s secret/],
    ['a secret that is not there', ['--product-secret-file', 'none'], 2, /none cannot be read \(ENOENT\)/],
    ['a folder without a cloud', ['--product', 'P', '--data', 'test'], 1, /there is no CA in test: "smartlink up"/],
  ])('refuses %s, and makes nothing', async (_what, args, code, sentence) => {
    const program = factory('--sn', 'A1', ...args);
    expect((await program.exited).code).toBe(code);
    expect(program.stderr).toMatch(sentence);
    expect(existsSync(file('A1.bin'))).toBe(false);
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

describe('smartlink factory at a cloud', () => {
  const programs = usePrograms();
  const file = (name: string): string => join(programs.path, name);
  const cloud = (...args: string[]) =>
    programs.start('cloud', ...args, '--data', programs.path, '--api-port', '0', '--mqtt-port', '0', '--json');
  const factory = (...args: string[]) =>
    programs.start('factory', '--out', file('out'), '--data', programs.path, '--json', ...args);

  /** A cloud that has run once, with a product that its definition makes signed. */
  async function makeCloud(): Promise<string> {
    const definition = { ...shippedDefinition('SW-SERVO-001'), productKey: 'MY-SIGNED-1', activationMode: 'signed' };
    writeFileSync(file('signed.json'), JSON.stringify(definition));
    const up = programs.start(
      ...['up', '--product', file('signed.json'), '--data', programs.path],
      ...['--api-port', '0', '--mqtt-port', '0', '--skip-provisioning', '--json'],
    );
    const { boards } = (await up.ready()) as unknown as { boards: { deviceId: string }[] };
    expect(boards[0]?.deviceId).toMatch(/^dev_/);
    await up.end();
    return file('signed.json');
  }

  it('registers the board, and puts key, certificate and CA into its record: with it a board comes online', async () => {
    const product = await makeCloud();
    const made = factory('--sn', 'A1', '--product', 'MY-SIGNED-1');
    expect(await made.exited).toEqual({ code: 0, signal: null });
    const { deviceId, certificate, ...told } = made.lines[0]!;
    expect(told).toEqual({
      event: 'factory',
      deviceSN: 'A1',
      ssid: 'SmartLink-A1',
      offset: FACTORY_OFFSET,
      record: file('out/A1.bin'),
      labelText: file('out/A1.txt'),
      labelSvg: file('out/A1.svg'),
    });
    const record = recordIn(file('out/A1.bin'));
    expect(record).toEqual(JSON.parse(readFileSync(file('out/A1.bin')).toString('utf8', ENVELOPE_BYTES)));
    const own = new X509Certificate(Buffer.from(record.certificate![0]!, 'base64'));
    const ca = new X509Certificate(readFileSync(file('ca.pem')));
    expect(own.subject).toContain(`CN=${deviceId}`);
    expect([own.serialNumber, own.verify(ca.publicKey)]).toEqual([certificate, true]);
    expect(record.anchors).toEqual([ca.raw.toString('base64')]);
    const said = made.stdout + made.stderr + readFileSync(file('out/A1.txt')) + readFileSync(file('out/A1.svg'));
    for (const secret of [record.boardKey!, record.key!]) expect(said.includes(secret)).toBe(false);

    const { api, https } = await cloud().ready();
    const flags = ['--product', product, '--cloud', String(api), '--skip-provisioning', '--json'];
    // Its record holds the CA: no flag has to name one.
    const overTls = ['--cloud', String(https), '--factory', file('out/A1.bin'), '--data', file('other')];
    const board = programs.start('board', ...flags, ...overTls);
    expect((await board.ready())['boards']).toEqual([{ deviceId, productKey: 'MY-SIGNED-1', deviceSN: 'A1' }]);
    await board.end();

    const bare = programs.start('board', ...flags, '--board-key', record.boardKey!, '--sn', 'A1', '--data', ':memory:');
    expect((await bare.ready())['boards']).toMatchObject([{ deviceId }]);
    await bare.end();
  });

  it('says in one sentence why there is nothing: the cloud runs, or has no such product', async () => {
    const running = cloud();
    await running.ready();
    const refused = factory('--sn', 'A1', '--product', 'SW-SERVO-001');
    expect((await refused.exited).code).toBe(1);
    expect(refused.stderr).toMatch(/^error: Another cloud \(process \d+\) is running on the data directory .*\n$/);
    await running.end();
    const unknown = factory('--sn', 'A1', '--product', 'NONE');
    expect((await unknown.exited).code).toBe(1);
    expect(unknown.stderr).toMatch(/^error: the cloud in .* has no product NONE: make it there first.*\n$/);
    expect(existsSync(file('out'))).toBe(false);
  });

  it('takes the id of a board that the cloud knows, and of an open product makes no board key', async () => {
    await cloud().ready();
    await Promise.all(programs.all.map((program) => program.end()));
    const first = factory('--sn', 'A1', '--product', 'SW-SERVO-001');
    await first.exited;
    expect(recordIn(file('out/A1.bin'))).not.toHaveProperty('boardKey');
    rmSync(file('out'), { recursive: true });
    const second = factory('--sn', 'A1', '--product', 'SW-SERVO-001');
    await second.exited;
    expect(second.lines[0]!['deviceId']).toBe(first.lines[0]!['deviceId']);
    expect(second.lines[0]!['certificate']).not.toBe(first.lines[0]!['certificate']);
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
