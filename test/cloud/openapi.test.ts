import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { BOARD_FRAMES, type GuideFrame, USER_FRAMES } from '../../host-sim/cloud/api/docs-guide.js';
import { EXAMPLES } from '../../host-sim/cloud/api/examples.js';
import { OPERATIONS } from '../../host-sim/cloud/api/operations.js';
import { recordEndUsers } from './enduser/enduser.examples.js';
import { recordAutomation, recordPrices } from './gateway/automation.examples.js';
import { recordAlarms, recordTelemetry } from './gateway/bluiotdata.examples.js';
import { recordUserCenter } from './gateway/bluuc.examples.js';
import { recordHomes } from './gateway/homes.examples.js';
import { recordLogins } from './gateway/logins.examples.js';
import { recordAccounts } from './gateway/midpauthc.examples.js';
import { recordFiles } from './gateway/midpfilec.examples.js';
import { recordMasterData } from './gateway/midpmdata.examples.js';
import { recordCaptcha } from './gateway/midpnc-captcha.examples.js';
import { recordNotify } from './gateway/midpnc-notify.examples.js';
import { recordPki } from './gateway/midppkic.examples.js';
import type { ExampleStage } from './support/example-stage.js';
import { recordExamples } from './support/examples.js';
import { startCloud } from './support/fixture.js';
import { openWebSocket } from './support/web-socket.js';

const CLOUD = join(import.meta.dirname, '../../host-sim/cloud');
/** Where examples are kept, and what plays them. */
const EXAMPLE_FILES: readonly (readonly [string, () => Promise<ExampleStage>])[] = [
  ['api/examples.json', recordExamples],
  ['dialects/gateway/midpnc/notify-examples.json', recordNotify],
  ['dialects/gateway/logins/examples.json', recordLogins],
  ['dialects/gateway/midpauthc/examples.json', recordAccounts],
  ['dialects/gateway/midpnc/captcha-examples.json', recordCaptcha],
  ['dialects/enduser/examples.json', recordEndUsers],
  ['dialects/gateway/midppkic/examples.json', recordPki],
  ['dialects/gateway/blusmartprod/examples.json', recordHomes],
  ['dialects/gateway/bluuc/examples.json', recordUserCenter],
  ['dialects/gateway/midpfilec/examples.json', recordFiles],
  ['dialects/gateway/midpmdata/examples.json', recordMasterData],
  ['dialects/gateway/bluiotdata/examples.json', recordTelemetry],
  ['dialects/gateway/blusmartprod/automation-examples.json', recordAutomation],
  ['dialects/gateway/bluiotvpp/examples.json', recordPrices],
  ['dialects/gateway/blusmartprod/alarm-examples.json', recordAlarms],
];

// biome-ignore lint/suspicious/noExplicitAny: the document is JSON of many shapes
let document: any;

beforeAll(async () => {
  const t = await startCloud({ mqttHooks: { addresses: ['127.0.0.1'], secret: 'the-secret-of-the-hooks' } });
  document = await (await fetch(`${t.cloud.apiUrl}/openapi.json`)).json();
});

// biome-ignore lint/suspicious/noExplicitAny: as above
const operations = (): { path: string; method: string; operation: any }[] =>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  Object.entries<any>(document.paths).flatMap(([path, methods]) =>
    // biome-ignore lint/suspicious/noExplicitAny: as above
    Object.entries<any>(methods).map(([method, operation]) => ({ path, method, operation })),
  );

describe('the examples of the reference', () => {
  test.each(EXAMPLE_FILES)(
    'of %s are what the cloud answers; UPDATE_EXAMPLES=1 writes them anew',
    async (name, record) => {
      const { examples } = await record();
      const file = join(CLOUD, name);
      if (process.env['UPDATE_EXAMPLES']) writeFileSync(file, `${JSON.stringify(examples, null, 2)}\n`);
      expect(examples).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    },
  );

  test('are of every operation that is ever answered, and of no other', () => {
    const answered = Object.values(OPERATIONS).filter(({ unserved }) => !unserved);
    expect(new Set(Object.keys(EXAMPLES))).toEqual(new Set(answered.map(({ id }) => id)));
  });
});

