import { connectAsync } from 'mqtt';
import { describe, expect, test } from 'vitest';
import { withoutMosquitto } from '../../support/mosquitto.js';
import { CA, server, TestPki } from '../../support/pki.js';
import { freePort } from '../../support/ports.js';
import { onCleanup, startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { answering, broker, cloudOver } from './stage.js';

describe.skipIf(withoutMosquitto)('the way to a broker', () => {
  test('goes by the next address where one does not answer', async () => {
    const { url } = await broker();
    const t = await startCloud({ externalBroker: { urls: [`mqtt://127.0.0.1:${await freePort()}`, url] } });
    expect(await t.untilLogged('broker_connected')).toMatchObject({ data: { url } });
  });

  test('is encrypted where the address says so, with whom the CA vouches for alone', async () => {
    const pki = new TestPki();
    onCleanup(() => pki.close());
    const ca = pki.issue({ subject: 'ca', extensions: CA });
    const own = pki.issue({ subject: 'broker', extensions: server('IP:127.0.0.1') }, ca);
    const port = await freePort();
    const mosquitto = await broker([`listener ${port} 127.0.0.1`, `certfile ${own.file}`, `keyfile ${own.keyFile}`]);
    const url = `mqtts://127.0.0.1:${port}`;
    const t = await cloudOver({ url }, { broker: { ca: ca.pem, boardUrls: [mosquitto.url, url] } });
    const activation = await t.activate();
    expect(activation.mqtt).toMatchObject({ port: mosquitto.port, portTLS: port });
    await answering(t, activation);
    await expect(cloudOver({ url })).rejects.toMatchObject({ code: 'broker_unreachable' });
  });

  test('has the calls of the cloud to itself in the order of what boards say, who say it at QoS 1', async () => {
    const { url } = await broker();
    const other = await connectAsync(url);
    onCleanup(() => other.endAsync(true));
    const called = new Promise<number>((resolve) => other.once('message', (_topic, _payload, { qos }) => resolve(qos)));
    await other.subscribeAsync('/sys/smartlink-cloud/+/thing/service/echo', { qos: 1 });
    await cloudOver({ url });
    expect(await called).toBe(1);
  });

  test('is that of this data alone: clouds with other data are beside it, and it has its name again after a restart', async () => {
    const mosquitto = await broker();
    const dataDir = temporaryDirectory();
    const nameOf = async (t: TestCloud) => (await t.untilLogged('broker_connected')).data?.['clientId'];
    const first = await cloudOver(mosquitto, { dataDir });
    const others = [await cloudOver(mosquitto, { dataDir: temporaryDirectory() }), await cloudOver(mosquitto)];
    const names = await Promise.all([first, ...others].map(nameOf));
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^smartlink-cloud-[0-9a-f]{6}-0$/);
    const activation = await first.activate();
    const { board } = await answering(first, activation);
    expect([first, ...others].flatMap(({ logged }) => logged).filter(({ name }) => name === 'broker_lost')).toEqual([]);
    await board.end();
    await first.cloud.close();
    expect(await nameOf(await cloudOver(mosquitto, { dataDir }))).toBe(names[0]);
  });
});
