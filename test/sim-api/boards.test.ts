import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { said } from './fake-board.js';
import { Stage } from './stage.js';

describe('a board', () => {
  it('is shown as its hardware is: where the horn stands, not where it was told to go', async () => {
    const { time, board, ask } = await here();
    board.world.servo(0).drive(2_400);
    time.advance(150);
    const [servo] = (await ask()).outputs;
    expect(servo).toEqual({
      type: 'servo',
      angleDeg: Math.round(board.world.servo(0).angleDeg * 10) / 10,
      attached: true,
      stalled: false,
    });
    expect(servo.angleDeg).toBeGreaterThan(95);
    expect(servo.angleDeg).toBeLessThan(175);
  });

  it('is shown with all that it is', async () => {
    const { board, stage, ask } = await here();
    stage.api.event(board, said('booted', { reason: 'power_on', version: '1.4.0', safeMode: false }));
    stage.api.event(board, said('state_changed', { from: 'boot', to: 'joining' }));
    board.deviceId = 'dev_00c0ffee';
    board.rssi = -61;
    board.led = { on: false, cycle: [500, 500] };
    expect(await ask()).toEqual({
      serial: 'BOARD0',
      productKey: 'SW-SERVO-001',
      deviceId: 'dev_00c0ffee',
      powered: true,
      state: 'joining',
      firmwareVersion: '1.4.0',
      rssi: -61,
      led: { on: false, cycle: [500, 500] },
      outputs: [
        { type: 'servo', angleDeg: 90, attached: false, stalled: false },
        { type: 'relay', on: false },
        { type: 'dimmer', level: 0 },
      ],
      inputs: [
        { type: 'button', pressed: false },
        { type: 'digital', closed: false },
        { type: 'analog', level: 0.5 },
      ],
      link: { wifi: true, broker: true, latencyMs: 0, lossPercent: 0, rssi: -45 },
    });
  });

  it('says honestly what is not known: no identity, no version, no radio, no LED', async () => {
    const { board, ask } = await here();
    board.led = undefined;
    expect(await ask()).toMatchObject({ deviceId: null, firmwareVersion: null, rssi: null, led: null, state: 'boot' });
  });

  it('has crashed until it boots again, and is off without power, whatever it said last', async () => {
    const { board, stage, ask } = await here();
    board.deviceId = 'dev_00c0ffee';
    stage.api.event(board, said('state_changed', { from: 'connecting', to: 'online' }));
    stage.api.crashed(board);
    expect((await ask()).state).toBe('crashed');
    stage.api.event(board, said('booted', { reason: 'crash', version: '1.0.0', safeMode: false }));
    expect((await ask()).state).toBe('boot');
    await stage.send('PATCH', '/boards/BOARD0', { powered: false });
    expect(await ask()).toMatchObject({ state: 'off', deviceId: 'dev_00c0ffee' });
    await stage.send('PATCH', '/boards/BOARD0', { powered: true });
    expect((await ask()).state).toBe('boot');
  });

  it('has no identity any more after a factory reset', async () => {
    const { board, stage, ask } = await here();
    board.deviceId = 'dev_00c0ffee';
    stage.api.event(board, said('state_changed', { from: 'connecting', to: 'online' }));
    stage.api.event(board, said('factory_reset', {}));
    // It has it until its firmware is gone, which says goodbye first.
    stage.api.event(board, said('stopped', {}));
    board.deviceId = undefined;
    expect((await ask()).deviceId).toBeNull();
    stage.api.event(board, said('booted', { reason: 'restart', version: '1.0.0', safeMode: false }));
    expect((await ask()).deviceId).toBeNull();
  });

  it('stands in the list, in the order in which boards came', async () => {
    const stage = await Stage.start({ boards: 3 });
    const { body } = await stage.ask('/boards');
    expect(body).toMatchObject({ code: 200, message: 'success' });
    expect(body.data.map(({ serial }: { serial: string }) => serial)).toEqual(['BOARD0', 'BOARD1', 'BOARD2']);
    expect((await stage.ask('')).body.data).toMatchObject({ boards: 3, newest: 0 });
  });

  it('that there is not is device_not_found', async () => {
    const stage = await Stage.start();
    const answers = [
      await stage.ask('/boards/NOBODY'),
      await stage.ask(`/boards/${'9'.repeat(8_000)}`),
      await stage.send('PATCH', '/boards/__proto__', { wifi: false }),
      await stage.send('PUT', '/boards/NOBODY/inputs/0', { pressed: true }),
      await stage.ask('/wire?serial=NOBODY'),
      await stage.ask('/recording?serial=NOBODY'),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(404);
      expect(body).toMatchObject({ code: 404, message: 'device_not_found', data: null });
      expect(body.detail.length).toBeLessThan(150);
    }
  });
});

