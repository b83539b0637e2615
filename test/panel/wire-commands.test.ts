import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mosquittoLine } from '../../host-sim/panel/copy/mosquitto.js';
import type { WireFact } from '../../host-sim/panel/state/wire-line.js';
import { type Command, commandsOf, type Place } from '../../host-sim/panel/views/wire/commands.js';
import type { SimHttpEntry, SimMqttEntry } from '../../host-sim/sim-api/messages.js';
import { connectBoard } from '../cloud/support/board.js';
import { temporaryDirectory } from '../cloud/support/fixture.js';
import { asFiles, run, startTlsCloud, type TlsCloud, unpack } from '../cloud/support/tls.js';
import { startMosquitto, withoutMosquitto, withoutMosquittoClients } from '../support/mosquitto.js';

const HOSTILE = '<img src=x onerror=alert(1)> \'$(id)\' "`id`" \u202e设备\n\\';

/** Runs a line as somebody who has pasted it into his shell. */
async function paste(
  line: string,
  variables: Readonly<Record<string, string>>,
): Promise<{ code: number; output: string }> {
  const set = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  // A shell reads a line of any length, but takes none as an argument.
  const file = join(temporaryDirectory(), 'pasted');
  writeFileSync(file, line);
  return run('env', ...set, 'sh', file);
}

const published = (topic: string, payload: string, more: Partial<SimMqttEntry> = {}): SimMqttEntry => ({
  ...{ kind: 'mqtt', direction: 'out', packet: 'PUBLISH', fields: { qos: 1 }, topic, payload },
  ...more,
});

const of = (fact: WireFact, raw = '') => ({ fact, raw });

function lineOf(commands: readonly Command[], tool: string): string {
  const found = commands.find((command) => command.tool === tool);
  if (!found || !('line' in found)) throw new Error(`no line for ${tool}: ${JSON.stringify(commands)}`);
  return found.line;
}

const NOWHERE: Place = {
  urls: { api: 'http://127.0.0.1:1', mqtt: 'mqtt://127.0.0.1:2', mtls: 'mqtts://127.0.0.1:3' },
  userId: '1',
};

describe('the line that does again what was seen', () => {
  test('is there for what somebody may do, and it is said why it is not for the rest', () => {
    const cloudOnly = [{ tool: 'mosquitto_pub', why: 'onlyCloud' }];
    for (const path of ['ota/device/upgrade', 'ext/ntp/response', 'thing/event/property/post_reply']) {
      expect(commandsOf(of(published(`/sys/P/d/${path}`, '{}', { direction: 'in' })), NOWHERE)).toEqual(cloudOnly);
    }
    expect(commandsOf(of({ kind: 'mqtt', direction: 'out', packet: 'PINGREQ', fields: {} }), NOWHERE)).toEqual([]);
    expect(commandsOf(of({ kind: 'life', name: 'booted', level: 'info', data: {} }), NOWHERE)).toEqual([]);
    const noText = published('/sys/P/d/thing/event/property/post', 'a\ufffdb');
    expect(commandsOf(of(noText), NOWHERE)).toEqual([{ tool: 'mosquitto_pub', why: 'notText' }]);
    expect(commandsOf(of(published('/sys/P/d/x', 'a\0b')), NOWHERE)).toEqual([
      { tool: 'mosquitto_pub', why: 'notText' },
    ]);
    const kept = Buffer.alloc(4_096).toString('base64');
    expect(commandsOf(of(published('/sys/P/d/x', 'a'), kept), NOWHERE)).toEqual([
      { tool: 'mosquitto_pub', why: 'cut' },
    ]);
    expect(commandsOf(of(published('/sys/P/d/x', 'a')), { urls: {}, userId: '1' })).toEqual([
      { tool: 'mosquitto_pub', why: 'noUrl' },
    ]);
  });

  test('names no secret: it stands in a variable of the shell', () => {
    const lines = [
      ...commandsOf(of(published('/sys/P/d/thing/event/property/post', '{}')), NOWHERE),
      ...commandsOf(
        of(published('/sys/P/d/thing/service/property/set', '{"params":{}}', { direction: 'in' })),
        NOWHERE,
      ),
    ].map((command) => ('line' in command ? command.line : command.why));
    expect(lines).toEqual([
      `mosquitto_pub -h 127.0.0.1 -p 2 -i 'P&d' -u 'P&d' -P "$MQTT_PASSWORD" -q 1 -t /sys/P/d/thing/event/property/post -m '{}'`,
      `curl http://127.0.0.1:1/api/v1/devices/d/control -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' --data-raw '{}'`,
      `mosquitto_pub -h 127.0.0.1 -p 3 --cafile "$CA_FILE" --cert "$CERT_FILE" --key "$KEY_FILE" -u 1 -P "$TOKEN" -q 1 -t /sys/P/d/thing/service/property/set -m '{"params":{}}'`,
    ]);
  });

  test('is made of no URL that is none of MQTT’s', () => {
    const login = { as: 'user', userId: '1' } as const;
    for (const url of ['http://a:1', 'mqtt://a', 'mqtt://a:1;id', 'mqtt://$(id):1', "mqtt://a'b:1/x", '']) {
      const message = { url, login, topic: 't', payload: '', qos: 0, retain: false };
      // A strange host is quoted; anything else is refused.
      if (url === 'mqtt://$(id):1') expect(mosquittoLine(message)).toContain("-h '$(id)'");
      else expect(() => mosquittoLine(message)).toThrow(RangeError);
    }
  });
});

