import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Program, temporaryFolder } from '../support/program.js';

describe('what the program says when something is wrong', () => {
  let folder: ReturnType<typeof temporaryFolder>;

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(() => folder.remove());

  async function fails(exitCode: number, ...args: string[]): Promise<string> {
    const program = new Program(args);
    const { code } = await program.exited;
    expect(program.stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(exitCode);
    return program.stderr.trim();
  }

  it.each([
    ['an unknown command', ['fly'], /unknown command 'fly'/],
    ['an unknown flag', ['up', '--fast'], /unknown option '--fast'/],
    ['a port out of range', ['up', '--api-port', '70000'], /--api-port.*0 to 65535/],
    ['a number that is none', ['up', '--boards', 'many'], /--boards.*whole number/],
    ['a data folder without a name', ['up', '--data', ''], /--data.*must name a folder/],
    ['no data folder of a cloud', ['cloud', '--data='], /--data.*must name a folder/],
    ['no data folder of boards', ['board', '--data', ' '], /--data.*must name a folder/],
    ['an unknown environment', ['up', '--environment', 'moon'], /release, test, dev/],
    ['an unknown engine', ['board', '--engine', 'jvm'], /node, xs/],
    ['an address others can reach', ['up', '--host', '0.0.0.0'], /--insecure/],
    ['an address that boards cannot call', ['up', '--host', '::1'], /--host ::1: boards speak IPv4 alone/],
    ['a public host that is none', ['up', '--public-host', 'a b'], /--public-host.*host name or an IP address/],
    ['no public host', ['cloud', '--public-host', ''], /--public-host.*host name or an IP address/],
    ['a user without a password', ['cloud', '--user', 'me'], /--user and --password go together/],
    ['a user domain without a secret', ['up', '--user-domain', 'C.DM.1.1'], /--user-domain-secret go together/],
    [
      'a user domain that is none',
      ['cloud', '--user-domain', 'C DM', '--user-domain-secret', 'x'.repeat(44)],
      /--user-domain must be/,
    ],
    [
      'a short secret of a user domain',
      ['cloud', '--user-domain', 'C.DM.1.1', '--user-domain-secret', 'short'],
      /--user-domain-secret must be 16 to 128/,
    ],
    [
      'a broker that is none',
      ['cloud', '--broker', 'http://me:secret@b'],
      /^error: --broker must be an address like (?!.*secret)/,
    ],
    ['a broker with a path', ['up', '--broker', 'mqtt://b/path'], /--broker must be an address/],
    ['a flag of a broker without one', ['cloud', '--board-broker', 'mqtt://b'], /--board-broker goes with --broker/],
    [
      'a broker and a port of the own',
      ['up', '--broker', 'mqtt://b', '--mqtt-port', '1'],
      /--mqtt-port is a port of the own/,
    ],
    [
      'two brokers of a kind for boards',
      ['cloud', '--broker', 'mqtt://b', '--board-broker', 'mqtt://c', '--board-broker', 'mqtt://d'],
      /--board-broker takes one mqtt:\/\/ address/,
    ],
    [
      'a password for boards',
      ['cloud', '--broker', 'mqtt://b', '--board-broker', 'mqtt://u:p@c'],
      /takes no user and no password/,
    ],
    [
      'a password in the clear',
      ['cloud', '--broker', 'mqtt://u:p@b'],
      /mqtt:\/\/b would be told the password in the clear/,
    ],
    [
      'a CA of a broker that is not there',
      ['cloud', '--data', ':memory:', '--broker', 'mqtts://127.0.0.1', '--broker-ca', 'none.pem'],
      /--broker-ca none\.pem cannot be read \(ENOENT\)/,
    ],
    ['a hook address without a secret', ['cloud', '--mqtt-hook-from', '10.0.0.1'], /--mqtt-hook-secret go together/],
    [
      'an identity provider that is not there',
      ['cloud', '--data', ':memory:', '--social-provider', 'none.json'],
      /--social-provider none\.json cannot be read \(ENOENT\)/,
    ],
    [
      'an identity provider without an issuer',
      ['up', '--data', ':memory:', '--social-provider', 'package.json'],
      /--social-provider package\.json describes no identity provider: issuer must be/,
    ],
    [
      'an identity provider that is no JSON',
      ['cloud', '--data', ':memory:', '--social-provider', 'README.md'],
      /--social-provider README\.md describes no identity provider: it is not JSON\.$/m,
    ],
    ['a cloud that is no address', ['board', '--cloud', 'cloud.example'], /--cloud cloud\.example/],
    ['a cloud over TLS and no CA', ['board', '--cloud', 'https://cloud.example'], /https: name the CA .* with --ca/],
    ['a CA that is not there', ['board', '--ca', 'none.pem'], /--ca none\.pem cannot be read/],
    ['a CA that is none', ['board', '--ca', 'package.json'], /--ca package\.json holds no certificate\.$/m],
    [
      'the address of the API as it is printed',
      ['board', '--cloud', 'http://127.0.0.1:8080/api/v1'],
      /--cloud http:\/\/127\.0\.0\.1:8080\/api\/v1: leave \/api\/v1 away\.$/m,
    ],
    [
      'environments that are none',
      ['board', '--environments', 'README.md'],
      /--environments README\.md is no JSON object/,
    ],
    ['an update key that is none', ['board', '--update-key', 'README.md'], /README\.md is no public key/],
    ['a serial number for two boards', ['board', '--sn', 'A1', '--boards', '2'], /--sn is for one board/],
    [
      'a board key for two boards',
      ['board', '--board-key', 'ab'.repeat(32), '--boards', '2'],
      /--board-key is for one/,
    ],
    ['a board key that is none', ['board', '--board-key', 'ab'], /--board-key must be 64 hex digits/],
    [
      'a factory record and a serial number',
      ['board', '--factory', 'f', '--sn', 'A1'],
      /--factory says who the board is/,
    ],
    ['a file that is no factory record', ['board', '--factory', 'package.json'], /package\.json is no factory record/],
    ['a factory record that is not there', ['board', '--factory', 'none.bin'], /none\.bin cannot be read \(ENOENT\)/],
    [
      'a terminal for two boards',
      ['board', '--serial', 'stdio', '--boards', '2'],
      /--serial stdio has stdin and stdout/,
    ],
    ['a serial line that is none', ['board', '--serial', 'usb'], /stdio/],
    ['a serial number with a slash', ['board', '--sn', '../A1'], /--sn must be/],
  ])('is one sentence that names %s, and exit code 2', async (_what, args, sentence) => {
    const said = await fails(2, ...args);
    expect(said).toMatch(sentence);
    // The sentence, perhaps a suggestion, and where to find help.
    expect(said.split('\n').length).toBeLessThanOrEqual(3);
  });

  describe('about ports', () => {
    let server: Server;
    let port: number;

    beforeEach(async () => {
      server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      port = (server.address() as { port: number }).port;
    });

    afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

    it.each([
      ['--api-port', '--mqtt-port'],
      ['--mqtt-port', '--api-port'],
      ['--ws-port', '--mqtt-port'],
      ['--https-port', '--mqtt-port'],
      ['--mqtts-port', '--mqtt-port'],
      ['--mtls-port', '--mqtt-port'],
    ])('names the port that is taken and its flag, %s', async (flag, other) => {
      const api = flag === '--mqtt-port' || flag === '--api-port' ? [] : ['--api-port', '0'];
      const said = await fails(1, 'up', flag, String(port), other, '0', ...api, '--data', folder.path);
      expect(said).toContain(String(port));
      expect(said).toContain(flag);
    });
  });

  it.each([['up'], ['cloud'], ['board']])('names a data folder that cannot be written (%s)', async (command) => {
    const file = join(folder.path, 'file');
    writeFileSync(file, 'not a folder');
    const ports = command === 'board' ? [] : ['--api-port', '0', '--mqtt-port', '0'];
    for (const data of [file, join(file, 'below'), '/proc/nowhere']) {
      const said = await fails(1, command, ...ports, '--data', data);
      expect(said).toContain(data);
      expect(said).toContain('cannot be written');
    }
  });

  it.each([
    ['that is not there', undefined, /there is no such file/],
    ['that is not JSON', '{"productKey":', /not JSON/],
    ['that is no object', '[]', /JSON object/],
    ['with a wrong field', '{"productKey":"A B"}', /productKey/],
  ])('names the field of a product file %s', async (_what, content, sentence) => {
    const file = join(folder.path, 'product.json');
    if (content !== undefined) writeFileSync(file, content);
    expect(await fails(1, 'board', '--product', file, '--data', folder.path)).toMatch(sentence);
  });

  it('says it on stdout too for a script', async () => {
    const program = new Program(['up', '--data', '/proc/nowhere', '--api-port', '0', '--mqtt-port', '0', '--json']);
    expect((await program.exited).code).toBe(1);
    expect(program.lines).toEqual([
      { event: 'error', code: 'data_dir_unwritable', message: expect.stringContaining('/proc/nowhere') },
    ]);
  });

  it('refuses a second cloud on the same data folder', async () => {
    const first = new Program(['cloud', '--data', folder.path, '--api-port', '0', '--mqtt-port', '0', '--json']);
    await first.ready();
    expect(await fails(1, 'cloud', '--data', folder.path, '--api-port', '0', '--mqtt-port', '0')).toContain(
      'Another cloud',
    );
    expect(await first.end()).toEqual({ code: 0, signal: null });
  });

  it('helps with examples, and exits 0', async () => {
    for (const args of [
      ['--help'],
      ['up', '--help'],
      ['cloud', '--help'],
      ['board', '--help'],
      ['ca', '--help'],
      ['--version'],
    ]) {
      const program = new Program(args);
      expect((await program.exited).code).toBe(0);
      expect(program.stdout).toMatch(args.includes('--version') ? /^\d+\.\d+\.\d+/ : /Examples?:\n {2}smartlink/);
    }
  });
});