describe('the frames of the guide', () => {
  const say = async (url: string, frames: readonly GuideFrame[], fill: (text: string) => string): Promise<void> => {
    const client = await openWebSocket(url);
    for (const { send, answer } of frames) expect(await client.ask(fill(JSON.stringify(send)))).toEqual(answer);
  };

  test('are answered as it says', async () => {
    const t = await startCloud({ wsPort: 0 });
    const token = (await t.login()).body.data.token as string;
    await say(t.cloud.wsUrl!, USER_FRAMES, (text) => text.replace('TOKEN', token));
    const { mqtt } = await t.activate();
    await say(t.cloud.wsUrl!, BOARD_FRAMES, (text) =>
      text.replace('USERNAME', mqtt.username).replace('PASSWORD', mqtt.password),
    );
  });

  test('stand on the page', async () => {
    const t = await startCloud();
    const page = await (await fetch(`${t.cloud.apiUrl}/docs`)).text();
    for (const { send } of [...USER_FRAMES, ...BOARD_FRAMES]) expect(page).toContain(JSON.stringify(send));
  });
});

describe('/openapi.json', () => {
  test('describes every route that is served, and no other', () => {
    const served = operations().map(
      ({ path, method }) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
    );
    expect(served.sort()).toEqual(Object.keys(OPERATIONS).sort());
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('leaves out what is not served', async () => {
    const t = await startCloud();
    const { paths } = (await (await fetch(`${t.cloud.apiUrl}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(paths)).toContain('/api/v1/devices');
    expect(Object.keys(paths)).not.toContain('/api/v1/mqtt/auth');
  });

  test('is OpenAPI 3.1: its parts have the shape that the specification gives them', () => {
    const validate = new Ajv2020({ strict: false }).compile(OPENAPI_SHAPE);
    expect(validate(document) ? [] : validate.errors).toEqual([]);
  });

  test('holds only JSON Schemas of draft 2020-12, and references that lead somewhere', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'document');
    for (const schema of schemasOf(document)) expect(ajv.validateSchema(schema as object)).toBe(true);
    for (const reference of JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)) {
      expect(ajv.getSchema(`document#${reference[1]}`)).toBeTypeOf('function');
    }
  });

  test('declares each parameter of a path', () => {
    for (const { path, operation } of operations()) {
      const declared = (operation.parameters ?? [])
        .filter((parameter: { in: string }) => parameter.in === 'path')
        .map((parameter: { name: string }) => parameter.name);
      expect(declared).toEqual([...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
    }
  });

  test('has an example for every request and answer, and each fits its schema', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'document');
    const fits = (schema: object, value: unknown) => {
      const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"document#'));
      const validate = ajv.compile(absolute);
      expect(validate(value) ? [] : validate.errors).toEqual([]);
    };
    for (const { operation } of operations()) {
      const contents = [operation.requestBody, operation.responses[200]].filter(Boolean);
      for (const { content } of contents) {
        // Bytes need none.
        if ('application/octet-stream' in content || 'multipart/form-data' in content) continue;
        const [{ schema, example }] = Object.values<{ schema: object; example?: unknown }>(content) as [never];
        expect(example).toBeDefined();
        fits(schema, example);
      }
      for (const { schema, example } of operation.parameters ?? []) if (example !== undefined) fits(schema, example);
    }
  });

  test('asks for authentication where the API does', async () => {
    const t = await startCloud();
    for (const { path, method, operation } of operations()) {
      if (path.includes('/mqtt/')) continue;
      const response = await fetch(t.cloud.apiUrl + path.replace(/\{\w+\}/g, 'x'), { method });
      const isRefused = path.startsWith('/v2/')
        ? ((await response.json()) as { code: number }).code === 5032
        : response.status === 401;
      expect(`${method} ${path} ${isRefused}`).toBe(`${method} ${path} ${operation.security.length > 0}`);
    }
  });
});

describe('/docs', () => {
  test('shows every operation with its example, and needs nothing from elsewhere', async () => {
    const t = await startCloud();
    const response = await fetch(`${t.cloud.apiUrl}/docs`);
    const page = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const { id, tag, summary } of Object.values(OPERATIONS)) {
      if (tag === 'MQTT hooks') continue;
      expect(page).toContain(`id="${id}"`);
      expect(page).toContain(summary);
    }
    expect(page).toContain('&quot;deviceSN&quot;: &quot;AABBCCDDEEFF&quot;');
    expect(page).not.toMatch(/<script|<img|<link|src=|href="(?!#|\/openapi\.json)|url\(|@import/);
  });

  test('allows its own style and nothing else', async () => {
    const t = await startCloud();
    const response = await fetch(`${t.cloud.apiUrl}/docs/`);
    const style = /<style>([\s\S]*)<\/style>/.exec(await response.text())![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

/** Every schema of the document, wherever one stands. */
function schemasOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    if (key === 'schema') return [child];
    if (key === 'schemas') return Object.values(child as object);
    return key === 'example' ? [] : schemasOf(child);
  });
}

const map = (values: object) => ({ type: 'object', additionalProperties: values });
const string = { type: 'string' };
const closed = (properties: object, required: string[]) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const SCHEMA = { type: ['object', 'boolean'] };
const CONTENT = map(closed({ schema: SCHEMA, example: {} }, ['schema']));

/** The parts of OpenAPI 3.1 that the document uses, after the chapters 4.8.1 to 4.8.27 of the specification. */
const OPENAPI_SHAPE = closed(
  {
    openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
    info: closed({ title: string, version: string, description: string }, ['title', 'version']),
    tags: { type: 'array', uniqueItems: true, items: closed({ name: string, description: string }, ['name']) },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        type: 'object',
        propertyNames: { enum: ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] },
        additionalProperties: closed(
          {
            operationId: string,
            summary: string,
            description: string,
            tags: { type: 'array', items: string },
            security: { type: 'array', items: map({ type: 'array', items: string }) },
            parameters: {
              type: 'array',
              items: {
                ...closed(
                  {
                    name: string,
                    in: { enum: ['path', 'query', 'header', 'cookie'] },
                    required: { type: 'boolean' },
                    allowEmptyValue: { type: 'boolean' },
                    description: string,
                    schema: SCHEMA,
                    example: {},
                  },
                  ['name', 'in', 'schema'],
                ),
                if: { properties: { in: { const: 'path' } } },
                // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
                then: { properties: { required: { const: true } }, required: ['required'] },
              },
            },
            requestBody: closed({ required: { type: 'boolean' }, content: CONTENT, description: string }, ['content']),
            responses: {
              type: 'object',
              minProperties: 1,
              propertyNames: { pattern: '^[1-5](\\d\\d|XX)$|^default$' },
              additionalProperties: closed(
                {
                  description: string,
                  content: CONTENT,
                  headers: map(closed({ description: string, schema: SCHEMA }, ['schema'])),
                },
                ['description'],
              ),
            },
          },
          ['operationId', 'summary', 'responses'],
        ),
      },
    },
    components: closed(
      {
        schemas: { ...map(SCHEMA), propertyNames: { pattern: '^[a-zA-Z0-9._-]+$' } },
        securitySchemes: map({
          oneOf: [
            closed({ type: { const: 'http' }, scheme: string, bearerFormat: string, description: string }, ['scheme']),
            closed(
              {
                type: { const: 'apiKey' },
                in: { enum: ['query', 'header', 'cookie'] },
                name: string,
                description: string,
              },
              ['in', 'name'],
            ),
          ],
        }),
      },
      [],
    ),
  },
  ['openapi', 'info', 'paths'],
);
