// Measures the dev cloud: CPU of an activation beside a bare node:http server that makes the same SQL commits, activations
// and commands over 50 connections, and how long listing devices takes. `--seconds N` sets the time under load (20).
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CONNECTIONS = 50;
const ROUNDS = 5;
const ACTIVATIONS_A_ROUND = 3_000;
const LISTED = 1_000;
const CPU_GOAL = 1.5;
const LIST_GOAL_MS = 20;
const PRODUCT_KEY = 'SW-SERVO-001';
const USER = { name: 'bench', password: 'bench-password' };
const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = join(root, 'dist/bench-cloud.mjs');

if (process.argv[2] === 'serve') await serve(process.argv[3], process.argv[4]);
else await measure();

/** Runs in a process of its own, so that its CPU time is its own; tells it when asked. */
async function serve(kind, dataDir) {
  const parts = await import(bundle);
  const port = kind === 'cloud' ? await serveCloud(parts, dataDir) : await serveBare(parts, dataDir);
  process.on('message', () => process.send(process.cpuUsage()));
  process.on('disconnect', () => process.exit());
  process.send({ port });
}

async function serveCloud({ createCloud, loadProduct }, dataDir) {
  const cloud = await createCloud({
    dataDir,
    host: '127.0.0.1',
    apiPort: 0,
    mqttPort: 0,
    activationRate: 0,
    products: [loadProduct(PRODUCT_KEY)],
    user: USER,
    log: () => {},
  });
  return cloud.apiPort;
}

/** The same rows read and written by the same statements, and no more than HTTP and JSON around them. */
async function serveBare({ openDatabase, DeviceStore, ProductStore }, dataDir) {
  const database = await openDatabase(join(dataDir, 'bare.sqlite'));
  const products = new ProductStore(database);
  const fields = ['name', 'description', 'category', 'ui_template', 'icon_name', 'icon_color', 'manufacturer', 'model'];
  const empty = Object.fromEntries(fields.map((field) => [field, '']));
  products.seed({ ...empty, product_key: PRODUCT_KEY, control_mode: 'toggle', definition: '{}' }, 1);
  const devices = new DeviceStore(database);
  const hash = Buffer.alloc(32);
  let count = 0;
  const answer = JSON.stringify({ code: 200, message: 'success', data: { text: 'x'.repeat(700) } });
  const server = createServer((incoming, outgoing) => {
    let text = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk) => {
      text += chunk;
    });
    incoming.on('end', () => {
      const { productKey, deviceSN, firmwareVersion, chipModel } = JSON.parse(text);
      const { product_id: productId } = products.byKey(productKey);
      if (!devices.bySerial(productId, deviceSN)) {
        count += 1;
        const device = { deviceSN, productId, firmwareVersion, chipModel, name: deviceSN, projectId: 'proj_default' };
        const hashes = { secretHash: hash, passwordHash: hash };
        devices.insert({ ...device, ...hashes, deviceId: `dev_${count}`, activatedAt: 1, at: 1 });
      }
      outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
      outgoing.end(answer);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

async function measure() {
  await buildParts();
  const at = process.argv.indexOf('--seconds');
  const seconds = at < 0 ? 20 : Number(process.argv[at + 1]);
  const failures = [await measureActivation(), await measureLoad(seconds), await measureList()];
  if (failures.includes(true)) process.exitCode = 1;
}

/** CPU time of the server for one activation, in turns, medians. True where the goal is missed. */
async function measureActivation() {
  const servers = { bare: await start('bare'), cloud: await start('cloud') };
  const costs = { bare: [], cloud: [] };
  // The first round is for the compiler.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const name of ['bare', 'cloud']) {
      const server = servers[name];
      const before = await server.cpuUs();
      let left = ACTIVATIONS_A_ROUND;
      await Promise.all(
        Array.from({ length: CONNECTIONS }, async () => {
          for (; left > 0; ) {
            left -= 1;
            await activate(server, `R${round}N${left}`);
          }
        }),
      );
      if (round > 0) costs[name].push(((await server.cpuUs()) - before) / ACTIVATIONS_A_ROUND);
    }
  }
  for (const server of Object.values(servers)) server.stop();
  const [bare, cloud] = [median(costs.bare), median(costs.cloud)];
  const ratio = cloud / bare;
  console.log(
    `activation      ${cloud.toFixed(0)} µs of CPU, bare node:http with the same commits ${bare.toFixed(0)} µs: ${ratio.toFixed(2)}× (goal ${CPU_GOAL}×)`,
  );
  return ratio > CPU_GOAL;
}

/** Activations and commands over 50 connections. True where a request failed. */
async function measureLoad(seconds) {
  const server = await start('cloud');
  const token = await login(server);
  const end = Date.now() + seconds * 1000;
  const times = [];
  let errors = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async (_, worker) => {
      for (let count = 0; Date.now() < end; count += 1) {
        try {
          const from = performance.now();
          const { deviceId } = await activate(server, `W${worker}N${count}`);
          const body = { action: 'toggle', position: 'up' };
          await call(server, 'POST', `/devices/${deviceId}/control`, { body, token });
          times.push((performance.now() - from) / 2);
        } catch (error) {
          errors += 1;
          if (errors === 1) console.error(error.message);
        }
      }
    }),
  );
  server.stop();
  console.log(
    `load            ${CONNECTIONS} connections, ${seconds} s: ${((2 * times.length) / seconds).toFixed(0)} requests a second, p50 ${percentile(times, 50)} ms, p95 ${percentile(times, 95)} ms, ${errors} errors`,
  );
  return errors > 0;
}

