import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { HEADERS_TIMEOUT_MS } from '../../host-sim/cloud/api/slow-request-guard.js';
import { HANDSHAKE_TIMEOUT_MS, MAX_HANDSHAKES } from '../../host-sim/cloud/tls/tls-listener.js';
import { withoutMosquittoClients } from '../support/mosquitto.js';
import { timed } from '../support/timed.js';
import { connectBoard } from './support/board.js';
import { TestClock } from './support/clock.js';
import { onCleanup } from './support/fixture.js';
import { caOf, run, sClient, startTlsCloud, type TlsCloud } from './support/tls.js';
import { FrameClient } from './support/web-socket.js';

const DAY_MS = 86_400_000;
/** For a cloud whose clock is not the client's. */
const UNCHECKED = { ca: '', rejectUnauthorized: false };

describe('HTTPS', () => {
  test('serves the API to whoever trusts the CA, by every name of the loopback', async () => {
    const { tls } = (await startTlsCloud()).cloud;
    for (const host of ['127.0.0.1', 'localhost']) {
      const url = `https://${host}:${tls.httpsPort}/health`;
      const told = await run('curl', '-sS', '--cacert', tls.caFile, url);
      expect(told).toMatchObject({ code: 0, output: expect.stringContaining('"ok"') });
      // 60: the peer cannot be authenticated.
      expect((await run('curl', '-sS', url)).code).toBe(60);
    }
  });

  test('answers what is no request in the envelope, as HTTP does', async () => {
    const t = await startTlsCloud();
    const socket = connectTls({ port: t.cloud.tls.httpsPort, ca: caOf(t) }, () => socket.write('nonsense\r\n\r\n'));
    const answer = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    expect(answer).toContain('"invalid_parameter"');
    socket.destroy();
  });

  test('tells boards the ports of MQTT over TLS', async () => {
    const t = await startTlsCloud();
    const { deviceId, mqtt, extensions } = await t.activate();
    expect(mqtt.portTLS).toBe(t.cloud.tls.mqttsPort);
    expect(extensions).not.toHaveProperty('mqttPortMTLS');
    // A board that has a certificate is to show it, and one whose certificate was revoked is not led round the listener.
    const { serialNumber } = (await t.as('POST', '/certificates', { deviceId })).body.data;
    expect((await t.activate()).extensions.mqttPortMTLS).toBe(t.cloud.tls.mtlsPort);
    await t.as('DELETE', `/certificates/${serialNumber}`);
    expect((await t.activate()).extensions.mqttPortMTLS).toBe(t.cloud.tls.mtlsPort);
  });

  test('serves the WebSocket at /mqtt, frames and MQTT', async () => {
    const t = await startTlsCloud();
    const options = { ca: caOf(t) };
    const frames = new FrameClient(new WebSocket(t.cloud.tls.wssUrl, options));
    await new Promise((resolve) => frames.socket.once('open', resolve));
    const { token } = (await t.login()).body.data;
    expect(await frames.ask({ action: 'auth', token })).toMatchObject({ code: 200 });

    const activation = await t.activate();
    const board = await connectBoard(t.cloud.tls.wssUrl, activation, { tls: options });
    await board.subscribe(activation.topics.propertySet);
    await board.end();
    frames.socket.terminate();
  });

  test('lets a WebSocket be that is open for longer than a request may take', async () => {
    const clock = new TestClock();
    const t = await startTlsCloud({ environment: clock.environment });
    const frames = new FrameClient(new WebSocket(t.cloud.tls.wssUrl, UNCHECKED));
    await new Promise((resolve) => frames.socket.once('open', resolve));
    await frames.ask({ action: 'auth', token: (await t.login()).body.data.token });
    clock.advance(HEADERS_TIMEOUT_MS);
    expect(await frames.ask({ action: 'ping' })).toMatchObject({ action: 'ping', code: 200 });
    frames.socket.terminate();
  });

  test('tells a WebSocket that the cloud goes away', async () => {
    const t = await startTlsCloud();
    const frames = new FrameClient(new WebSocket(t.cloud.tls.wssUrl, { ca: caOf(t) }));
    await new Promise((resolve) => frames.socket.once('open', resolve));
    await frames.ask({ action: 'auth', token: (await t.login()).body.data.token });
    await t.cloud.close();
    expect(await frames.closed).toBe(1001);
  });

  test('ends requests that are slow, and what is idle with the cloud', async () => {
    const clock = new TestClock();
    const t = await startTlsCloud({ environment: clock.environment });
    const open = async (): Promise<TLSSocket> => {
      const taken = clock.untilTimer(HEADERS_TIMEOUT_MS);
      const socket = connectTls({ port: t.cloud.tls.httpsPort, ...UNCHECKED });
      await Promise.all([taken, new Promise((resolve) => socket.once('secureConnect', resolve))]);
      return socket;
    };
    const slow = await open();
    slow.write('GET /health HTTP/1.1\r\n');
    const answer = new Promise<string>((resolve) => slow.once('data', (data) => resolve(data.toString())));
    clock.advance(HEADERS_TIMEOUT_MS);
    expect(await answer).toMatch(/^HTTP\/1\.1 408/);
    const idle = await open();
    const ended = new Promise((resolve) => idle.once('close', resolve));
    idle.resume();
    await t.cloud.close();
    await ended;
  });

  test('leaves requests on plain HTTP that offer HTTP/2 to the API', async () => {
    const { cloud } = await startTlsCloud();
    const told = await run('curl', '-sS', '--http2', `${cloud.apiUrl}/health`);
    expect(told).toMatchObject({ code: 0, output: expect.stringContaining('"ok"') });
  });
});

