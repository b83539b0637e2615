import type { Sharing } from '../../../host-sim/cloud/domain/sharing.js';
import { BoardSessions } from '../../../host-sim/cloud/external/board-sessions.js';
import type { SqliteDatabase } from '../../../host-sim/cloud/store/database.js';
import { TestClock } from '../support/clock.js';
import { openDomain } from '../support/domain.js';
import { PRODUCTS } from '../support/products.js';

const PRODUCT_KEY = 'SW-SERVO-001';

/** One run of a cloud over a broker of which this test knows everything, with one device. */
export async function oneBoard(
  options: { readonly database?: SqliteDatabase; readonly clock?: TestClock; readonly sharing?: Sharing } = {},
) {
  const { clock = new TestClock(), ...rest } = options;
  const { services } = await openDomain({ isBrokerExternal: true, ...rest }, clock);
  const happened: string[] = [];
  services.events.on('deviceOnline', () => happened.push('online'));
  services.events.on('deviceOffline', ({ reason }) => happened.push(reason));
  services.events.on('propertyPosted', () => happened.push('posted'));
  services.products.seed(PRODUCTS);
  const request = { productKey: PRODUCT_KEY, deviceSN: 'A', firmwareVersion: '1.0.0', chipModel: 'ESP32' };
  const address = { publicHost: undefined, port: 1, portTLS: 1, portMTLS: () => undefined, reconnectSpreadS: 0 };
  const activate = async () => services.activation.activate(request, address, { host: 'localhost', isSecure: false });
  const deviceId = services.activation.deviceId(PRODUCT_KEY, 'A') ?? (await activate()).deviceId;
  const root = `/sys/${PRODUCT_KEY}/${deviceId}/`;
  // biome-ignore lint/suspicious/noExplicitAny: tests read messages of every shape
  const sent: { readonly path: string; readonly message: any; readonly retain: boolean }[] = [];
  const way = { isOpen: true, hasHeardAll: true };
  const ended: { readonly clientId: string; readonly why: string }[] = [];
  const boards = new BoardSessions({
    ...services,
    broker: {
      publish: async (topic, payload, { retain }) => {
        if (!way.isOpen) throw new Error('the broker does not read');
        sent.push({ path: topic.slice(root.length), message: JSON.parse(payload), retain });
      },
    },
    echo: { hasHeardUntil: () => way.hasHeardAll },
    ender: {
      end: ({ clientId }, why) => ended.push({ clientId, why }),
      answered: () => {},
    },
    clientId: 'smartlink-cloud-a1b2c3-0',
    onMessage: () => {},
  });
  boards.restore();
  boards.connected(false);
  let done = 0;
  const say = (path: string, message: object, { isRetained = false } = {}) => {
    const payload = Buffer.from(JSON.stringify(message));
    boards.heard({ topic: `${root}${path}`, payload, isRetained }, () => {
      done += 1;
    });
    services.writes.flush();
  };
  const questions = () => sent.filter(({ path }) => path === 'thing/service/property/get');
  return {
    services,
    clock,
    boards,
    happened,
    sent,
    /** Whose connections were to be ended. */
    ended,
    /** Whether the broker takes what it is sent, and has brought all that was said. */
    way,
    deviceId,
    activate,
    target: { deviceId, productKey: PRODUCT_KEY, deviceSeq: services.stores.devices.byId(deviceId)!.seq },
    say,
    /** A board answers the last question. */
    answer: () => say('thing/service/property/get_reply', { id: questions().at(-1)!.message.id, code: 200, data: {} }),
    isOnline: () => services.presence.isOnline(deviceId),
    stored: () => services.stores.devices.byId(deviceId)!.online,
    done: () => done,
    questions,
    /** How many questions there were, those that were repeated once. */
    asked: () => new Set(questions().map(({ message }) => message.id)).size,
    sets: () => sent.filter(({ path }) => path === 'thing/service/property/set').map(({ message }) => message.id),
    said: () => sent.filter(({ path }) => path === 'status').map(({ message, retain }) => ({ ...message, retain })),
  };
}

export const online = (time: number) => ({ status: 'online', time });
export const offline = (time: number) => ({ status: 'offline', time });
