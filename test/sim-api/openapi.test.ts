import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { WireFact } from '../../host-sim/sim-api/board-port.js';
import { ENDPOINTS } from '../../host-sim/sim-api/endpoints.js';
import { PINGREQ, said } from './fake-board.js';
import { Stage } from './stage.js';

const HTTP: WireFact = {
  at: 1_000,
  bytes: 2,
  raw: '',
  kind: 'http',
  method: 'POST',
  url: 'http://127.0.0.1:8080/api/v1/devices/activate',
  requestHeaders: [['Host', '127.0.0.1:8080']],
  requestBody: '{}',
  status: null,
  responseHeaders: [],
  responseBody: '',
  responseBytes: 0,
  durationMs: 12,
};

// biome-ignore lint/suspicious/noExplicitAny: the document is JSON of many shapes
type Json = any;

let stage: Stage;
let document: Json;
let ajv: Ajv2020;

beforeEach(async () => {
  stage = await Stage.start({ boards: 2 });
  document = (await stage.ask('/openapi.json')).body;
  ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'document');
});

/** What a value has that a schema of the document does not allow. */
function faults(schema: object, value: unknown): unknown {
  const validate = ajv.compile(schema);
  return validate(value) ? [] : validate.errors;
}

/** A part of the document, with references that lead there from anywhere. */
function part(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"document#'));
}

/** The schema of what an operation answers. */
function answerOf(method: string, path: string, status: number): object {
  const content = document.paths[`/sim/v1${path}`][method.toLowerCase()].responses[status].content;
  return part(Object.values<{ schema: object }>(content)[0]!.schema);
}

describe('the document of /sim/v1', () => {
  it('is OpenAPI 3.1 of every call that is served, and of no other', () => {
    expect(document.openapi).toBe('3.1.0');
    const described = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(described.sort()).toEqual(ENDPOINTS.map(({ method, path }) => `${method} ${path}`).sort());
  });

  it('holds only JSON Schemas of draft 2020-12, and references that lead somewhere', () => {
    for (const schema of schemasOf(document)) expect(ajv.validateSchema(schema as object)).toBe(true);
    for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)) {
      expect(ajv.getSchema(`document#${reference}`)).toBeTypeOf('function');
    }
  });

  it('declares each parameter of a path', () => {
    for (const [path, methods] of Object.entries<Json>(document.paths)) {
      for (const { parameters = [] } of Object.values<Json>(methods)) {
        const names = parameters.filter((one: Json) => one.in === 'path').map((one: Json) => one.name);
        expect(names).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      }
    }
  });

  it('says what is answered', async () => {
    stage.board.sends();
    stage.board.sends({ ...PINGREQ, topic: 'a/b', payload: '{}' } as WireFact);
    stage.board.sends(HTTP);
    stage.api.event(stage.board, said('booted', { reason: 'power_on', version: '1.0.0', safeMode: false }));
    const asked = [
      ['GET', '', ''],
      ['GET', '/boards', '/boards'],
      ['GET', '/boards/{serial}', '/boards/BOARD0'],
      ['GET', '/wire', '/wire'],
      ['GET', '/recording', '/recording'],
      ['GET', '/openapi.json', '/openapi.json'],
    ] as const;
    for (const [method, path, target] of asked) {
      const { status, body } = await stage.ask(target);
      expect([status, faults(answerOf(method, path, 200), body)]).toEqual([200, []]);
    }
    const moved = await stage.send('PUT', '/boards/BOARD0/inputs/0', { pressed: true });
    expect(faults(answerOf('PUT', '/boards/{serial}/inputs/{input}', 200), moved.body)).toEqual([]);
    const changed = await stage.send('PATCH', '/boards/BOARD0', { powered: false, rssi: -80 });
    expect(faults(answerOf('PATCH', '/boards/{serial}', 200), changed.body)).toEqual([]);
  });

  it('says what is refused, and how', async () => {
    const refused = [
      ['PATCH', '/boards/{serial}', await stage.send('PATCH', '/boards/BOARD0', {})],
      ['PATCH', '/boards/{serial}', await stage.send('PATCH', '/boards/NOBODY', { wifi: true })],
      ['PATCH', '/boards/{serial}', await stage.send('PATCH', '/boards/BOARD0', 'x'.repeat(5_000))],
      ['GET', '/boards', await stage.ask('/boards', { token: 'wrong' })],
      ['GET', '/boards', await stage.ask('/boards', { headers: { origin: 'http://evil.example' } })],
      ['GET', '/wire', await stage.ask('/wire?limit=0')],
    ] as const;
    expect(refused.map(([, , { status }]) => status)).toEqual([400, 404, 413, 401, 403, 400]);
    for (const [method, path, { status, body }] of refused) {
      expect(faults(answerOf(method, path, status), body)).toEqual([]);
    }
  });

  it('says what may be asked: what it allows is taken, what it does not is refused', async () => {
    const schema = document.paths['/sim/v1/boards/{serial}'].patch.requestBody.content['application/json'].schema;
    const bodies = [{ wifi: true }, { latencyMs: 10_000 }, { latencyMs: 10_001 }, { rssi: -20 }, {}, { x: 1 }, [], 1];
    for (const body of bodies) {
      const { status } = await stage.send('PATCH', '/boards/BOARD0', body);
      expect([body, status === 200]).toEqual([body, (faults(schema, body) as unknown[]).length === 0]);
    }
  });

  it('says what the lines of a stream are', async () => {
    const stream = await stage.stream('?wire=1');
    const schema = answerOf('GET', '/stream', 200);
    for (let count = 0; count < 201; count++) stage.board.sends(HTTP);
    stage.board.surroundings.set({ wifi: false });
    stage.time.advance(5_000);
    const types = new Set<string>();
    for (let line = await stream.next(); line !== undefined; line = await stream.next()) {
      expect(faults(schema, line)).toEqual([]);
      types.add(line.type);
      if (line.type === 'tick') break;
    }
    expect(types).toEqual(new Set(['boards', 'board', 'missed', 'wire', 'tick']));
  });
});

/** Every schema of the document, wherever one stands. */
function schemasOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    if (key === 'schema') return [child];
    return key === 'schemas' ? Object.values(child as object) : schemasOf(child);
  });
}