describe('MQTT over TLS', () => {
  test.skipIf(withoutMosquittoClients)('serves mosquitto_pub', async () => {
    const t = await startTlsCloud();
    const { mqtt, topics } = await t.activate();
    const login = ['-h', 'localhost', '-p', String(t.cloud.tls.mqttsPort), '-u', mqtt.username, '-P', mqtt.password];
    const posted = t.next('propertyPosted');
    const message = JSON.stringify({
      id: '1',
      time: Date.now(),
      method: 'thing.event.property.post',
      params: { angle: 90 },
    });
    const publish = ['-i', mqtt.clientId, '-q', '1', '-t', topics.propertyPost, '-m', message];
    const told = await run('mosquitto_pub', ...login, '--cafile', t.cloud.tls.caFile, ...publish);
    expect(told).toEqual({ code: 0, output: '' });
    expect((await posted).properties).toEqual({ angle: 90 });
    expect((await run('mosquitto_pub', ...login, '--capath', '/etc/ssl/certs', ...publish)).code).not.toBe(0);
  });

  test('takes a board from online to a command, and its session ends with the cloud', async () => {
    const t = await startTlsCloud();
    const activation = await t.activate();
    const board = await connectBoard(t.cloud.tls.mqttsUrl, activation, { tls: { ca: caOf(t) } });
    await board.subscribe(activation.topics.propertySet);
    const sent = t.as('POST', `/devices/${activation.deviceId}/control`, { action: 'trigger' });
    expect((await board.next()).payload.method).toBe('thing.service.property.set');
    expect((await sent).status).toBe(200);
    const closed = board.closed();
    const { tookMs } = await timed(async () => {
      await t.cloud.close();
      await closed;
    });
    expect(tookMs).toBeLessThan(1_000);
  });
});

