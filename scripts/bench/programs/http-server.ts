import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Fastify from 'fastify';
import { createCloud } from '../../../host-sim/cloud/cloud.js';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { DeviceStore } from '../../../host-sim/cloud/store/device-store.js';
import { ProductStore } from '../../../host-sim/cloud/store/product-store.js';
import { loadProduct } from '../../../host-sim/products/load.js';
import { serveParent } from '../child.js';

/** The servers that are compared: the cloud, the same commits under bare node:http, and both frameworks with nothing behind them. */
const SERVERS: Readonly<Record<string, (dataDir: string) => Promise<number>>> = { cloud, bare, http, fastify };
const PRODUCT_KEY = 'SW-SERVO-001';
const ANSWER = JSON.stringify({ code: 200, message: 'success', data: { text: 'x'.repeat(700) } });

async function cloud(dataDir: string): Promise<number> {
  const { apiPort } = await createCloud({
    dataDir,
    host: '127.0.0.1',
    apiPort: 0,
    mqttPort: 0,
    wsPort: 0,
    activationRate: 0,
    products: [loadProduct(PRODUCT_KEY)],
    user: { name: 'bench', password: 'bench-password' },
    log: () => {},
  });
  return apiPort;
}

/** The same rows read and written by the same statements, and no more than HTTP and JSON around them. */
async function bare(dataDir: string): Promise<number> {
  const database = await openDatabase(join(dataDir, 'bare.sqlite'));
  const products = new ProductStore(database);
  products.seed(
    {
      ...{ name: '', description: '', category: '', ui_template: '', icon_name: '', icon_color: '' },
      ...{ manufacturer: '', model: '', product_key: PRODUCT_KEY, control_mode: 'toggle', definition: '{}' },
    },
    1,
  );
  const devices = new DeviceStore(database);
  const hash = Buffer.alloc(32);
  let count = 0;
  return await listen((body) => {
    const { productKey, ...board } = JSON.parse(body) as Record<
      'productKey' | 'deviceSN' | 'firmwareVersion' | 'chipModel',
      string
    >;
    const { product_id: productId } = products.byKey(productKey)!;
    if (devices.bySerial(productId, board.deviceSN)) return;
    count += 1;
    const names = { deviceId: `dev_${count}`, name: board.deviceSN, projectId: 'proj_default' };
    const address = { apiHost: '127.0.0.1', apiSecure: 0 };
    devices.insert({
      ...board,
      ...names,
      ...address,
      productId,
      secretHash: hash,
      passwordHash: hash,
      activatedAt: 1,
      at: 1,
    });
  });
}

async function http(): Promise<number> {
  return await listen(() => {});
}

async function fastify(): Promise<number> {
  const server = Fastify();
  server.post('/api/v1/devices/activate', (_request, reply) => reply.type('application/json').send(ANSWER));
  await server.listen({ port: 0, host: '127.0.0.1' });
  return (server.server.address() as AddressInfo).port;
}

async function listen(onBody: (body: string) => void): Promise<number> {
  const server = createServer((incoming, outgoing) => {
    let text = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => {
      text += chunk;
    });
    incoming.on('end', () => {
      onBody(text);
      outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length });
      outgoing.end(ANSWER);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const [kind = '', dataDir = ''] = process.argv.slice(2);
serveParent({ port: await SERVERS[kind]!(dataDir) }, () => ({}));
