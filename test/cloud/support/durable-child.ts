import { createCloud } from '../../../host-sim/cloud/cloud.js';
import { PRODUCTS } from './products.js';

/** A cloud in a process of its own, to be killed: prints where it listens, as JSON. */
const [dataDir = ''] = process.argv.slice(2);
const cloud = await createCloud({
  dataDir,
  host: '127.0.0.1',
  apiPort: 0,
  mqttPort: 0,
  activationRate: 0,
  products: PRODUCTS,
  user: { name: 'user@example.com', password: 'password123' },
  log: (event) => {
    if (event.level === 'error') console.error(JSON.stringify(event));
  },
});
console.log(JSON.stringify({ apiUrl: cloud.apiUrl, mqttUrl: cloud.mqttUrl }));