describe('what surrounds a board', () => {
  it('changes field by field, and what is absent stays', async () => {
    const { board, stage } = await here();
    const first = await stage.send('PATCH', '/boards/BOARD0', { latencyMs: 250, lossPercent: 12.5 });
    expect(first.body.data.link).toEqual({ wifi: true, broker: true, latencyMs: 250, lossPercent: 12.5, rssi: -45 });
    const second = await stage.send('PATCH', '/boards/BOARD0', { wifi: false, broker: false, rssi: -80 });
    expect(second.body.data.link).toEqual({ wifi: false, broker: false, latencyMs: 250, lossPercent: 12.5, rssi: -80 });
    expect(board.surroundings.conditions).toEqual({
      wifi: false,
      broker: false,
      latencyMs: 250,
      lossShare: 0.125,
      rssi: -80,
    });
    expect(board.power).toEqual([]);
  });

  it('is of that board alone', async () => {
    const stage = await Stage.start({ boards: 2 });
    await stage.send('PATCH', '/boards/BOARD1', { wifi: false });
    expect(stage.boards.map(({ surroundings }) => surroundings.conditions.wifi)).toEqual([true, false]);
  });

  it('is told to those who listen once a request', async () => {
    const { board, stage } = await here();
    let told = 0;
    board.surroundings.onChange(() => told++);
    await stage.send('PATCH', '/boards/BOARD0', { wifi: false, latencyMs: 3, rssi: -30 });
    await stage.send('PATCH', '/boards/BOARD0', { powered: true });
    expect(told).toBe(1);
  });

  it('has its power cut and given once, however often it is asked for', async () => {
    const { board, stage } = await here();
    for (const powered of [true, false, false, true, true]) await stage.send('PATCH', '/boards/BOARD0', { powered });
    expect(board.power).toEqual(['cut', 'on']);
  });

  it.each([
    [{}, 'The body must be a JSON object with one or more of powered, wifi, broker, latencyMs, lossPercent, rssi.'],
    [[], 'The body must be a JSON object'],
    ['null', 'The body must be a JSON object'],
    ['', 'The body must be valid JSON.'],
    ['{"wifi":', 'The body must be valid JSON.'],
    ['{"wifi":true,"__proto__":{"powered":false}}', 'The body must be valid JSON.'],
    [{ wifi: 'false' }, 'wifi must be true or false.'],
    [{ wifi: null }, 'wifi must be true or false.'],
    [{ powered: 1 }, 'powered must be true or false.'],
    [{ latencyMs: 10_001 }, 'latencyMs must be a whole number from 0 to 10000.'],
    [{ latencyMs: 0.5 }, 'latencyMs must be a whole number from 0 to 10000.'],
    ['{"latencyMs":1e999}', 'latencyMs must be a whole number from 0 to 10000.'],
    [{ lossPercent: -1 }, 'lossPercent must be a number from 0 to 100.'],
    [{ rssi: 0 }, 'rssi must be a number from -100 to -20.'],
    [
      { wifi: false, wlan: true },
      '"wlan" is not a field here: use powered, wifi, broker, latencyMs, lossPercent, rssi.',
    ],
  ])('is not changed by %j, whose mend is said', async (body, sentence) => {
    const { board, stage } = await here();
    const before = board.surroundings.conditions;
    const answer = await stage.send('PATCH', '/boards/BOARD0', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 400, message: 'invalid_parameter', data: null } });
    expect(answer.body.detail).toContain(sentence);
    expect(board.surroundings.conditions).toBe(before);
    expect(board.power).toEqual([]);
  });

  it('is not changed by a body of more than 4 KiB', async () => {
    const { stage } = await here();
    const { status, body } = await stage.send('PATCH', '/boards/BOARD0', { wifi: false, pad: 'x'.repeat(4_096) });
    expect(status).toBe(413);
    expect(body).toMatchObject({
      code: 413,
      message: 'invalid_parameter',
      detail: 'The body must have at most 4096 bytes.',
    });
  });

  it('is changed by nothing but what fits, and every refusal names a field', async () => {
    const { board, stage } = await here();
    const value = fc.oneof(fc.jsonValue(), fc.integer({ min: -200, max: 20_000 }), fc.boolean());
    const almost = fc.dictionary(fc.constantFrom('powered', 'wifi', 'latencyMs', 'lossPercent', 'rssi'), value);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), almost), async (value) => {
        const { status, body } = await stage.send('PATCH', '/boards/BOARD0', JSON.stringify(value));
        expect([200, 400]).toContain(status);
        if (status === 400) expect(body.detail).toMatch(/ (must be|is not a field here: use) .+\.$/);
        const { latencyMs, lossShare, rssi = -45 } = board.surroundings.conditions;
        expect(latencyMs >= 0 && latencyMs <= 10_000 && lossShare >= 0 && lossShare <= 1 && rssi <= -20).toBe(true);
      }),
      { numRuns: 200 },
    );
    expect(stage.faults).toEqual([]);
  });
});

