import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { redactHeader, redactRequest } from '../../host-sim/wire/redact-http.js';
import { redactJson } from '../../host-sim/wire/redact-json.js';
import { redactMqtt } from '../../host-sim/wire/redact-mqtt.js';
import { isSecretName, redactText } from '../../host-sim/wire/secret-names.js';

const SECRET = 'kJ8vQ2zX';
const NAMES = [
  'password',
  'deviceSecret',
  'token',
  'secret',
  'sign',
  'apiSecret',
  'bindToken',
  'api_key',
  'X-API-Secret',
  'mqttPassword',
  'Authorization',
  'digestsign',
  'pop',
];

function json(bytes: Uint8Array | string, isCut = false): string {
  const copy = Buffer.from(bytes);
  redactJson(copy, isCut);
  return copy.toString();
}

function request(text: string, isCut = false): string {
  const bytes = Buffer.from(text);
  redactRequest(bytes, isCut);
  return bytes.toString();
}

/** The same string, with some of its characters written by their numbers. */
function escaped(name: string, which: number): string {
  return [...name]
    .map((letter, index) =>
      (which >> (index % 16)) & 1 ? `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter,
    )
    .join('');
}

describe('hiding secrets in JSON', () => {
  it('hides what stands under the name of a secret, at any depth and however the name is written, and nothing beside it', () => {
    expect(json(`{"id":"7","password":"${SECRET}","n":1}`)).toBe('{"id":"7","password":"********","n":1}');
    expect(json(`{"a":[{"Device_Secret":"${SECRET}"}]}`)).toBe('{"a":[{"Device_Secret":"********"}]}');
    expect(json(`{"\\u0070assword" : "${SECRET}"}`)).toBe('{"\\u0070assword" : "********"}');
    expect(json('{"token":{"a":["x",12,null,true]}}')).toBe('{"token":{"a":["*",**,null,true]}}');
    expect(json('{"message":"wrong_password","productKey":"SW-1","code":401}')).toBe(
      '{"message":"wrong_password","productKey":"SW-1","code":401}',
    );
  });

  it('hides secrets within texts: the token of a file, parameters, and JSON in JSON', () => {
    expect(json(`{"url":"http://h/api/v1/ota/files/${SECRET}?a=1"}`)).toBe(
      '{"url":"http://h/api/v1/ota/files/********?a=1"}',
    );
    expect(json(`{"url":"http:\\/\\/h\\/api\\/v1\\/ota\\/files\\/${SECRET}"}`)).not.toContain(SECRET);
    expect(json(`{"url":"/x?access_token=${SECRET}&b=2"}`)).toBe('{"url":"/x?access_token=********&b=2"}');
    expect(json(`{"t":"über /x?token=${SECRET}"}`)).not.toContain(SECRET);
    const inner = JSON.stringify({ password: SECRET });
    expect(json(JSON.stringify({ body: inner }))).not.toContain(SECRET);
    expect(json(JSON.stringify({ body: JSON.stringify({ body: inner }) }))).not.toContain(SECRET);
    expect(json(JSON.stringify({ body: ` {"password":"${SECRET}"` }))).not.toContain(SECRET);
    expect(json(JSON.stringify({ body: `{"a":{"token":"${SECRET}"},"a":1}` }))).not.toContain(SECRET);
    expect(json(JSON.stringify({ body: '{"angle":3}' }))).toContain('angle');
  });

  it('hides whole what is no JSON, compressed or broken', () => {
    for (const text of [
      'plain text',
      '{"a":1',
      '{"a":1}}',
      '\u001f\u008b\u0008',
      '{a:1}',
      '{"a":01x}',
      '["\\q/"]',
      '[1,]',
      `${'['.repeat(50)}1${']'.repeat(50)}`,
    ]) {
      expect(json(text)).toMatch(/^\*+$/);
    }
  });

  it('never changes a length, shows no secret and keeps everything else', () => {
    const harmless = fc.dictionary(
      fc.constantFrom('angle', 'id', 'params', 'value'),
      fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom('up', 'down', 'ü')),
    );
    fc.assert(
      fc.property(
        harmless,
        fc.constantFrom(...NAMES),
        fc.nat(65_535),
        fc.oneof(fc.string(), fc.constant('"\\\n'), fc.constant('')),
        fc.nat(3),
        (around, name, which, noise, depth) => {
          const written = JSON.stringify(around).slice(1, -1);
          let text = `{${written}${written ? ',' : ''}"${escaped(name, which)}":${JSON.stringify(`${SECRET}${noise}${SECRET}`)}}`;
          for (let level = 0; level < depth; level++) text = `{"data":[${text}]}`;
          const redacted = json(text);
          expect(Buffer.byteLength(redacted)).toBe(Buffer.byteLength(text));
          expect(redacted).not.toContain(SECRET);
          let inner: unknown = JSON.parse(redacted);
          for (let level = 0; level < depth; level++) inner = (inner as { data: unknown[] }).data[0];
          expect(inner).toMatchObject(around);
        },
      ),
    );
  });

  it('shows nothing of a secret wherever the text is cut off', () => {
    const text = `{"id":"7","data":{"\\u0070assword":"${SECRET}","url":"http://h/ota/files/${SECRET}","sign":123456789,"angle":12}}`;
    for (let length = 0; length < text.length; length++) {
      const redacted = json(text.slice(0, length), true);
      expect(redacted).toHaveLength(length);
      for (const part of [SECRET.slice(0, 2), SECRET.slice(-2), '123']) expect(redacted).not.toContain(part);
    }
    expect(json(text.slice(0, 20), true)).toContain('"id":"7"');
  });

  it('takes any bytes: what is JSON stays so, and what is not is hidden', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        fc.boolean(),
        (bytes, isCut) => {
          const redacted = json(bytes, isCut);
          let isJson = true;
          try {
            JSON.parse(Buffer.from(bytes).toString());
          } catch {
            isJson = false;
          }
          if (!isJson && !isCut) expect(redacted.replaceAll('*', '')).toBe('');
          if (isJson && !/key|sign|pop|token|secret|[\\/{=[ ]/i.test(Buffer.from(bytes).toString()))
            expect(redacted).toBe(Buffer.from(bytes).toString());
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('hiding secrets in HTTP', () => {
  it('hides the headers that prove who asks, the token of a file, and what is secret in the body', () => {
    const body = JSON.stringify({ deviceSN: 'A1', bindToken: SECRET });
    const text = [
      `POST /api/v1/ota/files/${SECRET}?sign=${SECRET}&x=1 HTTP/1.1`,
      'Host: 127.0.0.1:8080',
      `Authorization: Bearer ${SECRET}`,
      `x-api-key:${SECRET}`,
      `X-API-Nonce: ${SECRET}`,
      `Cookie: a=${SECRET}`,
      `Referer: http://u:${SECRET}@h/?token=${SECRET}`,
      'Content-Type: application/json',
      '',
      body,
    ].join('\r\n');
    const redacted = request(text);
    expect(redacted).toHaveLength(text.length);
    expect(redacted).not.toContain(SECRET);
    expect(redacted).toContain(
      'POST /api/v1/ota/files/********?sign=********&x=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n',
    );
    expect(redacted).toContain('"deviceSN":"A1","bindToken":"********"');
  });

  it('hides a body that it cannot read, a line that goes on, and a head that is cut off', () => {
    const head = 'POST / HTTP/1.1\r\nHost: h\r\n';
    expect(request(`${head}Content-Encoding: gzip\r\n\r\n{"a":1}`)).toMatch(/\r\n\*{7}$/);
    expect(request(`${head}Transfer-Encoding: chunked\r\n\r\n7\r\n{"a":1}`)).toMatch(/\r\n\*+$/);
    expect(request(`${head}\r\nsecret=${SECRET}`)).not.toContain(SECRET);
    expect(request(`${head}A: b\r\n ${SECRET}\r\n\r\n`)).not.toContain(SECRET);
    const cut = `${head}Authorization: ${SECRET}`;
    for (let length = head.length; length <= cut.length; length++)
      expect(request(cut.slice(0, length), true)).not.toContain(SECRET.slice(0, 2));
  });

  it('knows a secret by its name, and leaves what is none', () => {
    for (const name of NAMES) expect([name, isSecretName(name)]).toEqual([name, true]);
    for (const name of ['productKey', 'deviceSN', 'angle', 'code', 'message', 'keepalive', 'design'])
      expect([name, isSecretName(name)]).toEqual([name, false]);
    expect(redactHeader('Date', 'Sun, 22 Nov 2026 05:00:00 GMT')).toBe('Sun, 22 Nov 2026 05:00:00 GMT');
    expect(redactHeader('Location', `/ota/files/${SECRET}`)).toBe('/ota/files/********');
    expect(redactText(`x?%74oken=${SECRET}&%zz=${SECRET}`)).not.toContain(SECRET);
  });
});

