import { createHmac } from 'node:crypto';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { createServices } from '../../host-sim/cloud/domain/services.js';
import { EventHub, Logger } from '../../host-sim/cloud/events.js';
import { openDatabase } from '../../host-sim/cloud/store/database.js';
import { MemoryFiles } from '../../host-sim/cloud/store/stored-files.js';
import { TestClock } from './support/clock.js';
import { type Answer, matches, onCleanup, startCloud, type TestCloud, temporaryDirectory } from './support/fixture.js';
import { words } from './support/people.js';
import { PRODUCTS } from './support/products.js';

const BODY = { productKey: 'SW-SERVO-001', deviceSN: 'AABBCCDDEEFF', firmwareVersion: '1.0.0', chipModel: 'ESP32' };

describe('signed activation', () => {
  test('gives a product a secret, told once, whenever it becomes signed', async () => {
    const t = await startCloud();
    const made = await t.as('POST', '/products', {
      productKey: 'P',
      name: 'P',
      category: 'c',
      controlMode: 'toggle',
      activationMode: 'signed',
    });
    matches('createProduct', made);
    const first = made.body.data.productSecret;
    expect(first).toMatch(/^ps_[0-9a-f]{64}$/);
    const again = await t.as('PUT', '/products/P', { activationMode: 'signed', name: 'Q' });
    matches('updateProduct', again);
    expect(again.body.data).toMatchObject({ activationMode: 'signed', name: 'Q' });
    expect(again.body.data.productSecret).toBeUndefined();
    expect(JSON.stringify((await t.as('GET', '/products/P')).body)).not.toContain('ps_');
    const open = await t.as('PUT', '/products/P', { activationMode: 'open' });
    expect(open.body.data.activationMode).toBeUndefined();
    const second = (await t.as('PUT', '/products/P', { activationMode: 'signed' })).body.data.productSecret;
    expect(second).toMatch(/^ps_/);
    expect(second).not.toBe(first);
  });

  test('takes a request that the board signed, whatever the letter case of its hex digits', async () => {
    const t = await startCloud();
    const secret = await makeSigned(t);
    const answer = await activate(t, signed(secret, random(1)));
    expect(answer.status).toBe(200);
    matches('activate', answer);
    const upper = signed(secret, random(0xa).toUpperCase());
    expect((await activate(t, { ...upper, sign: upper.sign.toUpperCase() })).status).toBe(200);
    const { firmwareVersion: _, chipModel: __, ...bare } = BODY;
    expect((await activate(t, signed(secret, random(0xb), bare))).status).toBe(200);
  });

  test('refuses everything else', async () => {
    const t = await startCloud();
    const secret = await makeSigned(t);
    const good = signed(secret, random(1));
    const other = signed(secret, random(1), { ...BODY, deviceSN: 'OTHER' });
    const attempts = [
      BODY,
      { ...good, sign: undefined },
      { ...good, random: undefined },
      { ...good, sign: '' },
      { ...good, sign: 'z'.repeat(64) },
      { ...good, sign: good.sign.slice(2) },
      { ...good, random: random(2) },
      { ...good, firmwareVersion: '9.9.9' },
      { ...good, deviceSN: 'OTHER' },
      { ...good, sign: other.sign },
      signed(secret, '1'),
      signed(secret, `${random(1)}0`),
      signed('ps_other', random(1)),
    ];
    for (const attempt of attempts) expect(words(await activate(t, attempt))).toBe('403 forbidden');
    expect((await activate(t, good)).status).toBe(200);
  });

  test('takes a higher counter only, over a restart and a deletion too', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir });
    const secret = await makeSigned(first);
    expect((await activate(first, signed(secret, random(0x10)))).status).toBe(200);
    expect(words(await activate(first, signed(secret, random(0x10))))).toBe('403 forbidden');
    expect(words(await activate(first, signed(secret, random(0xf))))).toBe('403 forbidden');
    const { deviceId } = (await activate(first, signed(secret, random(0x11)))).body.data;
    await first.as('DELETE', `/devices/${deviceId}`);
    await first.cloud.close();
    const second = await startCloud({ dataDir });
    expect(words(await activate(second, signed(secret, random(0x11))))).toBe('403 forbidden');
    expect((await activate(second, signed(secret, random(0x12)))).status).toBe(200);
  });

  test('ends a live session, because it proves what it is', async () => {
    const t = await startCloud();
    const secret = await makeSigned(t);
    const activation = (await activate(t, signed(secret, random(1)))).body.data;
    const board = await t.online(activation);
    const closed = board.closed();
    const again = (await activate(t, signed(secret, random(2)))).body.data;
    await closed;
    await expect(t.connect(activation)).rejects.toMatchObject({ code: 4 });
    await t.online(again);
  });

  test("keeps the product's secret sealed in the database", async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const secret = await makeSigned(t);
    await t.cloud.close();
    const database = new Sqlite(`${dataDir}/cloud.sqlite`);
    const row = database.prepare("SELECT * FROM products WHERE activation_mode = 'signed'").get() as {
      sealed_secret: Buffer;
    };
    database.close();
    expect(row.sealed_secret.length).toBeGreaterThan(60);
    expect(row.sealed_secret.toString('latin1')).not.toContain(secret);
    expect(JSON.stringify(t.logged)).not.toContain(secret);
  });
});