test('a request of a board, pasted as curl, is answered as the board was', async () => {
  const t = await startTlsCloud();
  await t.activate('A');
  const entry: SimHttpEntry = {
    ...{ kind: 'http', method: 'POST', url: `${t.cloud.apiUrl}/api/v1/devices/activate` },
    requestHeaders: [
      ['Host', 'elsewhere'],
      ['Content-Length', '7'],
      ['Content-Type', 'application/json'],
    ],
    requestBody: JSON.stringify({
      productKey: 'SW-SERVO-001',
      deviceSN: HOSTILE,
      firmwareVersion: '1.0.0',
      chipModel: 'ESP32',
    }),
    ...{ status: 400, responseHeaders: [], responseBody: '', responseBytes: 0, durationMs: 1 },
  };
  const { code, output } = await paste(`${lineOf(commandsOf(of(entry), NOWHERE), 'curl')} --silent`, {});
  expect([code, JSON.parse(output.slice(output.indexOf('{')))]).toMatchObject([
    0,
    { code: 400, message: 'invalid_parameter' },
  ]);
});

/** What a user needs for his lines. */
async function userOf(t: TlsCloud) {
  const issued = (await t.as('POST', '/certificates')).body.data;
  const { cert, key } = asFiles(await unpack(issued.pfx, issued.password));
  const { user, token } = (await t.login()).body.data;
  const place = {
    urls: { api: t.cloud.apiUrl, mqtt: t.cloud.mqttUrl, mtls: t.cloud.tls.mtlsUrl },
    userId: `${user.userId}`,
  };
  return { place, variables: { TOKEN: token, CA_FILE: t.cloud.tls.caFile, CERT_FILE: cert, KEY_FILE: key } };
}

describe.skipIf(withoutMosquittoClients)('a command, pasted', () => {
  test.each(['curl', 'mosquitto_pub'])('as %s, reaches the board again', async (tool) => {
    const t = await startTlsCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    await board.subscribe(activation.topics.propertySet);
    const { place, variables } = await userOf(t);
    const seen = published(
      activation.topics.propertySet,
      JSON.stringify({ method: 'thing.service.property.set', id: '7', params: { action: 'toggle', position: 'up' } }),
      { direction: 'in' },
    );
    expect((await paste(lineOf(commandsOf(of(seen), place), tool), variables)).code).toBe(0);
    expect((await board.next()).payload.params).toEqual({ action: 'toggle', position: 'up' });
  });

  test('as a board, is what the board itself would have said', async () => {
    const t = await startTlsCloud();
    const activation = await t.activate();
    const other = await t.activate('B');
    const { place } = await userOf(t);
    const payload = JSON.stringify({
      method: 'thing.event.property.post',
      id: '1',
      params: { angle: 33, note: HOSTILE },
    });
    const line = lineOf(commandsOf(of(published(activation.topics.propertyPost, payload)), place), 'mosquitto_pub');
    expect(await paste(line, { MQTT_PASSWORD: activation.mqtt.password })).toEqual({ code: 0, output: '' });
    const { properties } = (await t.as('GET', `/devices/${activation.deviceId}/status`)).body.data;
    expect([properties.angle.value, properties.note?.value ?? HOSTILE]).toEqual([33, HOSTILE]);
    expect((await paste(line, { MQTT_PASSWORD: other.mqtt.password })).code).not.toBe(0);
  });
});

describe.skipIf(withoutMosquitto || withoutMosquittoClients)('a payload on the line', () => {
  test('arrives to the byte, whatever it is and however long', async () => {
    const broker = await startMosquitto();
    const nobody = { mqtt: { username: '', password: '', clientId: 'listener' } } as never;
    const listener = await connectBoard(`mqtt://127.0.0.1:${broker.port}`, nobody, {});
    try {
      await listener.subscribe('#');
      const publish = async (payload: string, retain = false) => {
        const url = `mqtt://127.0.0.1:${broker.port}`;
        const login = { as: 'board', clientId: `b&${payload.length}` } as const;
        const line = mosquittoLine({
          url,
          login,
          topic: '/sys/a b/$x',
          payload: JSON.stringify(payload),
          qos: 1,
          retain,
        });
        expect(await paste(line, { MQTT_PASSWORD: 'x' })).toEqual({ code: 0, output: '' });
        expect(await listener.next()).toMatchObject({ topic: '/sys/a b/$x', payload, qos: 1 });
      };
      for (const payload of [HOSTILE, '-h other', 'x'.repeat(200_000)]) await publish(payload);
      for (const payload of fc.sample(fc.string({ unit: 'grapheme' }), 10)) await publish(payload);
    } finally {
      await listener.end();
      await broker.stop();
    }
  });
});
