import { generate, parser as mqttPacketParser, type Packet } from 'mqtt-packet';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { MqttClient, type MqttClientOptions } from '../../src/mqtt/client.js';
import { FakeNetwork } from '../net/fake-network.js';

export const COMMANDS = '/sys/SW-SERVO-001/dev_a1b2c3d4/thing/service/property/set';
export const POSTS = Buffer.from('/sys/SW-SERVO-001/dev_a1b2c3d4/thing/event/property/post');

/** A client on a network and in a time that the test makes; what it calls back is in `log`. */
export function setUp(overrides: Partial<MqttClientOptions> = {}) {
  const time = new VirtualTime();
  const network = new FakeNetwork();
  const log: string[] = [];
  const client: MqttClient = new MqttClient({
    network,
    timer: time.timer,
    text: createNodeText(),
    host: '10.0.0.1',
    port: 1_883,
    connect: {
      clientId: 'SW-SERVO-001&dev_a1b2c3d4',
      username: 'SW-SERVO-001&dev_a1b2c3d4',
      password: 'tk_xyz789',
      keepAliveS: 60,
      will: { topic: '/status', payload: '{"status":"offline"}' },
    },
    subscriptions: [COMMANDS],
    subscribeQos: 1,
    maxMessageBytes: 512,
    pingTimeoutMs: 10_000,
    sendBuffer: new Uint8Array(2_048),
    onReady: () => log.push('ready'),
    onMessage: (subscription, retained, bytes, start, end) => {
      const payload = Buffer.from(bytes.subarray(start, end)).toString('utf8');
      log.push(`message ${subscription}${retained ? ' retained' : ''} ${payload}`);
    },
    onSkipped: (bytes) => log.push(`skipped ${bytes}`),
    onAcknowledged: () => {},
    onDrained: () => log.push('drained'),
    onEnded: (end) =>
      log.push(
        `ended ${end.kind === 'refused' ? `refused ${end.code}` : end.kind === 'failed' ? end.reason : end.kind}`,
      ),
    ...overrides,
  });
  const fixture = {
    time,
    network,
    log,
    client,
    /** The broker sends packets, in one segment. */
    say(...packets: Packet[]): void {
      network.tcp.deliver(Buffer.concat(packets.map((packet) => generate(packet))));
    },
    /** The packets that the client has written since this was last asked. */
    heard(): Packet[] {
      const packets: Packet[] = [];
      const oracle = mqttPacketParser({ protocolVersion: 4 });
      oracle.on('packet', (packet) => packets.push(packet));
      oracle.on('error', (error) => {
        throw error;
      });
      oracle.parse(network.tcp.sent);
      network.tcp.writes.length = 0;
      return packets;
    },
    /** The same, in short. */
    heardShort(): string[] {
      return fixture.heard().map(({ cmd, messageId }) => (messageId === undefined ? cmd : `${cmd} ${messageId}`));
    },
    /** Connects and subscribes; what was called and written on the way is forgotten. */
    ready() {
      network.tcp.makeRoom();
      fixture.say(CONNACK, SUBACK);
      fixture.heard();
      log.length = 0;
      return fixture;
    },
  };
  return fixture;
}

export type Fixture = ReturnType<typeof setUp>;

export const CONNACK: Packet = { cmd: 'connack', returnCode: 0, sessionPresent: false };
export const SUBACK: Packet = { cmd: 'suback', messageId: 1, granted: [1] };
export const PINGRESP: Packet = { cmd: 'pingresp' };

export function puback(messageId: number): Packet {
  return { cmd: 'puback', messageId };
}

/** A message of the broker, at QoS 1 where it has an id. */
export function message(payload: string, messageId?: number, topic = COMMANDS, retain = false): Packet {
  return {
    cmd: 'publish',
    topic,
    payload,
    qos: messageId === undefined ? 0 : 1,
    dup: false,
    retain,
    ...(messageId === undefined ? {} : { messageId }),
  };
}