test('a definition is taken over with its activation mode, or not at all: nothing comes between them', async () => {
  const database = await openDatabase(':memory:');
  onCleanup(() => {
    database.close();
  });
  const { environment } = new TestClock();
  const { products } = createServices({
    database,
    environment,
    events: new EventHub({ onListenerError: () => {} }),
    log: new Logger({ log: () => {}, now: environment.now }),
    signingKey: Buffer.alloc(32),
    sealingKey: Buffer.alloc(32),
    packageFiles: new MemoryFiles(),
    userFiles: new MemoryFiles(),
  });
  const [product] = PRODUCTS;
  const made = { ...product!, productKey: 'NEW', activationMode: 'signed' } as const;
  const changed = { ...product!, activationMode: 'signed' } as const;
  products.seed([product!]);
  database.exec(`CREATE TEMP TRIGGER killed BEFORE UPDATE OF sealed_secret ON products WHEN NEW.sealed_secret NOT NULL
    BEGIN SELECT RAISE(ABORT, 'killed'); END`);
  for (const one of [made, changed]) expect(() => products.seed([one])).toThrow('killed');
  database.exec('DROP TRIGGER killed');
  products.seed([made, changed]);
  for (const { productKey } of [made, changed]) {
    expect(products.get(productKey).activationMode).toBe('signed');
    expect(products.boardKey(productKey, 'A1')).toHaveLength(32);
  }
});

async function makeSigned(t: TestCloud): Promise<string> {
  return (await t.as('PUT', '/products/SW-SERVO-001', { activationMode: 'signed' })).body.data.productSecret;
}

function activate(t: TestCloud, body: object): Promise<Answer> {
  return t.call('POST', '/devices/activate', body);
}

/** A counter of 16 hex digits and 16 more. */
function random(counter: number): string {
  return counter.toString(16).padStart(16, '0') + 'c0ffee'.padEnd(16, '0');
}

/** What a board does, written from the specification. */
function signed<T extends { productKey: string; deviceSN: string; firmwareVersion?: string; chipModel?: string }>(
  productSecret: string,
  randomDigits: string,
  body: T = BODY as unknown as T,
): T & { random: string; sign: string } {
  const key = createHmac('sha256', productSecret).update(body.deviceSN).digest();
  const { productKey, deviceSN, firmwareVersion = '', chipModel = '' } = body;
  const text = ['SLA1', productKey, deviceSN, firmwareVersion, chipModel, randomDigits].join('\n');
  return { ...body, random: randomDigits, sign: createHmac('sha256', key).update(text).digest('hex') };
}