describe('an input', () => {
  it('is pressed until the finger goes, and comes up by itself after a minute', async () => {
    const { board, stage, time } = await here();
    const pressed = async (body: object) =>
      (await stage.send('PUT', '/boards/BOARD0/inputs/0', body)).body.data.inputs[0].pressed;
    expect(await pressed({ pressed: true })).toBe(true);
    time.advance(5_000);
    expect(await pressed({ pressed: false })).toBe(false);
    expect(await pressed({ pressed: true })).toBe(true);
    time.advance(59_999);
    expect(board.world.button(0).pressed).toBe(true);
    time.advance(1);
    expect(board.world.button(0).pressed).toBe(false);
  });

  it('is pressed for as long as somebody says, also while the power is cut', async () => {
    const { board, stage, time } = await here();
    await stage.send('PUT', '/boards/BOARD0/inputs/0', { pressed: true, forMs: 300 });
    await stage.send('PATCH', '/boards/BOARD0', { powered: false });
    time.advance(299);
    expect(board.world.button(0).pressed).toBe(true);
    time.advance(1);
    expect(board.world.button(0).pressed).toBe(false);
    expect((await stage.send('PUT', '/boards/BOARD0/inputs/0', { pressed: true, forMs: 1 })).status).toBe(200);
  });

  it('that is a contact is closed and opened, and one that is a voltage is turned', async () => {
    const { board, stage } = await here();
    await stage.send('PUT', '/boards/BOARD0/inputs/1', { closed: true });
    expect(board.world.contact(1).closed).toBe(true);
    await stage.send('PUT', '/boards/BOARD0/inputs/1', { closed: false });
    expect(board.world.contact(1).closed).toBe(false);
    const { body } = await stage.send('PUT', '/boards/BOARD0/inputs/2', { level: 0.123456 });
    expect(body.data.inputs[2]).toEqual({ type: 'analog', level: 0.1235 });
  });

  it.each([
    ['0', { closed: true }, 'pressed is missing: it must be true or false.'],
    ['0', { pressed: true, level: 1 }, '"level" is not a field here: use pressed, forMs.'],
    ['0', { pressed: true, forMs: 60_001 }, 'forMs must be a whole number from 1 to 60000.'],
    ['0', { pressed: true, forMs: 0 }, 'forMs must be a whole number from 1 to 60000.'],
    ['1', { closed: 'yes' }, 'closed must be true or false.'],
    ['2', { level: 1.01 }, 'level must be a number from 0 to 1.'],
    ['2', [], 'The body must be a JSON object with one or more of level.'],
    ['3', { level: 1 }, 'input 3 is not there: BOARD0 has 3, from 0.'],
    ['-1', { level: 1 }, 'input must be a whole number, 0 or more.'],
    ['x', { level: 1 }, 'input must be a whole number, 0 or more.'],
    ['0.5', { level: 1 }, 'input must be a whole number, 0 or more.'],
  ])('%s is not moved by %j, whose mend is said', async (input, body, sentence) => {
    const { board, stage } = await here();
    const answer = await stage.send('PUT', `/boards/BOARD0/inputs/${input}`, body);
    expect(answer).toMatchObject({ status: 400, body: { message: 'invalid_parameter', detail: sentence } });
    expect(board.world.button(0).pressed || board.world.contact(1).closed).toBe(false);
    expect(board.world.source(2).level).toBe(0.5);
  });
});

describe('what is not served', () => {
  it.each([
    ['GET', '/nothing'],
    ['POST', '/boards'],
    ['DELETE', '/boards/BOARD0'],
    ['PUT', '/boards/BOARD0'],
    ['GET', '/boards/BOARD0/inputs/0'],
    ['TRACE', '/boards'],
  ])('%s %s is not_found', async (method, path) => {
    const stage = await Stage.start();
    const answer = await stage.raw([
      `${method} /sim/v1${path} HTTP/1.1`,
      `Host: 127.0.0.1:${stage.port}`,
      'Authorization: Bearer the-token-of-this-world',
      'Connection: close',
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 404 [\s\S]*"message":"not_found"/);
  });

  it('is a parameter that there is not', async () => {
    const stage = await Stage.start();
    const { status, body } = await stage.ask('/boards?page=2');
    expect([status, body.detail]).toEqual([400, '"page" is not a field here: leave it away.']);
  });
});

describe('a recording', () => {
  it('is the file itself, of all boards or of one', async () => {
    const stage = await Stage.start({ boards: 2 });
    expect((await stage.ask('/recording')).body).toEqual({ format: 'a recording' });
    expect((await stage.ask('/recording?serial=BOARD1')).body).toEqual({ format: 'a recording' });
    expect(stage.recorded).toEqual([undefined, ['BOARD1']]);
  });
});

it('what goes wrong inside is told to the log, and to the caller only that it did', async () => {
  const { board, stage } = await here();
  Object.defineProperty(board, 'led', {
    get: () => {
      throw new Error('a secret of the inside');
    },
  });
  const { status, body } = await stage.ask('/boards');
  expect([status, body.message]).toEqual([500, 'internal_error']);
  expect(JSON.stringify(body)).not.toContain('secret');
  expect(stage.faults).toEqual([new Error('a secret of the inside')]);
});

async function here() {
  const stage = await Stage.start();
  const { time, board } = stage;
  return { stage, time, board, ask: async () => (await stage.ask('/boards/BOARD0')).body.data };
}
