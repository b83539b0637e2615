import { describe, expect, test } from 'vitest';
import { type Controllable, controlParams } from '../../host-sim/cloud/domain/control-rules.js';
import type { CloudError } from '../../host-sim/cloud/errors.js';
import type { ControlMode } from '../../src/core/product.js';
import { TestClock } from './support/clock.js';
import { type Activation, matches, startCloud, type TestCloud, temporaryDirectory } from './support/fixture.js';
import { PRODUCTS, SERVO } from './support/products.js';

const byKey = (productKey: string): Controllable => {
  const definition = PRODUCTS.find((product) => product.productKey === productKey)!;
  return { controlMode: definition.controlMode, definition };
};

const control = (t: TestCloud, { deviceId }: Activation, body: unknown, query = '') =>
  t.as('POST', `/devices/${deviceId}/control${query}`, body);

describe('a command to a board that listens', () => {
  test('is published at QoS 1, not retained, as the reference has it', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    const board = await t.online(activation);
    const sent = t.next('commandSent');
    const answer = await control(t, activation, { action: 'toggle', position: 'up' });
    expect(answer.body).toEqual({ code: 200, message: 'success', data: { message: 'command_sent' } });
    const message = await board.next();
    expect(message).toMatchObject({ topic: activation.topics.propertySet, qos: 1, retain: false });
    expect(message.payload).toEqual({
      method: 'thing.service.property.set',
      id: expect.stringMatching(/^\d+$/),
      params: { action: 'toggle', position: 'up' },
      time: clock.now,
    });
    expect(await sent).toMatchObject({ id: message.payload.id, repeated: false });
  });

  test('is sent once, also when the board never answers', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    const board = await t.online(activation);
    await control(t, activation, { action: 'trigger' });
    await board.next();
    clock.advance(30_000);
    await control(t, activation, { action: 'pulse' });
    expect((await board.next()).payload.params).toEqual({ action: 'pulse' });
  });

  test('has an id of its own each time, all digits', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    const board = await t.online(activation);
    const ids = new Set<string>();
    for (let index = 0; index < 5; index += 1) {
      await control(t, activation, { action: 'trigger' });
      ids.add((await board.next()).payload.id);
    }
    expect(ids.size).toBe(5);
  });

  test('reaches a board that has subscribed but not said online yet', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.connect(activation);
    await board.subscribe(activation.topics.propertySet, 0);
    await control(t, activation, { switch: true, angle: 90 });
    expect((await board.next()).payload.params).toEqual({ switch: true, angle: 90 });
  });
});

describe('?wait', () => {
  test.each(['propertySetReply', 'propertyPost'] as const)(
    'answers when the board has answered on %s',
    async (topic) => {
      const t = await startCloud();
      const activation = await t.activate();
      const board = await t.online(activation);
      const waiting = control(t, activation, { action: 'trigger' }, '?wait=5000');
      const { id } = (await board.next()).payload;
      await board.say(activation.topics[topic], {
        method: 'thing.service.property.set_reply',
        id,
        code: 200,
        data: {},
      });
      const answer = await waiting;
      expect(answer.body.data).toEqual({ message: 'command_sent', reply: { code: 200, data: {} } });
      matches('control', answer);
    },
  );

  test('shows the code of a refusal', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    const waiting = control(t, activation, { angle: 180 }, '?wait=5000');
    const { id } = (await board.next()).payload;
    await board.say(activation.topics.propertySetReply, { id: Number(id), code: 460, message: 'angle' });
    expect((await waiting).body.data.reply).toEqual({ code: 460, message: 'angle' });
  });

  test('is device_timeout when the board does not answer, and the command is given up', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    const started = clock.untilTimer(3_000);
    const waiting = control(t, activation, { action: 'trigger' }, '?wait=3000');
    const dropped = t.next('commandDropped');
    await started;
    clock.advance(3_000);
    expect((await waiting).body).toMatchObject({ code: 504, message: 'device_timeout', data: null });
    await dropped;
    const board = await t.online(activation);
    await control(t, activation, { action: 'pulse' });
    expect((await board.next()).payload.params).toEqual({ action: 'pulse' });
  });

  test("a foreign board's answer does not count", async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const mine = await t.activate('A');
    const board = await t.online(mine);
    const other = await t.online(await t.activate('B'));
    const waiting = control(t, mine, { action: 'trigger' }, '?wait=3000');
    const { id } = (await board.next()).payload;
    const otherTopic = other.client.options.clientId!.replace('&', '/');
    await other.say(`/sys/${otherTopic}/thing/service/property/set_reply`, { id, code: 200 });
    clock.advance(3_000);
    expect((await waiting).status).toBe(504);
  });

  test('is refused outside 1 to 60000 ms', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    for (const wait of ['0', '60001', 'abc', '-1', '1.5', '']) {
      const answer = await control(t, activation, { action: 'trigger' }, `?wait=${wait}`);
      expect(answer.body).toMatchObject({
        code: 400,
        message: 'invalid_parameter',
        detail: expect.stringContaining('wait'),
      });
    }
  });
});

