import { describe, expect, test } from 'vitest';
import { createServices } from '../../host-sim/cloud/domain/services.js';
import type { BoardLink, PublishOptions } from '../../host-sim/cloud/domain/sessions.js';
import { EventHub, Logger } from '../../host-sim/cloud/events.js';
import { openDatabase } from '../../host-sim/cloud/store/database.js';
import { MemoryFiles } from '../../host-sim/cloud/store/stored-files.js';
import { TestClock } from './support/clock.js';
import { onCleanup, temporaryDirectory } from './support/fixture.js';
import { PRODUCTS } from './support/products.js';

interface Sent {
  readonly topic: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read messages of every shape
  readonly message: any;
  readonly acknowledge: () => void;
}

const PRODUCT_KEY = 'SW-SERVO-001';
const MANY_WAITING = 32;

describe('a command that was accepted and not acknowledged when the cloud was killed', () => {
  test('goes out again when the board is back, and is repeated until it is answered', async () => {
    const clock = new TestClock();
    const path = `${temporaryDirectory()}/cloud.sqlite`;
    const first = await run(clock, path);
    const [given] = await first.give(first.connect(), { angle: 1 });
    first.kill();
    clock.advance(30_000);
    const second = await run(clock, path);
    const { sent } = second.connect();
    expect(sent.map(({ message }) => message)).toEqual([given!.message]);
    sent[0]!.acknowledge();
    clock.advance(5_000);
    expect(sent).toHaveLength(2);
    second.answer(given!.message.id);
    clock.advance(10_000);
    expect(sent).toHaveLength(2);
    await turn();
    second.kill();
    expect((await run(clock, path)).connect().sent).toEqual([]);
  });

  test('is gone 60 s after it was given', async () => {
    const clock = new TestClock();
    const path = `${temporaryDirectory()}/cloud.sqlite`;
    const first = await run(clock, path);
    await first.give(first.connect(), { angle: 1 });
    first.kill();
    clock.advance(60_000);
    expect((await run(clock, path)).connect().sent).toEqual([]);
  });

  test('may be a service call', async () => {
    const clock = new TestClock();
    const path = `${temporaryDirectory()}/cloud.sqlite`;
    const first = await run(clock, path);
    const [given] = await first.give(first.connect(), { level: 'info' }, 'getLog');
    first.kill();
    const [again] = (await run(clock, path)).connect().sent;
    expect([again!.topic, again!.message]).toEqual([given!.topic, given!.message]);
  });
});

describe('what the next cloud does not send', () => {
  test('a command that the board has acknowledged, though it answered nothing', async () => {
    const clock = new TestClock();
    const path = `${temporaryDirectory()}/cloud.sqlite`;
    const first = await run(clock, path);
    const [sent] = await first.give(first.connect(), { angle: 1 });
    sent!.acknowledge();
    await turn();
    first.kill();
    expect((await run(clock, path)).connect().sent).toEqual([]);
  });

  test('a command that the board has acknowledged before it would have been stored', async () => {
    const clock = new TestClock();
    const path = `${temporaryDirectory()}/cloud.sqlite`;
    const first = await run(clock, path);
    const { sent } = first.connect();
    const accepted = first.services.commands.send(first.target, { angle: 1 });
    sent[0]!.acknowledge();
    await accepted;
    first.kill();
    expect((await run(clock, path)).connect().sent).toEqual([]);
  });

  test.each(['listens', 'is away'])('a command whose caller waited, where the board %s', async (how) => {
    const clock = new TestClock();
    const path = `${temporaryDirectory()}/cloud.sqlite`;
    const first = await run(clock, path);
    if (how === 'listens') first.connect();
    const waiting = first.services.commands.send(first.target, { angle: 1 }, 10_000);
    const told = expect(waiting).rejects.toMatchObject({ word: 'device_timeout' });
    await turn();
    first.services.commands.close();
    await told;
    first.kill();
    expect((await run(clock, path)).connect().sent).toEqual([]);
  });
});

