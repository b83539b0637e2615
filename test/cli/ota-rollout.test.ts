import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonLine } from '../support/program.js';
import { usePrograms } from '../support/programs.js';
import { runOta } from './ota-in-process.js';

describe('smartlink ota with a dev cloud and its boards', () => {
  const programs = usePrograms();
  const file = (name: string): string => join(programs.path, name);

  async function told(...args: string[]): Promise<JsonLine> {
    const { error, lines } = await runOta(...args, '--json');
    expect(error).toBeUndefined();
    return lines.at(-1)!;
  }

  const pack = (version: string, key: string, ...more: string[]): Promise<JsonLine> =>
    told(
      ...['pack', '--simulator', '--product', 'SW-SERVO-001', '--firmware-version', version, '--key', file(key)],
      ...['--out', file(`${version}.slfw`), ...more],
    );
  const knows = (...keys: string[]): string[] => keys.flatMap((key) => ['--update-key', `${key}.pem.pub`]);

  it('brings a key to boards, after which they take nothing by the old one, and says why', async () => {
    await Promise.all(['a', 'b'].map((name) => told('keygen', '--out', file(`${name}.pem`))));
    const data = ['--data', file('data')];
    const boards = ['--boards', '2', '--skip-provisioning', ...knows(`0=${file('a')}`)];
    const up = programs.start('up', ...data, '--api-port', '0', '--mqtt-port', '0', '--json', ...boards);
    const ready = await up.ready();
    const cloud = ['--cloud', String(ready['https']), '--ca', String(ready['ca']), ...data];
    const rollOut = async (version: string) => {
      const { packageId } = await told('publish', file(`${version}.slfw`), ...cloud);
      return runOta('campaign', 'create', '--package', String(packageId), '--watch', '--json', ...cloud);
    };

    await pack('1.1.0', 'a.pem', ...knows(`0=${file('a')}`, `1=${file('b')}`), '--require', '1');
    const rotated = await rollOut('1.1.0');
    expect(rotated.error).toBeUndefined();
    expect(rotated.lines.at(-1)).toMatchObject({ status: 'completed', boards: { total: 2, updated: 2 } });

    await pack('1.2.0', 'a.pem');
    const refused = await rollOut('1.2.0');
    expect(refused.error).toMatchObject({ code: 'campaign_aborted', exitCode: 1 });
    expect(refused.lines.at(-1)).toMatchObject({ status: 'aborted', boards: { total: 2, failed: 2 } });
    const { campaignId, devices } = refused.lines.at(-1) as { campaignId: string; devices: { desc: string }[] };
    expect(devices.map(({ desc }) => desc)).toEqual(Array(2).fill(expect.stringContaining('signature of key 1')));
    const { stdout } = await runOta('campaign', 'show', campaignId, ...cloud);
    expect(stdout.match(/failed \(checksum or signature\): signature_missing/g)).toHaveLength(2);

    await pack('1.3.0', 'b.pem', '--key-id', '1', ...knows(`1=${file('b')}`));
    expect((await rollOut('1.3.0')).error).toBeUndefined();
    expect((await runOta('campaign', 'list', '--json', ...cloud)).lines).toMatchObject([
      { version: '1.3.0', status: 'completed' },
      { version: '1.2.0', status: 'aborted' },
      { version: '1.1.0', status: 'completed' },
    ]);
    expect((await runOta('campaign', 'pause', campaignId, ...cloud)).error).toMatchObject({ code: 'campaign_ended' });
  });
});