describe('a command to a board that is away', () => {
  test('is delivered when the board comes, and repeated with the same id until it is answered', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    expect((await control(t, activation, { action: 'trigger' })).status).toBe(200);
    clock.advance(20_000);
    const board = await t.online(activation, { time: clock.now });
    const first = await board.next();
    expect(first.payload.time).toBe(clock.now - 20_000);
    clock.advance(5_000);
    expect((await board.next()).payload).toEqual(first.payload);
    const answered = t.next('commandAnswered');
    await board.say(activation.topics.propertySetReply, { id: first.payload.id, code: 200, data: {} });
    await answered;
    clock.advance(30_000);
    await control(t, activation, { action: 'pulse' });
    expect((await board.next()).payload.params).toEqual({ action: 'pulse' });
  });

  test('is dropped after 60 s', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    await control(t, activation, { action: 'trigger' });
    const dropped = t.next('commandDropped');
    clock.advance(60_000);
    await dropped;
    const board = await t.online(activation);
    await control(t, activation, { action: 'pulse' });
    expect((await board.next()).payload.params).toEqual({ action: 'pulse' });
  });

  test('stops being repeated 60 s after it was given', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    await control(t, activation, { action: 'trigger' });
    clock.advance(52_000);
    const board = await t.online(activation, { time: clock.now });
    await board.next();
    const dropped = t.next('commandDropped');
    clock.advance(5_000);
    await board.next();
    clock.advance(60_000);
    await dropped;
    await control(t, activation, { action: 'pulse' });
    expect((await board.next()).payload.params).toEqual({ action: 'pulse' });
  });

  test('survives a restart of the cloud', async () => {
    const clock = new TestClock();
    const dataDir = temporaryDirectory();
    const first = await startCloud({ environment: clock.environment, dataDir });
    const activation = await first.activate();
    await control(first, activation, { action: 'toggle', position: 'down' });
    await first.cloud.close();
    clock.advance(10_000);
    const second = await startCloud({ environment: clock.environment, dataDir });
    const board = await second.online(activation, { time: clock.now });
    expect((await board.next()).payload.params).toEqual({ action: 'toggle', position: 'down' });
    await second.cloud.close();
    clock.advance(50_000);
    const third = await startCloud({ environment: clock.environment, dataDir });
    const again = await third.online(activation, { time: clock.now });
    await control(third, activation, { action: 'pulse' });
    expect((await again.next()).payload.params).toEqual({ action: 'pulse' });
  });

  test('that became too old while the cloud was down is told as dropped when it is up again', async () => {
    const clock = new TestClock();
    const dataDir = temporaryDirectory();
    const first = await startCloud({ environment: clock.environment, dataDir });
    const activation = await first.activate();
    await control(first, activation, { action: 'pulse' });
    await first.cloud.close();
    clock.advance(60_000);
    const second = await startCloud({ environment: clock.environment, dataDir });
    const dropped = second.logged.filter(({ name }) => name === 'command_dropped');
    expect(dropped.map(({ data }) => data['deviceId'])).toEqual([activation.deviceId]);
    await second.cloud.close();
    const third = await startCloud({ environment: clock.environment, dataDir });
    expect(third.logged.filter(({ name }) => name === 'command_dropped')).toEqual([]);
  });

  test('is also one that the board had not acknowledged when the cloud was stopped', async () => {
    const clock = new TestClock();
    const dataDir = temporaryDirectory();
    const first = await startCloud({ environment: clock.environment, dataDir });
    const activation = await first.activate();
    const board = await first.online(activation);
    board.client.stream.pause();
    const started = clock.untilTimer(100);
    const accepted = control(first, activation, { action: 'toggle', position: 'up' });
    await started;
    clock.advance(100);
    expect((await accepted).status).toBe(200);
    await first.cloud.close();
    clock.advance(10_000);
    const second = await startCloud({ environment: clock.environment, dataDir });
    const again = await second.online(activation, { time: clock.now });
    const { payload } = await again.next();
    expect(payload.params).toEqual({ action: 'toggle', position: 'up' });
    clock.advance(5_000);
    expect((await again.next()).payload).toEqual(payload);
  });

  test('is also one whose session acknowledged another message at QoS 1, such as the echo of its own', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.connect(activation);
    await board.subscribe(`/sys/SW-SERVO-001/${activation.deviceId}/#`);
    board.client.handleMessage = (packet, acknowledge) => {
      if (packet.topic === activation.topics.status) acknowledge();
    };
    const acknowledged = new Promise<void>((resolve) => {
      board.client.on('packetsend', ({ cmd }) => {
        if (cmd === 'puback') resolve();
      });
    });
    await board.say(activation.topics.status, { status: 'online', time: Date.now() }, { retain: true });
    await control(t, activation, { action: 'trigger' });
    await acknowledged;
    // Behind the acknowledgement, so that the broker has read it by then.
    const closed = board.closed();
    board.client.stream.end();
    await closed;
    const again = await t.online(activation);
    expect((await again.next()).payload.params).toEqual({ action: 'trigger' });
  });

  test('several are delivered in order, and no more than 16 are kept', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    for (let angle = 0; angle < 16; angle += 1) expect((await control(t, activation, { angle })).status).toBe(200);
    const refused = await control(t, activation, { angle: 16 });
    expect(refused.body).toMatchObject({ code: 429, message: 'too_many_requests' });
    const board = await t.online(activation);
    for (let angle = 0; angle < 16; angle += 1) expect((await board.next()).payload.params).toEqual({ angle });
  });

  test('is also one whose session ended before the board acknowledged it', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.connect(activation);
    await board.subscribe(activation.topics.propertySet);
    // The board does not read any more, as if its network were gone.
    board.client.stream.pause();
    await control(t, activation, { action: 'trigger' });
    await board.cut();
    const again = await t.online(activation);
    expect((await again.next()).payload.params).toEqual({ action: 'trigger' });
  });
});

