import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shippedProducts } from '../../host-sim/products/load.js';
import { freePorts } from '../support/ports.js';
import type { Program } from '../support/program.js';
import { usePrograms } from '../support/programs.js';
import { RealNetwork } from '../support/real-network.js';
import { ScriptedCloud } from '../support/scripted-cloud.js';
import { expectCleanEnd } from '../support/timed.js';

describe('a broker that takes in everything and answers nothing any more', () => {
  const programs = usePrograms();
  let network: RealNetwork;
  let cloud: ScriptedCloud;

  beforeEach(async () => {
    network = new RealNetwork();
    const [apiPort, mqttPort] = await freePorts(2);
    cloud = new ScriptedCloud(network, { apiHost: '127.0.0.1', apiPort, mqttHost: '127.0.0.1', mqttPort });
  });

  afterEach(() => network.close());

  /** The shipped servo, but one that turns as slowly as a product may. */
  function slowServo(): string {
    const servo = structuredClone(shippedProducts().find(({ productKey }) => productKey === 'SW-SERVO-001'))!;
    const outputs = servo.outputs.map((output) => ({ ...output, speedDegPerS: 10 }));
    const path = join(programs.path, 'slow.json');
    writeFileSync(path, JSON.stringify({ ...servo, outputs }));
    return path;
  }

  async function online(product: string): Promise<Program> {
    const program = programs.start(
      'board',
      '--cloud',
      cloud.apiUrl,
      '--product',
      product,
      '--data',
      programs.path,
      '--json',
    );
    await program.ready();
    return program;
  }

  it('does not keep boards from stopping within 3 s', async () => {
    const running = await online('SW-SERVO-001');
    cloud.drop('freeze');
    await expectCleanEnd(running);
  });

  // The farewell (1 s) and the end of the motion (2 s) have to go on side by side.
  it('does not keep a board from it either whose slow servo is moving', async () => {
    const running = await online(slowServo());
    cloud.command('1', { angle: 180 });
    // Accepted: the servo is on its way.
    await expect.poll(() => cloud.on(cloud.topic('thing/service/property/set_reply')).length).toBe(1);
    cloud.drop('freeze');
    await expectCleanEnd(running);
  });
});