describe('the protocol', () => {
  const OURS = ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305'];
  const trusting = (t: TlsCloud): string[] => ['-CAfile', t.cloud.tls.caFile, '-verify_return_error'];

  test.each(['-tls1_2', '-tls1_3'])('is spoken as %s, with the name checked', async (version) => {
    const t = await startTlsCloud();
    const { httpsPort, mqttsPort } = t.cloud.tls;
    for (const port of [httpsPort, mqttsPort]) {
      const told = await sClient(port, version, ...trusting(t), '-verify_hostname', 'localhost');
      expect(told).toMatchObject({ code: 0, output: expect.stringContaining('Verify return code: 0 (ok)') });
    }
  });

  test.each(['-tls1', '-tls1_1'])('is not spoken as %s', async (version) => {
    const { tls } = (await startTlsCloud()).cloud;
    for (const port of [tls.httpsPort, tls.mqttsPort, tls.mtlsPort]) {
      const told = await sClient(port, version, '-cipher', 'ALL:@SECLEVEL=0');
      expect(told.output).toMatch(/alert protocol version/);
    }
  });

  test('has no cipher of TLS 1.2 without forward secrecy and authenticated encryption', async () => {
    const { tls } = (await startTlsCloud()).cloud;
    const listed = await run('openssl', 'ciphers', '-s', '-tls1_2', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0');
    const others = listed.output
      .trim()
      .split(':')
      .filter((name) => !OURS.includes(name));
    expect(others).toEqual(expect.arrayContaining(['NULL-SHA', 'ADH-AES128-SHA', 'AES128-GCM-SHA256']));
    expect(others.length).toBeGreaterThan(50);
    // A server that took a single one would take that of the list.
    for (const port of [tls.httpsPort, tls.mqttsPort, tls.mtlsPort]) {
      const refused = await sClient(port, '-tls1_2', '-cipher', `${others.join(':')}:@SECLEVEL=0`);
      expect(refused.output).toMatch(/alert handshake failure/);
    }
    for (const cipher of OURS) {
      const taken = await sClient(tls.mqttsPort, '-tls1_2', '-cipher', cipher);
      expect(taken.output).toContain(`Cipher is ${cipher}`);
      expect(taken.output).toContain('Compression: NONE');
    }
  });

  test('is not negotiated a second time on a connection', async () => {
    const { tls } = (await startTlsCloud()).cloud;
    const told = await run(
      'sh',
      '-c',
      `(sleep 0.3; echo R; sleep 0.3) | openssl s_client -tls1_2 -connect 127.0.0.1:${tls.mqttsPort}`,
    );
    expect(told.output).toMatch(/RENEGOTIATING[\s\S]*no renegotiation/);
  });

  test('takes sessions up again', async () => {
    const t = await startTlsCloud();
    const told = await sClient(t.cloud.tls.httpsPort, '-tls1_2', '-reconnect', ...trusting(t));
    expect(told.output.match(/^Reused, TLSv1\.2/gm)).toHaveLength(5);
  });
});

describe('handshakes', () => {
  test('that are slow end after 10 s, however the bytes drip', async () => {
    const clock = new TestClock();
    const t = await startTlsCloud({ environment: clock.environment });
    const timer = clock.untilTimer(HANDSHAKE_TIMEOUT_MS);
    const socket = await openTcp(t.cloud.tls.mqttsPort);
    await timer;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    clock.advance(HANDSHAKE_TIMEOUT_MS - 1);
    socket.write(Buffer.of(0x16, 0x03, 0x01));
    expect(socket.destroyed).toBe(false);
    clock.advance(1);
    await closed;
  });

  test('that are done have no deadline', async () => {
    const clock = new TestClock();
    const t = await startTlsCloud({ environment: clock.environment });
    const activation = await t.activate();
    const board = await connectBoard(t.cloud.tls.mqttsUrl, activation, { tls: UNCHECKED });
    clock.advance(HANDSHAKE_TIMEOUT_MS);
    await board.subscribe(activation.topics.propertySet);
    await board.end();
  });

  test('under way are bounded: one too many ends the oldest', async () => {
    const { tls } = (await startTlsCloud()).cloud;
    const oldest = await openTcp(tls.mtlsPort);
    const closed = new Promise((resolve) => oldest.once('close', resolve));
    for (let count = 1; count < MAX_HANDSHAKES; count += 1) await openTcp(tls.mtlsPort);
    expect(oldest.destroyed).toBe(false);
    await openTcp(tls.mtlsPort);
    await closed;
  });

  test('with rubbish end that connection and nothing else', async () => {
    const t = await startTlsCloud();
    const socket = await openTcp(t.cloud.tls.httpsPort);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await closed;
    await t.untilLogged('tls_refused');
    expect((await run('curl', '-sS', '--cacert', t.cloud.tls.caFile, `${t.cloud.tls.httpsUrl}/health`)).code).toBe(0);
  });
});

describe('the server certificate', () => {
  function shown(port: number): Promise<PeerCertificate> {
    return new Promise((resolve, reject) => {
      const socket = connectTls({ port, rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate());
        socket.destroy();
      });
      socket.on('error', reject);
    });
  }

  test('names the loopback, the host and the public host', async () => {
    const t = await startTlsCloud({ publicHost: 'Cloud.Example' });
    const { subjectaltname } = await shown(t.cloud.tls.httpsPort);
    for (const name of ['DNS:localhost', 'IP Address:127.0.0.1', 'IP Address:0:0:0:0:0:0:0:1', 'DNS:cloud.example']) {
      expect(subjectaltname).toContain(name);
    }
  });

  test('is renewed a month before it ends, while the cloud runs and its sessions go on', async () => {
    const clock = new TestClock();
    const t = await startTlsCloud({ environment: clock.environment });
    const { httpsPort, mqttsPort } = t.cloud.tls;
    const before = await shown(mqttsPort);
    clock.advance(59 * DAY_MS);
    expect((await shown(mqttsPort)).serialNumber).toBe(before.serialNumber);
    const activation = await t.activate();
    const board = await connectBoard(t.cloud.tls.mqttsUrl, activation, { tls: UNCHECKED });
    clock.advance(2 * DAY_MS);
    await t.untilLogged('server_certificate_renewed');
    const after = await shown(mqttsPort);
    expect(after.serialNumber).not.toBe(before.serialNumber);
    expect((await shown(httpsPort)).serialNumber).toBe(after.serialNumber);
    await board.subscribe(activation.topics.propertySet);
    await board.end();
  });
});

function openTcp(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', (error) => reject(error));
    socket.resume();
    onCleanup(() => {
      socket.destroy();
    });
  });
}