/** Listing 1,000 devices: a request answers at most 100; all ten pages are shown beside it. True where a request misses the goal. */
async function measureList() {
  const server = await start('cloud');
  const token = await login(server);
  for (let count = 0; count < LISTED; count += 1) await activate(server, `N${count}`);
  const pages = [];
  const all = [];
  for (let round = 0; round < 60; round += 1) {
    const from = performance.now();
    for (let page = 1; page <= LISTED / 100; page += 1) {
      const pageFrom = performance.now();
      const data = await call(server, 'GET', `/devices?size=100&page=${page}`, { token });
      if (data.total !== LISTED || data.list.length !== 100) throw new Error('the list is not complete');
      if (round >= 10) pages.push(performance.now() - pageFrom);
    }
    if (round >= 10) all.push(performance.now() - from);
  }
  server.stop();
  console.log(
    `list of 1,000   a page of 100: p50 ${percentile(pages, 50)} ms, p95 ${percentile(pages, 95)} ms (goal ${LIST_GOAL_MS} ms); all ten pages: p50 ${percentile(all, 50)} ms, p95 ${percentile(all, 95)} ms`,
  );
  return Number(percentile(pages, 95)) > LIST_GOAL_MS;
}

async function start(kind) {
  const dataDir = mkdtempSync(join(tmpdir(), 'smartlink-bench-'));
  const child = fork(fileURLToPath(import.meta.url), ['serve', kind, dataDir]);
  const { port } = await message(child);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, noDelay: true });
  return {
    port,
    agent,
    cpuUs: async () => {
      child.send('cpu');
      const { user, system } = await message(child);
      return user + system;
    },
    stop: () => {
      agent.destroy();
      child.kill('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function message(child) {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('the server ended'));
    child.once('exit', onExit);
    child.once('message', (value) => {
      child.removeListener('exit', onExit);
      resolve(value);
    });
  });
}

function activate(server, deviceSN) {
  const body = { productKey: PRODUCT_KEY, deviceSN, firmwareVersion: '1.0.0', chipModel: 'ESP32' };
  return call(server, 'POST', '/devices/activate', { body });
}

async function login(server) {
  const body = { username: USER.name, password: USER.password };
  return (await call(server, 'POST', '/users/login', { body })).token;
}

function call(server, method, path, { body, token } = {}) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const { port, agent } = server;
    const outgoing = request({ port, agent, method, path: `/api/v1${path}`, host: '127.0.0.1', headers }, (answer) => {
      let received = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk) => {
        received += chunk;
      });
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(JSON.parse(received).data);
        else reject(new Error(`${method} ${path}: ${received}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

async function buildParts() {
  const { build } = await import('esbuild');
  await build({
    stdin: {
      contents: `export { createCloud } from './host-sim/cloud/cloud.js';
export { loadProduct } from './host-sim/products/load.js';
export { openDatabase } from './host-sim/cloud/store/database.js';
export { DeviceStore } from './host-sim/cloud/store/device-store.js';
export { ProductStore } from './host-sim/cloud/store/product-store.js';`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    outfile: bundle,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
  });
}

function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0).toFixed(2);
}

function median(values) {
  return Number(percentile(values, 50));
}
