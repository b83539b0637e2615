import { type Kind, numberOf } from '../happening.js';
import { impersonate } from '../impostor.js';
import { MQTT_PORT } from '../sim-cloud.js';

const TOPIC = '/sys/SW/dev_0/';

export const strippedAnswer: Kind = {
  what: 'stripped-answer',
  about: 'For a while boards that activate are told of a broker without TLS, and of no other.',
  draw: (random) => ({ forMs: random.between(5_000, 150_000) }),
  begin: (world, details) => {
    const data = {
      deviceId: 'dev_0',
      deviceSecret: 'sk_0',
      mqtt: {
        server: world.cloud.brokerHost,
        port: MQTT_PORT,
        username: 'SW&dev_0',
        password: 'pw_0',
        clientId: 'SW&dev_0',
        keepAlive: 60,
      },
      topics: {
        propertyPost: `${TOPIC}thing/event/property/post`,
        propertySet: `${TOPIC}thing/service/property/set`,
        status: `${TOPIC}status`,
      },
    };
    const body = JSON.stringify({ code: 200, message: 'success', data });
    impersonate(world, {
      door: 'api',
      forMs: numberOf(details, 'forMs'),
      answer: (peer, said) => {
        if (!said.includes('\r\n\r\n')) return;
        peer.onData = undefined;
        const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
        peer.write(Buffer.from(head + body));
        peer.end();
      },
    });
  },
};
