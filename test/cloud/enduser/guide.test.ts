import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { DEVICE } from '../../../host-sim/cloud/dialects/enduser/device-view.js';
import { endUserCode } from '../../../host-sim/cloud/dialects/enduser/envelope.js';
import { END_USER_OPERATIONS } from '../../../host-sim/cloud/dialects/enduser/services.js';
import { ERROR_STATUS } from '../../../host-sim/cloud/errors.js';
import { startCloud, temporaryDirectory } from '../support/fixture.js';

const text = readFileSync(new URL('../../../docs/end-user-api.md', import.meta.url), 'utf8');
const scripts = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, script]) => script!);

describe('the page about the end-user OpenAPI', () => {
  test('shows commands of openssl and curl that register, log in, find a board and move it', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const board = await t.online(await t.activate());
    const [prepare, send, register, move] = scripts.map((script) =>
      script.replace('http://127.0.0.1:8080', t.cloud.apiUrl).replace('DATA=.smartlink', `DATA='${dataDir}'`),
    );
    const run = async (...parts: (string | undefined)[]) =>
      (await promisify(execFile)('bash', ['-euc', parts.join('\n')])).stdout;
    const sent = t.next('codeSent');
    expect(JSON.parse(await run(prepare, send))).toEqual({ code: 200, msg: '', data: null, extMsg: null });
    const withCode = register!.replace('606754', (await sent).code);
    expect(await run(prepare, withCode, move)).toMatch(/^\{"code":200,.*"uid":"C\d+".*\{"code":200,.*"reply":null/);
    expect((await board.next()).payload.params).toMatchObject({ action: 'toggle', position: 'up' });
  });

  test('names every call', () => {
    for (const route of Object.keys(END_USER_OPERATIONS)) expect(text).toContain(`| \`${route}\` |`);
  });

  test('says of every field of a device what the reference says', () => {
    for (const [name, schema] of Object.entries(DEVICE.properties)) {
      expect(text).toMatch(new RegExp(`^\\| \`${name}\` \\| [^|]+ \\| `, 'm'));
      expect(text).toContain(`| ${(schema as { description: string }).description} |`);
    }
  });

  test('has every error in its table, by its code', () => {
    for (const word of Object.values(END_USER_OPERATIONS).flatMap(({ errors }) => errors)) {
      const row = text.split('\n').find((line) => line.startsWith(`| ${endUserCode(word, ERROR_STATUS[word])} |`));
      expect(row).toContain(`\`${word}`);
    }
  });
});