describe('hiding secrets in MQTT', () => {
  const will = { topic: 't', payload: Buffer.from(`{"token":"${SECRET}"}`), qos: 1 as const, retain: true };
  const connect = mqttPacket.generate({
    cmd: 'connect',
    clientId: 'c',
    username: 'u',
    password: Buffer.from(SECRET),
    will,
  });

  it('hides a password and what is secret in a will or a payload, and nothing else', () => {
    const redacted = Buffer.from(connect);
    redactMqtt(redacted, false);
    expect(redacted.toString('latin1')).toBe(connect.toString('latin1').replaceAll(SECRET, '********'));
    const publish = mqttPacket.generate({
      cmd: 'publish',
      topic: 't',
      payload: `{"secret":"${SECRET}","a":1}`,
      qos: 1,
      messageId: 3,
      dup: false,
      retain: false,
    });
    const shown = Buffer.from(publish);
    redactMqtt(shown, false);
    expect(shown.toString('latin1')).toBe(publish.toString('latin1').replaceAll(SECRET, '********'));
    const ping = mqttPacket.generate({ cmd: 'pingreq' });
    redactMqtt(ping, false);
    expect([...ping]).toEqual([0xc0, 0]);
  });

  it('hides a CONNECT that it cannot read to its end, MQTT 5 among them, whatever is broken or cut off', () => {
    const five = mqttPacket.generate({
      cmd: 'connect',
      protocolVersion: 5,
      clientId: 'c',
      username: 'u',
      password: Buffer.from(SECRET),
      properties: { authenticationMethod: 'm', authenticationData: Buffer.from(SECRET) },
    });
    redactMqtt(five, false);
    expect(five.toString('latin1')).not.toContain(SECRET);
    fc.assert(
      fc.property(fc.nat(connect.length - 1), fc.nat(255), fc.nat(connect.length), (at, byte, length) => {
        const damaged = Buffer.from(connect);
        // The first byte says that it is one, and the next how long it is.
        if (at > 1) damaged[at] = byte;
        const cut = damaged.subarray(0, Math.max(2, length));
        redactMqtt(cut, cut.length < connect.length);
        const text = cut.toString('latin1');
        // What has become of the user's name, the will's topic or the client's is theirs.
        if (cut.length < connect.length) expect(text).not.toContain(SECRET.slice(0, 3));
      }),
    );
  });
});
