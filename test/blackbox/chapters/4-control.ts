import { beforeAll, describe, expect, test } from 'vitest';
import { formOf, REFERENCE } from '../../support/api-reference.js';
import type { Board } from '../support/board.js';
import { type Activation, type CloudProcess, words } from '../support/cloud-process.js';

/** Section 4.5 of the API reference. */
export function control(cloud: CloudProcess): void {
  const MODES = ['toggle', 'pulse', 'dimmer', 'readonly', 'generic'] as const;

  let servo: Activation;
  let board: Board;
  /** A device of each control mode, of products without a thing model. */
  const devices = {} as Record<(typeof MODES)[number], Activation>;

  beforeAll(async () => {
    servo = await cloud.activate();
    board = await cloud.online(servo);
    for (const mode of MODES) {
      devices[mode] = await cloud.activate({ productKey: await cloud.product(`CONTROL-${mode}`, mode) });
    }
  });

  const control = (body: unknown, { deviceId } = servo) => cloud.as('POST', `/devices/${deviceId}/control`, body);

  /** What the board gets of a control request that is answered `command_sent`. */
  async function arrived(body: object): Promise<unknown> {
    expect((await control(body)).text).toBe(JSON.stringify(REFERENCE['4.5']));
    const message = await board.on(servo.topics['propertySet']);
    expect(formOf({ ...message.payload, params: {} })).toEqual(formOf({ ...REFERENCE['5.3'], params: {} }));
    return message.payload.params;
  }

  describe('4.5 control', () => {
    test.each([
      [{ action: 'toggle', position: 'up' }],
      [{ action: 'toggle', position: 'middle' }],
      [{ action: 'toggle', position: 'down' }],
      [{ action: 'toggle' }],
      [{ action: 'pulse', duration: 500 }],
      [{ action: 'pulse', duration: 50 }],
      [{ action: 'pulse', duration: 60000 }],
      [{ action: 'pulse' }],
      [{ action: 'trigger' }],
    ])('passes the new form %j on as it is', async (body) => {
      expect(await arrived(body)).toEqual(body);
    });

    test.each([
      [{ switch: true, angle: 90 }],
      [{ switch: false, angle: 0 }],
      [{ switch: true }],
      [{ switch: false }],
      [{ angle: 0 }],
      [{ angle: 180 }],
    ])('passes the old form %j on as it is', async (body) => {
      expect(await arrived(body)).toEqual(body);
    });

    test('answers as in the reference, and nothing more', async () => {
      const answer = await control({ action: 'toggle', position: 'up' });
      expect(answer.body).toEqual({ code: 200, message: 'success', data: { message: 'command_sent' } });
      await board.on(servo.topics['propertySet']);
    });

    test('leaves out what it does not know, and takes that alone for nothing', async () => {
      const known = { action: 'toggle', position: 'up' };
      expect(await arrived({ ...known, colour: 'red', id: '1', time: 1, method: 'x' })).toEqual(known);
      const nothing = [
        {},
        { colour: 'red' },
        { duration: 500 },
        { position: 'up' },
        { ACTION: 'toggle' },
        { wakeup: false },
      ];
      for (const body of nothing) {
        expect(words(await control(body))).toBe('400 no_control_params');
      }
    });

    test.each([
      ['action', 'fly'],
      ['action', 'TOGGLE'],
      ['action', ''],
      ['action', 1],
      ['action', ['toggle']],
      ['position', 'left'],
      ['position', 'UP'],
      ['position', 1],
      ['position', null],
      ['duration', 49],
      ['duration', 60001],
      ['duration', -500],
      ['duration', 500.5],
      ['duration', '500'],
      ['duration', 1e9],
      ['duration', null],
      ['switch', 1],
      ['switch', 'true'],
      ['switch', null],
      ['angle', -1],
      ['angle', 181],
      ['angle', 90.5],
      ['angle', '90'],
      ['angle', null],
    ])('refuses %s %j, and the board hears nothing', async (field, value) => {
      const body = field === 'switch' || field === 'angle' ? {} : { action: field === 'duration' ? 'pulse' : 'toggle' };
      const answer = await control({ ...body, [field]: value });
      expect(words(answer)).toBe('400 invalid_parameter');
      expect(answer.body.detail).toContain(field);
      await board.settled();
      expect(board.inbox.waiting).toBe(0);
    });

    test.each([
      '[]',
      '{"action":"trigger","__proto__":{"x":1}}',
      '"toggle"',
      'null',
      '7',
      '',
      '{"action":',
      "{'action':'toggle'}",
    ])('refuses the body %s', async (body) => {
      expect(words(await control(body))).toBe('400 invalid_parameter');
    });

    test('takes 2 KiB at most', async () => {
      const body = (size: number) => {
        const head = '{"action":"trigger","x":"';
        return `${head}${'x'.repeat(size - head.length - 2)}"}`;
      };
      expect((await control(body(2048))).status).toBe(200);
      await board.on(servo.topics['propertySet']);
      expect(words(await control(body(2049)))).toBe('413 invalid_parameter');
    });
  });

  describe('what a product takes by its control mode', () => {
    const TAKEN: Record<(typeof MODES)[number], readonly string[]> = {
      toggle: ['toggle', 'pulse', 'trigger', 'legacy'],
      pulse: ['pulse', 'trigger', 'legacy'],
      dimmer: ['legacy'],
      generic: ['toggle', 'pulse', 'trigger', 'legacy'],
      readonly: [],
    };
    const FORMS = {
      toggle: { action: 'toggle', position: 'up' },
      pulse: { action: 'pulse', duration: 500 },
      trigger: { action: 'trigger' },
      legacy: { switch: true, angle: 90 },
    };

    test.each(MODES)('%s', async (mode) => {
      for (const [form, body] of Object.entries(FORMS)) {
        const expected = TAKEN[mode].includes(form) ? '200 success' : '400 control_not_supported';
        expect([form, words(await control(body, devices[mode]))]).toEqual([form, expected]);
      }
    });
  });

  describe('a device that cannot be commanded', () => {
    test('was never activated: device_not_activated', async () => {
      const body = { productKey: 'SW-SERVO-001', deviceSN: cloud.serial() };
      const registered = (await cloud.as('POST', '/devices', body)).body.data;
      expect(words(await control({ action: 'trigger' }, registered))).toBe('400 device_not_activated');
    });

    test('is disabled: device_disabled', async () => {
      const activation = await cloud.activate();
      await cloud.as('PUT', `/devices/${activation.deviceId}`, { status: 'disabled' });
      expect(words(await control({ action: 'trigger' }, activation))).toBe('403 device_disabled');
    });

    test('is of a disabled product: product_disabled', async () => {
      const activation = await cloud.activate({ productKey: await cloud.product('STOPPED', 'toggle') });
      await cloud.as('PUT', '/products/STOPPED', { status: 0 });
      expect(words(await control({ action: 'trigger' }, activation))).toBe('403 product_disabled');
    });
  });

  describe('a board that is away', () => {
    test('gets the command when it comes back, and the caller is answered at once', async () => {
      const activation = await cloud.activate();
      expect((await control({ action: 'toggle', position: 'down' }, activation)).text).toBe(
        JSON.stringify(REFERENCE['4.5']),
      );
      const late = await cloud.online(activation);
      const { payload, retain, qos } = await late.on(activation.topics['propertySet']);
      expect([payload.params, retain, qos]).toEqual([{ action: 'toggle', position: 'down' }, false, 1]);
    });

    test('gets a kept command once it has answered it, no more on the next session', async () => {
      const activation = await cloud.activate();
      await control({ action: 'trigger' }, activation);
      const first = await cloud.online(activation);
      const { payload } = await first.on(activation.topics['propertySet']);
      await first.say(activation.topics['propertySetReply'], { id: payload.id, code: 200, data: {} });
      await first.disconnect();
      const second = await cloud.online(activation);
      await second.settled();
      expect(second.inbox.all).toEqual([]);
    });

    test('gets several in their order, each with its own id', async () => {
      const activation = await cloud.activate();
      const positions = ['up', 'down', 'middle', 'up'];
      for (const position of positions) await control({ action: 'toggle', position }, activation);
      const late = await cloud.online(activation);
      const got = [];
      for (const _ of positions) got.push((await late.on(activation.topics['propertySet'])).payload);
      expect(got.map(({ params }) => params.position)).toEqual(positions);
      expect(new Set(got.map(({ id }) => id)).size).toBe(4);
    });

    test('has room for 16 commands; the next is refused with the time to wait', async () => {
      const activation = await cloud.activate();
      for (let count = 0; count < 16; count += 1) {
        expect((await control({ action: 'trigger' }, activation)).status).toBe(200);
      }
      const answer = await control({ action: 'trigger' }, activation);
      expect(words(answer)).toBe('429 too_many_requests');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    });

    test('has no command waiting after it was deleted and activated again', async () => {
      const activation = await cloud.activate();
      await control({ action: 'trigger' }, activation);
      await cloud.as('DELETE', `/devices/${activation.deviceId}`);
      const again = await cloud.activate({ deviceSN: activation.deviceSN });
      const back = await cloud.online(again);
      await back.settled();
      expect(back.inbox.all).toEqual([]);
    });
  });
}