describe('many commands to a board whose session ends', () => {
  /** Gives so many commands, of which the board acknowledges the first. */
  async function commands(t: TestCloud, activation: Activation, given: number, acknowledged: number) {
    const board = await t.online(activation);
    let taken = 0;
    board.client.handleMessage = (_packet, acknowledge) => {
      taken += 1;
      if (taken <= acknowledged) acknowledge();
    };
    let acks = 0;
    const all = new Promise<void>((resolve) => {
      board.client.on('packetsend', (packet) => {
        if (packet.cmd === 'puback' && ++acks === acknowledged) resolve();
      });
    });
    for (let angle = 0; angle < given; angle += 1) {
      expect((await control(t, activation, { angle: angle % 180 })).status).toBe(200);
    }
    await all;
    return board;
  }

  // Of those that it acknowledged and did not answer, the oldest are forgotten beyond 144.
  test.each([
    [140, 135],
    [170, 169],
  ])('of %i, those after the %ith are delivered again, and no other', async (given, acknowledged) => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await commands(t, activation, given, acknowledged);
    // Behind the acknowledgements, so that the broker has read them by then.
    const closed = board.closed();
    board.client.stream.end();
    await closed;
    const again = await t.online(activation);
    await control(t, activation, { angle: 180 });
    const angles: number[] = [];
    do angles.push((await again.next()).payload.params.angle);
    while (angles.at(-1) !== 180);
    expect(angles).toEqual([...Array.from({ length: given - acknowledged }, (_, index) => acknowledged + index), 180]);
  });
});

