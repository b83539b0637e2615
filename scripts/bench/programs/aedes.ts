import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { serveParent } from '../child.js';

/** The broker that is embedded in the dev cloud, as it is set up there, without what the cloud asks of each message. */
const broker = new Aedes({ concurrency: 0, heartbeatInterval: 3_600_000, maxInflightInbound: 16 });
await broker.listen();
const server = createServer({ noDelay: true }, (socket) => broker.handle(socket));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
serveParent({ port: (server.address() as AddressInfo).port }, () => ({}));
