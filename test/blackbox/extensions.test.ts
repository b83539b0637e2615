import { afterAll, beforeAll, describe } from 'vitest';
import { temporaryFolder } from '../support/program.js';
import { activation } from './extensions/activation.js';
import { commands } from './extensions/commands.js';
import { originApps } from './extensions/origin-apps.js';
import { productFlags, thingModel } from './extensions/thing-model.js';
import { CloudProcess } from './support/cloud-process.js';

// What goes beyond the API reference: the specification of the cloud, and the apps of the platform that it comes from.
const folder = temporaryFolder();
const flags = ['--public-host', 'mqtt.example', '--reconnect-spread', '60', ...productFlags(folder.path)];
const cloud = new CloudProcess('cloud', ...flags);

beforeAll(() => cloud.start());
afterAll(() => cloud.stop().finally(() => folder.remove()));

describe('commands and history', () => commands(cloud));
describe('thing models', () => thingModel(cloud));
describe('activation and devices', () => activation(cloud));
describe('the apps of the origin', () => originApps(cloud));