describe('a caller who does not wait for the answer of the board', () => {
  test.each(['acknowledges', 'answers'])('is told of success when it %s', async (what) => {
    const t = await run(new TestClock());
    const { sent } = t.connect();
    const accepted = t.services.commands.send(t.target, { angle: 1 });
    if (what === 'answers') t.answer(sent[0]!.message.id);
    else sent[0]!.acknowledge();
    await accepted;
  });

  test.each(['its session ends', 'the cloud stops', '100 ms have passed'])(
    'or when the command is stored, because %s first',
    async (what) => {
      const clock = new TestClock();
      const path = `${temporaryDirectory()}/cloud.sqlite`;
      const t = await run(clock, path);
      const { link } = t.connect();
      const accepted = t.services.commands.send(t.target, { angle: 1 });
      if (what === 'its session ends') t.services.gateway.detach(link);
      else if (what === 'the cloud stops') t.services.commands.close();
      else clock.advance(100);
      await accepted;
      t.kill();
      expect((await run(clock, path)).connect().sent).toHaveLength(1);
    },
  );

  test('is told of success where the device is deleted meanwhile, and nothing is stored', async () => {
    const t = await run(new TestClock());
    t.connect();
    const accepted = t.services.commands.send(t.target, { angle: 1 });
    t.services.commands.dropAll(t.target.deviceId);
    await accepted;
    expect(t.database.prepare('SELECT count(*) AS n FROM pending_commands').get()).toEqual({ n: 0 });
  });

  test('is told where the command could not be stored, and it is given up', async () => {
    const t = await run(new TestClock());
    t.database.exec('DROP TABLE pending_commands');
    await expect(t.services.commands.send(t.target, { angle: 1 })).rejects.toThrow('pending_commands');
    expect(t.connect().sent).toEqual([]);
  });
});

test('two commands that are given at once go out in their order, each once', async () => {
  const clock = new TestClock();
  const t = await run(clock);
  const { sent, link } = t.connect();
  const angles = [1, 2];
  const accepted = angles.map((angle) => t.services.commands.send(t.target, { angle }));
  clock.advance(100);
  await Promise.all(accepted);
  t.services.gateway.subscribed(link, []);
  expect(sent.map(({ message }) => message.params.angle)).toEqual(angles);
});

test('no more than 128 commands are taken that a board has not acknowledged, and each of them comes again', async () => {
  const clock = new TestClock();
  const t = await run(clock);
  const board = t.connect();
  const angles = Array.from({ length: 128 }, (_, angle) => angle);
  const accepted = angles.map((angle) => t.services.commands.send(t.target, { angle }));
  await expect(t.services.commands.send(t.target, { angle: 0 })).rejects.toMatchObject({
    word: 'too_many_requests',
    retryAfterS: 5,
  });
  clock.advance(100);
  await Promise.all(accepted);
  t.services.gateway.detach(board.link);
  expect(t.connect().sent.map(({ message }) => message.params.angle)).toEqual(angles);
});

describe('a board that does not read', () => {
  test('holds nobody up: ?wait ends in time, and a command without it is accepted after 100 ms', async () => {
    const clock = new TestClock();
    const t = await run(clock);
    const { sent } = t.connect({ reads: false });
    const waiting = t.services.commands.send(t.target, { angle: 1 }, 1);
    const told = expect(waiting).rejects.toMatchObject({ word: 'device_timeout' });
    clock.advance(1);
    await told;
    await t.give({ sent }, { angle: 2 });
    expect(sent).toHaveLength(2);
  });

  test('is not sent more than 128 messages, whoever has given up waiting', async () => {
    const clock = new TestClock();
    const t = await run(clock);
    const { sent } = t.connect({ reads: false });
    const wait = () => t.services.commands.send(t.target, { angle: 1 }, 1);
    for (let count = 0; count < 128; count += 1) {
      const told = expect(wait()).rejects.toMatchObject({ word: 'device_timeout' });
      clock.advance(1);
      await told;
    }
    await expect(wait()).rejects.toMatchObject({ word: 'too_many_requests' });
    await expect(t.services.commands.send(t.target, { angle: 1 })).rejects.toMatchObject({ word: 'too_many_requests' });
    expect(sent).toHaveLength(128);
  });

  test('gets the command on its next session', async () => {
    const t = await run(new TestClock());
    await t.give(t.connect({ reads: false }), { angle: 2 });
    expect(t.connect().sent.map(({ message }) => message.params)).toEqual([{ angle: 2 }]);
  });
});

