import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { createServices } from '../../host-sim/cloud/domain/services.js';
import { EventHub, Logger } from '../../host-sim/cloud/events.js';
import { CertificateStore } from '../../host-sim/cloud/store/certificate-store.js';
import { migrate, openDatabase, type SqliteDatabase } from '../../host-sim/cloud/store/database.js';
import { DeviceStore } from '../../host-sim/cloud/store/device-store.js';
import { EventStore, MAX_EVENTS } from '../../host-sim/cloud/store/event-store.js';
import { MIGRATIONS } from '../../host-sim/cloud/store/migrations.js';
import { personalColumns } from '../../host-sim/cloud/store/personal-rows.js';
import { ProductStore } from '../../host-sim/cloud/store/product-store.js';
import { MAX_POINTS, type PropertyPoint, PropertyStore } from '../../host-sim/cloud/store/property-store.js';
import { RevocationStore } from '../../host-sim/cloud/store/revocation-store.js';
import { MemoryFiles } from '../../host-sim/cloud/store/stored-files.js';
import { WriteBatch } from '../../host-sim/cloud/store/write-batch.js';
import { TestClock } from './support/clock.js';
import { onCleanup, temporaryDirectory } from './support/fixture.js';

/** Queries that want every row of their table, and so may read all of it. */
const WHOLE_TABLE = [
  /FROM products ORDER BY/,
  /count\(\*\) AS n FROM products$/,
  /DISTINCT category(\) AS n)? FROM products/,
  // Who is subscribed to anything, when a cloud starts.
  /^SELECT \* FROM subscribers$/,
  // What a user sees of all devices, in their order.
  /USING \(product_id\) WHERE \+d\.project_id IN \([^)]*\) ORDER BY d\.seq/,
  // What he looks for among them, and among all products, by a part of a name, which no index has.
  /USING \(product_id\) WHERE \+d\.project_id IN \([^)]*\) AND \(d\.name LIKE @search [^)]*\) ORDER BY d\.seq/,
  /FROM products WHERE \(@category IS NULL OR category = @category\)\s+AND \(name LIKE @search/,
  // The same by the gateway; and what is in his home, in his own order, which no index has.
  /LEFT JOIN user_devices u .* WHERE \+d\.project_id IN .* ORDER BY d\.seq LIMIT/s,
  /LEFT JOIN user_devices u .* ORDER BY coalesce\(u\.is_top/s,
  // Of all products, what their boards are called over BLE.
  /AS ble_name FROM products\)/,
  // The same of all certificates, and how many those are.
  /EXISTS \([^;]* ORDER BY c\.seq LIMIT/,
  /^SELECT count\(\*\) AS n FROM client_certificates c [^;]*EXISTS/,
  // The same as an end user's app lists it, and how many those are.
  /WHERE \+d\.project_id IN [^;]* AND \(@productKeys IS NULL/,
  /^SELECT count\(\*\) AS n FROM sms_requests$/,
  /FROM pending_commands c/,
  // There are 256 packages at most, and campaigns by the hundred.
  /FROM packages k /,
  /^SELECT package_id FROM packages$/,
  // What users' files take together, at most 65,536 blocks, and which there are.
  /^SELECT sum\(.* FROM user_files$/,
  /^SELECT file_id FROM user_files$/,
  /FROM campaigns c .*ORDER BY c\.seq DESC LIMIT @limit/s,
  /^SELECT count\(\*\) AS n FROM campaigns c/,
  // All that is in an index of nothing else.
  /^SELECT DISTINCT u\.campaign_seq/,
  /^UPDATE updates AS u SET\s+state = CASE state/,
  /^SELECT device_seq FROM updates\s+WHERE state IN/,
  // What is too old is looked for board by board.
  /^SELECT seq FROM devices$/,
];

describe('the database', () => {
  test('answers every query of the services by an index', async () => {
    const database = await open();
    const queries: string[] = [];
    const prepare = database.prepare.bind(database);
    database.prepare = ((sql: string) => {
      queries.push(sql);
      return prepare(sql);
    }) as typeof database.prepare;
    const { environment } = new TestClock();
    const log = new Logger({ log: () => {}, now: environment.now });
    createServices({
      database,
      environment,
      events: new EventHub({ onListenerError: () => {} }),
      log,
      signingKey: Buffer.alloc(32),
      sealingKey: Buffer.alloc(32),
      packageFiles: new MemoryFiles(),
      userFiles: new MemoryFiles(),
    });
    new CertificateStore(database);
    new RevocationStore(database);
    expect(queries.length).toBeGreaterThan(40);
    for (const sql of queries) {
      if (WHOLE_TABLE.some((pattern) => pattern.test(sql.trim()))) continue;
      const parameters = Object.fromEntries([...sql.matchAll(/@(\w+)/g)].map(([, name]) => [name, null]));
      const marks = Array.from({ length: sql.split('?').length - 1 }, () => null);
      const plan = prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(marks.length > 0 ? marks : [parameters])) as {
        detail: string;
      }[];
      const steps = plan.map((step) => step.detail);
      // A compound query's parts are scanned after they were found.
      expect(steps.filter((step) => /^SCAN (?!\(|CONSTANT)/.test(step)).map((step) => `${step}: ${sql}`)).toEqual([]);
      expect(
        steps.filter((step) => step.includes('TEMP B-TREE FOR ORDER BY')).map((step) => `${step}: ${sql}`),
      ).toEqual([]);
    }
  });

  test('finds what is a user’s own by an index, in every table that has any', async () => {
    const database = await open();
    const columns = personalColumns(database);
    expect(columns.length).toBeGreaterThan(10);
    const scanned = columns.filter(({ table, column }) => {
      const plan = database.prepare(`EXPLAIN QUERY PLAN DELETE FROM ${table} WHERE ${column} = 1`).all();
      return (plan as { detail: string }[]).some(({ detail }) => detail.startsWith('SCAN'));
    });
    expect(scanned).toEqual([]);
  });

  test('cannot be locked by another program, so that no commit waits for one', async () => {
    const path = `${temporaryDirectory()}/cloud.sqlite`;
    for (const time of ['first', 'second']) {
      const database = await openDatabase(path);
      const lock = [
        'const database = new (require("better-sqlite3"))(process.argv[1], { timeout: 0 });',
        'try { database.exec("BEGIN IMMEDIATE"); } catch (error) { console.log(error.code); }',
      ];
      expect([time, execFileSync(process.execPath, ['-e', lock.join('\n'), path], { encoding: 'utf8' })]).toEqual([
        time,
        'SQLITE_BUSY\n',
      ]);
      database.close();
    }
  });

  test('writes ahead and syncs every commit', async () => {
    const database = await open(`${temporaryDirectory()}/cloud.sqlite`);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
    expect(database.pragma('foreign_keys', { simple: true })).toBe(1);
    migrate(database);
    expect(database.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
  });
});

describe('property history', () => {
  test('keeps the newest 10,000 points of a board, and those of the last days', async () => {
    const { database, properties, seq } = await storeWithDevice();
    const points: PropertyPoint[] = Array.from({ length: 60 }, (_, index) => ({
      key: `k${index}`,
      value: String(index),
      reportedAt: 5,
      sampled: false,
    }));
    for (let post = 0; post < 170; post += 1) properties.record(seq, points, post);
    const kept = database.prepare('SELECT count(*) AS n, min(received_at) AS oldest FROM property_points').get() as {
      n: number;
      oldest: number;
    };
    expect(kept).toEqual({ n: MAX_POINTS, oldest: 3 });
    properties.prune(169);
    expect(database.prepare('SELECT count(*) AS n FROM property_points').get()).toEqual({ n: 60 });
    expect(properties.last(seq)).toHaveLength(60);
  });

  test('drops nothing that came after a point that is young enough', async () => {
    const { database, properties, seq } = await storeWithDevice();
    const point = { key: 'position', value: '"up"', reportedAt: 5, sampled: false };
    for (const receivedAt of [1, 9, 2]) properties.record(seq, [point], receivedAt);
    properties.prune(5);
    expect(database.prepare('SELECT received_at FROM property_points').pluck().all()).toEqual([9, 2]);
    properties.prune(10);
    expect(database.prepare('SELECT received_at FROM property_points').pluck().all()).toEqual([]);
  });

  test('goes with its device', async () => {
    const { database, properties, devices, seq } = await storeWithDevice();
    properties.record(seq, [{ key: 'position', value: '"up"', reportedAt: 5, sampled: false }], 5);
    devices.delete(seq);
    expect(database.prepare('SELECT count(*) AS n FROM property_points').get()).toEqual({ n: 0 });
    properties.record(seq, [{ key: 'position', value: '"up"', reportedAt: 5, sampled: false }], 5);
    expect(properties.last(seq)).toEqual([]);
  });
});

test('events are kept to the newest 1,000 of a board', async () => {
  const { database, seq } = await storeWithDevice();
  const events = new EventStore(database);
  for (let count = 0; count < MAX_EVENTS + 5; count += 1) {
    events.record(seq, { name: 'x', params: String(count), reportedAt: 5, receivedAt: 5 });
  }
  const { rows, total } = events.list({ deviceSeq: seq, name: null, from: 0, to: 10 }, 1, MAX_EVENTS - 1);
  expect(total).toBe(MAX_EVENTS);
  expect(rows).toMatchObject([{ params: '5' }]);
});

describe('group commit', () => {
  test('a job that fails takes no other with it, and all are told in order', async () => {
    const database = await open();
    database.exec('CREATE TABLE t (x INTEGER UNIQUE)');
    const insert = database.prepare<[number]>('INSERT INTO t VALUES (?)');
    const deferred: (() => void)[] = [];
    const batch = new WriteBatch({ database, defer: (callback) => deferred.push(callback) });
    const told: string[] = [];
    for (const value of [1, 2, 2, 3]) {
      batch.add(
        () => insert.run(value),
        (error) => told.push(error ? 'failed' : `stored ${value}`),
      );
    }
    expect(told).toEqual([]);
    expect(deferred).toHaveLength(1);
    deferred[0]!();
    expect(told).toEqual(['stored 1', 'stored 2', 'failed', 'stored 3']);
    expect(database.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 3 });
  });
});

async function open(path = ':memory:'): Promise<SqliteDatabase> {
  const database = await openDatabase(path);
  onCleanup(() => {
    database.close();
  });
  return database;
}

async function storeWithDevice() {
  const database = await open();
  const products = new ProductStore(database);
  const text = {
    name: '',
    description: '',
    category: '',
    control_mode: 'toggle',
    ui_template: '',
    icon_name: '',
    icon_color: '',
    manufacturer: '',
    model: '',
  };
  products.seed({ product_key: 'P', definition: '{}', ...text }, 1);
  const devices = new DeviceStore(database);
  const hash = Buffer.alloc(32);
  const strings = { name: 'n', deviceSN: 'S', firmwareVersion: '', chipModel: '' };
  devices.insert({
    deviceId: 'dev_1',
    productId: 1,
    secretHash: hash,
    passwordHash: hash,
    at: 1,
    ...strings,
    activatedAt: 1,
    apiHost: null,
    apiSecure: 0,
    projectId: 'proj_default',
  });
  return { database, devices, properties: new PropertyStore(database), seq: devices.byId('dev_1')!.seq };
}
