import { boardTopics } from '../../cloud/domain/topics.js';
import { type Kind, numberOf, textOf } from '../happening.js';

/** As a broker sends what somebody has retained there, perhaps long ago; without a time nothing else tells its age. */
const RETAINED = 'retained';
const ODD: Readonly<Record<string, () => Buffer | string>> = {
  empty: () => '',
  'not JSON': () => '{"id":"1","params":{"angle":',
  'an array': () => '[{"id":"1"}]',
  'no id': () => '{"method":"thing.service.property.set","params":{"action":"toggle"}}',
  'an id too long': () => `{"id":"${'9'.repeat(65)}","params":{"action":"toggle"}}`,
  'params that are none': () => '{"id":"odd 1","params":"toggle"}',
  'an action that is none': () => '{"id":"odd 2","params":{"action":"explode"}}',
  'a time that is none': () => '{"id":"odd 3","time":"noon","params":{"action":"toggle"}}',
  'an old time': () => '{"id":"odd 4","time":1500000000000,"params":{"action":"toggle"}}',
  'no UTF-8': () => Buffer.of(0x7b, 0xff, 0xfe, 0x7d),
  deep: () => `{"params":${'['.repeat(900)}${']'.repeat(900)}}`,
  [RETAINED]: () => '{"id":"odd 6","params":{"action":"toggle"}}',
  oversized: () => `{"id":"odd 5","params":{"action":"toggle","more":"${'x'.repeat(9_000)}"}}`,
};

export const messageOdd: Kind = {
  what: 'message-odd',
  about: 'A board gets a message that nobody should send it.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    oddity: random.pick(Object.keys(ODD)),
    service: random.pick(['property/set', 'property/get', 'restarts']),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const { deviceId, product } = device;
    if (deviceId === undefined) return;
    const set = boardTopics(product.productKey, deviceId).propertySet;
    const topic = set.replace('property/set', textOf(details, 'service'));
    const oddity = textOf(details, 'oddity');
    world.wires.tapOf(device)?.publish(topic, Buffer.from(ODD[oddity]!()), { retain: oddity === RETAINED });
  },
};
