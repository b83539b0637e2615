import { setTimeout } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, it, onTestFailed } from 'vitest';
import { type Mosquitto, startMosquitto, withoutMosquitto } from '../support/mosquitto.js';
import { freePorts } from '../support/ports.js';
import { BOARDS, PROCESSES, Trial } from './support/trial.js';

const STEADY_MS = 5_000;
const DOWN_MS = 3_000;
/** What the boards say while the cloud is away, or comes back later than they, is more than the 1,000 of the default. */
const QUEUED = 'max_queued_messages 100000';

describe.skipIf(withoutMosquitto).each([
  {
    name: 'Mosquitto that keeps what it has on disk',
    config: (folder: string) => ['persistence true', `persistence_location ${folder}/`, 'autosave_interval 2', QUEUED],
  },
  { name: 'Mosquitto that forgets everything', config: () => ['persistence false', QUEUED] },
])(`${BOARDS} boards on $name`, ({ name, config }) => {
  let broker: Mosquitto;
  let trial: Trial;

  beforeAll(async () => {
    const [brokerPort, ...apiPorts] = (await freePorts(1 + PROCESSES)) as [number, ...number[]];
    broker = await startMosquitto(config, brokerPort);
    trial = await Trial.start(`${BOARDS} boards on ${name}`, {
      apiPorts,
      startEveryMs: 10,
      atOnce: BOARDS,
      flags: ['--broker', `mqtt://127.0.0.1:${brokerPort}`],
      env: {},
    });
  });

  afterAll(async () => {
    trial?.report();
    await trial?.stop();
    await broker?.stop();
  });

  const tellLogs = (): void =>
    onTestFailed(() => {
      console.log(`${trial.clouds.logTail()}\n${broker.logTail()}`);
    });

  it('keeps every promise while the broker is killed and comes back, though boards vanish with it', async () => {
    tellLogs();
    trial.phase('before');
    await setTimeout(STEADY_MS);
    await trial.upsetWithPowerCuts('the broker is killed, and started 3 s later', async () => {
      await broker.kill();
      await setTimeout(DOWN_MS);
      await broker.start();
    });
    trial.phase('after it');
    await setTimeout(STEADY_MS);
    await trial.allOnline();
  });

  it('has lost no command that was answered 200, and doubled none', async () => {
    tellLogs();
    await trial.verdict();
  });

  it('believes no retained message', async () => {
    tellLogs();
    await trial.checkRetained(async (lies, clientIds) => {
      for (const clientId of [...clientIds, 'liar']) {
        const client = await connectAsync({ host: '127.0.0.1', port: broker.port, clientId, clean: true });
        if (clientId === 'liar') {
          for (const { topic, payload } of lies) await client.publishAsync(topic, payload, { qos: 1, retain: true });
        }
        await client.endAsync();
      }
    });
  });
});
