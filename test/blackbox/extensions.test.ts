import { afterAll, beforeAll, describe } from 'vitest';
import { activation } from './extensions/activation.js';
import { commands } from './extensions/commands.js';
import { originApps } from './extensions/origin-apps.js';
import { productFlags, thingModel } from './extensions/thing-model.js';
import { CloudProcess } from './support/cloud-process.js';

// What goes beyond the API reference: the specification of the cloud, and the apps of the platform that it comes from.
const cloud = new CloudProcess('cloud', (folder) => [
  ...['--public-host', 'mqtt.example', '--reconnect-spread', '60'],
  ...productFlags(folder),
]);

beforeAll(() => cloud.start());
afterAll(() => cloud.stop());

describe('commands and history', () => commands(cloud));
describe('thing models', () => thingModel(cloud));
describe('activation and devices', () => activation(cloud));
describe('the apps of the origin', () => originApps(cloud));
