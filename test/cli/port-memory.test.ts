import { afterEach, describe, expect, it } from 'vitest';
import { type Mosquitto, startMosquitto, withoutMosquitto } from '../support/mosquitto.js';
import { keepPorts } from '../support/ports.js';
import type { JsonLine } from '../support/program.js';
import { usePrograms } from '../support/programs.js';

const LISTENERS = ['api', 'https', 'mqtt', 'mqtts', 'mtls', 'ws'] as const;

describe('a cloud that may take any port', () => {
  const programs = usePrograms();
  let mosquitto: Mosquitto | undefined;
  afterEach(async () => {
    await mosquitto?.stop();
    mosquitto = undefined;
  });

  async function addresses(...over: string[]): Promise<JsonLine> {
    const program = programs.start('cloud', '--api-port', '0', ...over, '--data', programs.path, '--json');
    const ready = await program.ready();
    expect(await program.end()).toEqual({ code: 0, signal: null });
    return Object.fromEntries(LISTENERS.map((name) => [name, ready[name]]));
  }

  it('has each of its listeners where it was when it starts again: its boards know nothing else', async () => {
    await keepPorts(programs.path);
    const first = await addresses('--mqtt-port', '0');
    expect(Object.values(first)).not.toContain(undefined);
    expect(await addresses('--mqtt-port', '0')).toEqual(first);
  });

  it.skipIf(withoutMosquitto)('has its own broker there, too, after it was over one of somebody else’s', async () => {
    await keepPorts(programs.path);
    mosquitto = await startMosquitto();
    const first = await addresses('--mqtt-port', '0');
    expect(await addresses('--broker', mosquitto.url)).toMatchObject({ api: first['api'], mqtt: mosquitto.url });
    expect(await addresses('--mqtt-port', '0')).toEqual(first);
  });
});