describe('which commands a product takes', () => {
  test.each([
    ['SW-SERVO-001', { action: 'toggle' }],
    ['SW-SERVO-001', { action: 'toggle', position: 'middle', channel: 1 }],
    ['SW-SERVO-001', { action: 'pulse', duration: 50 }],
    ['SW-SERVO-001', { action: 'pulse', duration: 60_000 }],
    ['SW-SERVO-001', { action: 'trigger' }],
    ['SW-SERVO-001', { switch: false }],
    ['SW-SERVO-001', { angle: 180 }],
    ['SW-PULSE-001', { action: 'pulse' }],
    ['SW-PULSE-001', { switch: true, angle: 0 }],
    ['SW-DIM-001', { level: 45, power: true }],
    ['SW-DIM-001', { angle: 90 }],
  ])('%s takes %j as it is', (productKey, body) => {
    expect(controlParams(byKey(productKey), body)).toEqual(body);
  });

  test('unknown keys are left out, and wakeup is a trigger', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.connect(activation);
    await board.subscribe(activation.topics.propertySet);
    await control(t, activation, { wakeup: true, power: true, x: 1 });
    expect((await board.next()).payload.params).toEqual({ action: 'trigger' });
  });

  test.each([
    ['SW-SERVO-001', {}, 'no_control_params', undefined],
    ['SW-SERVO-001', { x: 1 }, 'no_control_params', undefined],
    ['SW-SERVO-001', { constructor: 1, toString: 2 }, 'no_control_params', undefined],
    ['SW-SERVO-001', { action: 'explode' }, 'invalid_parameter', 'action'],
    ['SW-SERVO-001', { action: ['toggle'] }, 'invalid_parameter', 'action'],
    ['SW-SERVO-001', { action: 'toggle', position: 'left' }, 'invalid_parameter', 'position'],
    ['SW-SERVO-001', { action: 'pulse', duration: 49 }, 'invalid_parameter', 'duration'],
    ['SW-SERVO-001', { action: 'pulse', duration: 60_001 }, 'invalid_parameter', 'duration'],
    ['SW-SERVO-001', { action: 'pulse', duration: '500' }, 'invalid_parameter', 'duration'],
    ['SW-SERVO-001', { action: 'pulse', duration: 500.5 }, 'invalid_parameter', 'duration'],
    ['SW-SERVO-001', { angle: -1 }, 'invalid_parameter', 'angle'],
    ['SW-SERVO-001', { angle: 181 }, 'invalid_parameter', 'angle'],
    ['SW-SERVO-001', { switch: 'on' }, 'invalid_parameter', 'switch'],
    ['SW-SERVO-001', { action: 'toggle', channel: 2 }, 'invalid_parameter', 'channel'],
    ['SW-PULSE-001', { action: 'toggle' }, 'control_not_supported', 'toggle'],
    ['SW-PULSE-001', { power: true }, 'control_not_supported', 'power'],
    ['SW-DIM-001', { action: 'pulse' }, 'control_not_supported', 'pulse'],
    ['SW-DIM-001', { level: 101 }, 'invalid_parameter', 'level'],
    ['SW-DIM-001', { level: 42 }, 'invalid_parameter', 'level'],
    ['SW-DIM-001', { power: 1 }, 'invalid_parameter', 'power'],
    ['SW-DIM-001', { position: 'up' }, 'no_control_params', undefined],
    ['SW-SERVO-001', { duration: 500 }, 'no_control_params', 'action'],
    ['SW-SENSE-001', { position: 'up', duration: 500 }, 'no_control_params', 'position'],
    ['SW-SENSE-001', { action: 'trigger' }, 'control_not_supported', 'readonly'],
    ['SW-SENSE-001', { angle: 9 }, 'control_not_supported', 'readonly'],
  ])('%s refuses %j: %s', (productKey, body, word, field) => {
    let refusal: unknown;
    try {
      controlParams(byKey(productKey), body);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ word, status: 400 });
    if (field) expect((refusal as CloudError).detail).toContain(field);
  });

  test.each([{ position: 'up' }, { position: 'up', channel: 0 }])(
    '%j without an action commands nothing, except as a writable property where a mode takes those',
    (body) => {
      const properties = [{ ...SERVO.properties[0]!, writable: true }];
      const of = (controlMode: ControlMode) => ({ controlMode, definition: { outputs: SERVO.outputs, properties } });
      for (const mode of ['toggle', 'pulse', 'readonly'] as const) {
        expect(() => controlParams(of(mode), body)).toThrow(/^no_control_params/);
      }
      for (const mode of ['dimmer', 'generic'] as const) {
        expect(controlParams(of(mode), body)).toEqual(body);
      }
    },
  );

  test('a product whose thing model the cloud does not know takes actions and the legacy form on up to 8 channels', () => {
    const generic = { controlMode: 'generic' } as const;
    expect(controlParams(generic, { action: 'toggle', channel: 7 })).toEqual({ action: 'toggle', channel: 7 });
    expect(() => controlParams(generic, { action: 'toggle', channel: 8 })).toThrow('channel');
  });

  test('refusals are answered in the envelope, a body that is no object too', async () => {
    const t = await startCloud();
    const sensor = await t.activate('A', 'SW-SENSE-001');
    expect((await control(t, sensor, { action: 'trigger' })).body).toMatchObject({
      code: 400,
      message: 'control_not_supported',
    });
    for (const body of [[], '"x"', 'null', '1', '']) {
      const answer = await control(t, sensor, body);
      expect(answer.body).toMatchObject({
        code: 400,
        message: 'invalid_parameter',
        detail: expect.stringContaining('body'),
      });
    }
  });

  test('a body of more than 2 KiB is refused with 413', async () => {
    const t = await startCloud();
    const answer = await control(t, await t.activate(), { action: 'trigger', x: 'x'.repeat(2048) });
    expect(answer.body).toMatchObject({ code: 413, message: 'invalid_parameter' });
  });

  test('an unknown device is device_not_found', async () => {
    const t = await startCloud();
    expect((await t.as('POST', '/devices/dev_00000000/control', { action: 'trigger' })).body).toMatchObject({
      code: 404,
      message: 'device_not_found',
    });
  });
});
