import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mosquitto, startMosquitto, withoutMosquitto } from '../support/mosquitto.js';
import { usePrograms } from '../support/programs.js';
import { timed } from '../support/timed.js';

describe.skipIf(withoutMosquitto)('a cloud over a broker of somebody else’s', () => {
  const programs = usePrograms();
  let mosquitto: Mosquitto;

  beforeEach(async () => {
    mosquitto = await startMosquitto();
  });

  afterEach(() => mosquitto.stop());

  it('says where the broker is, that it admits alone, and no password; its boards are there', async () => {
    const url = mosquitto.url.replace('//', '//me:not-to-be-told@');
    const program = programs.start(
      ...['up', '--data', ':memory:', '--api-port', '0', '--skip-provisioning', '--json'],
      ...['--broker', url],
    );
    const ready = await program.ready();
    expect(ready).toMatchObject({ mqtt: mosquitto.url, boards: [{ productKey: 'SW-SERVO-001' }] });
    expect(ready).not.toHaveProperty('mqtts');
    expect(program.stderr).toContain('broker_admits_alone');
    expect(program.stderr).not.toContain('not-to-be-told');
    expect(await program.end('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('does not start where nobody is told who may connect: the broker has no dynamic security plugin', async () => {
    const program = programs.start(
      ...['cloud', '--data', programs.path, '--api-port', '0', '--json'],
      ...['--broker', mosquitto.url, '--broker-dynamic-security'],
    );
    const { result, tookMs } = await timed(() => program.exited, program.child.pid);
    expect(result).toEqual({ code: 1, signal: null });
    expect(tookMs).toBeLessThan(14_000);
    const message = expect.stringMatching(/nobody answers on \$CONTROL.* in 10 s: load .*--broker-dynamic-security/);
    expect(program.lines).toEqual([{ event: 'error', code: 'broker_not_controlled', message }]);
  });
});
