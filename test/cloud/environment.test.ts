import { X509Certificate } from 'node:crypto';
import { request } from 'node:http';
import { describe, expect, test } from 'vitest';
import { matches, startCloud } from './support/fixture.js';
import { caOf, run, startTlsCloud } from './support/tls.js';

/** What a cloud says of itself to who calls it by this host. */
function ask(url: string, host: string): Promise<{ status: number; body: { data: unknown } }> {
  return new Promise((resolve, reject) => {
    request(`${url}/env`, { headers: { host } }, (response) => {
      let text = '';
      response.on('data', (data) => {
        text += data;
      });
      response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(text) }));
    })
      .on('error', reject)
      .end();
  });
}

/** A dev cloud serves every environment itself. */
const allServedHere = (table: object) => ({ release: table, test: table, dev: table });

describe('GET /env', () => {
  test('says the environment, and under which URL each listener answers', async () => {
    const { cloud } = await startTlsCloud({ wsPort: 0, environmentName: 'test' });
    const answer = await ask(cloud.apiUrl, '127.0.0.1');
    matches('environment', { status: answer.status, headers: new Headers(), body: answer.body });
    const { apiUrl, mqttUrl, wsUrl, tls } = cloud;
    expect(answer.body.data).toEqual({
      environment: 'test',
      urls: {
        api: apiUrl,
        https: tls.httpsUrl,
        mqtt: mqttUrl,
        mqtts: tls.mqttsUrl,
        mtls: tls.mtlsUrl,
        ws: wsUrl,
        wss: tls.wssUrl,
        ca: `${apiUrl}/ca.pem`,
      },
      environments: allServedHere({ api: apiUrl, mqtt: tls.mtlsUrl, sso: apiUrl, file: `${apiUrl}/api/midpfilec` }),
      userDomain: expect.stringMatching(/^C\.DM\.\d{5}\.1$/),
      caFingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
  });

  test('says it for the host that the caller used, or the public host', async () => {
    const plain = await startCloud();
    const open = await startCloud({ publicHost: 'cloud.example' });
    const mqtt = async ({ cloud }: typeof plain, host: string) =>
      ((await ask(cloud.apiUrl, host)).body.data as { urls: { mqtt: string } }).urls.mqtt;
    expect(await mqtt(plain, 'my-pc.local:99')).toBe(`mqtt://my-pc.local:${plain.cloud.mqttPort}`);
    expect(await mqtt(plain, '[::1]:99')).toBe(`mqtt://[::1]:${plain.cloud.mqttPort}`);
    expect(await mqtt(open, 'my-pc.local:99')).toBe(`mqtt://cloud.example:${open.cloud.mqttPort}`);
  });

  test('leaves out what is not served', async () => {
    const { cloud } = await startCloud();
    const { data } = (await ask(cloud.apiUrl, '127.0.0.1')).body;
    expect(data).toEqual({
      environment: 'dev',
      urls: { api: cloud.apiUrl, mqtt: cloud.mqttUrl },
      environments: allServedHere({
        ...{ api: cloud.apiUrl, mqtt: cloud.mqttUrl },
        ...{ sso: cloud.apiUrl, file: `${cloud.apiUrl}/api/midpfilec` },
      }),
      userDomain: cloud.userDomain.domain,
    });
    expect((await fetch(`${cloud.apiUrl}/ca.pem`)).status).toBe(404);
  });
});

describe('GET /ca.pem', () => {
  test('is the certificate that clients are to trust, and nothing of its key', async () => {
    const t = await startTlsCloud();
    const { cloud } = t;
    const response = await fetch(`${cloud.apiUrl}/ca.pem`);
    expect(response.headers.get('content-type')).toBe('application/x-pem-file');
    const pem = await response.text();
    expect(pem).toBe(caOf(t));
    const { data } = (await ask(cloud.apiUrl, '127.0.0.1')).body;
    expect(new X509Certificate(pem).fingerprint256).toBe((data as { caFingerprint: string }).caFingerprint);
  });

  test('is read over HTTPS, too, by who has it', async () => {
    const t = await startTlsCloud();
    const { httpsUrl, caFile } = t.cloud.tls;
    expect(await run('curl', '-sS', '--cacert', caFile, `${httpsUrl}/ca.pem`)).toEqual({ code: 0, output: caOf(t) });
  });
});
