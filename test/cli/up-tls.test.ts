import { describe, expect, it } from 'vitest';
import { usePrograms } from '../support/programs.js';

describe('smartlink up --tls', () => {
  const programs = usePrograms();
  const up = (...args: string[]) =>
    programs.start('up', ...args, '--data', programs.path, '--api-port', '0', '--mqtt-port', '0', '--json');

  it('has its boards online over TLS, and a later start without it says why they stay away', async () => {
    const first = up('--tls', '--boards', '2');
    expect((await first.ready()).boards).toHaveLength(2);
    expect(await first.end()).toMatchObject({ code: 0 });

    const second = up('--boards', '1');
    const why = 'environment dev has lost its CA: it was secured before, and is never used in the clear again';
    await expect.poll(() => second.stderr, { timeout: 10_000 }).toContain(why);
    expect(await second.end()).toMatchObject({ code: 0 });

    const third = up('--tls', '--boards', '2');
    expect((await third.ready()).boards).toHaveLength(2);
  });
});