test.each(['listens', 'has acknowledged them'])(
  'no more than 32 callers wait for one board that %s, and other commands still reach it',
  async (how) => {
    const clock = new TestClock();
    const t = await run(clock);
    const { sent } = t.connect();
    const wait = () => t.services.commands.send(t.target, { angle: 1 }, 1_000);
    const waiting = Array.from({ length: MANY_WAITING }, () => expect(wait()).rejects.toMatchObject({ status: 504 }));
    if (how !== 'listens') for (const { acknowledge } of sent) acknowledge();
    await expect(wait()).rejects.toMatchObject({ word: 'too_many_requests', retryAfterS: 5 });
    await t.give({ sent }, { angle: 2 });
    expect(sent).toHaveLength(MANY_WAITING + 1);
    clock.advance(1_000);
    await Promise.all(waiting);
    const next = expect(wait()).rejects.toMatchObject({ status: 504 });
    clock.advance(1_000);
    await next;
  },
);

/** One run of the domain of a cloud, on a database that outlives it, with one device. */
async function run(clock: TestClock, path = ':memory:') {
  const database = await openDatabase(path);
  onCleanup(() => {
    database.close();
  });
  const { environment } = clock;
  const services = createServices({
    database,
    environment,
    events: new EventHub({ onListenerError: () => {} }),
    log: new Logger({ log: () => {}, now: environment.now }),
    signingKey: Buffer.alloc(32),
    sealingKey: Buffer.alloc(32),
    packageFiles: new MemoryFiles(),
    userFiles: new MemoryFiles(),
  });
  services.products.seed(PRODUCTS);
  const request = { productKey: PRODUCT_KEY, deviceSN: 'A', firmwareVersion: '1.0.0', chipModel: 'ESP32' };
  const address = { publicHost: undefined, port: 1, portTLS: 1, portMTLS: () => undefined, reconnectSpreadS: 0 };
  const { deviceId, mqtt } = await services.activation.activate(request, address, {
    host: 'localhost',
    isSecure: false,
  });
  const board = services.gateway.authenticate(mqtt.username, Buffer.from(mqtt.password), mqtt.clientId);
  if ('word' in board) throw new Error(board.word);
  const target = { deviceId, productKey: PRODUCT_KEY, deviceSeq: board.deviceSeq };

  /** A session of the board, that listens. */
  const connect = ({ reads = true } = {}) => {
    const sent: Sent[] = [];
    const link: BoardLink = {
      board,
      publish: (topic: string, payload: string, { onAcknowledged = () => {} }: PublishOptions) => {
        sent.push({ topic, message: JSON.parse(payload), acknowledge: onAcknowledged });
        return reads ? Promise.resolve() : new Promise(() => {});
      },
      close: () => {},
    };
    services.gateway.attach(link);
    services.gateway.subscribed(link, [board.topics.propertySet, board.topics.serviceInvoke]);
    return { link, sent };
  };
  return {
    database,
    services,
    target,
    connect,
    /** Gives a command, which the board does not acknowledge; returns what the board was sent since it is there. */
    give: async ({ sent }: { sent: Sent[] }, params: object, service?: string) => {
      const accepted = services.commands.send(target, params, undefined, service);
      clock.advance(100);
      await accepted;
      return sent;
    },
    answer: (id: string) => services.commands.answered(deviceId, { id, code: 200 }),
    /** Nothing that was not committed so far ever is. */
    kill: () => {
      services.commands.close();
      database.close();
    },
  };
}

/** After what is deferred until now. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
