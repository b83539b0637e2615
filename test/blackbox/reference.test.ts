import { afterAll, beforeAll, describe } from 'vitest';
import { conventions } from './chapters/1-conventions.js';
import { users } from './chapters/2-users.js';
import { products } from './chapters/3-products.js';
import { activation } from './chapters/4-activation.js';
import { control } from './chapters/4-control.js';
import { devices } from './chapters/4-devices.js';
import { mqtt } from './chapters/5-mqtt.js';
import { status } from './chapters/5-status.js';
import { errors } from './chapters/6-errors.js';
import { webSocket } from './chapters/7-web-socket.js';
import { CloudProcess } from './support/cloud-process.js';

// The API reference v0.3.0, chapter by chapter, on one cloud: what one chapter leaves there does not trouble the next.
const cloud = new CloudProcess('cloud', ['--activation-rate', '0']);

beforeAll(() => cloud.start());
afterAll(() => cloud.stop());

describe('1 conventions and authentication', () => conventions(cloud));
describe('2 users', () => users(cloud));
describe('3 products', () => products(cloud));
describe('4 activation', () => activation(cloud));
describe('4 devices', () => devices(cloud));
describe('4 control', () => control(cloud));
describe('5 MQTT', () => mqtt(cloud));
describe('5 status, and announced topics', () => status(cloud));
describe('6 errors', () => errors(cloud));
describe('7 WebSocket', () => webSocket(cloud));
