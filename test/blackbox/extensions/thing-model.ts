import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Board } from '../support/board.js';
import { type Activation, type CloudProcess, words } from '../support/cloud-process.js';

const relay = (key: string, channel: number) => ({
  key,
  name: { en: key, zh: key },
  type: 'boolean',
  writable: true,
  source: { channel, attribute: 'on' },
});

/** A product as its maker writes it: two relays and a servo, with a thing model. */
const definition = (controlMode: string) => ({
  productKey: `BB-${controlMode}`,
  name: { en: 'Black box', zh: '黑盒' },
  description: { en: 'A product of the tests', zh: '测试产品' },
  category: 'test',
  chipModel: 'ESP32',
  firmwareVersion: '1.0.0',
  controlMode,
  app: { manufacturer: 'Tests', model: 'BB' },
  outputs: [
    { type: 'relay', pin: 16 },
    { type: 'relay', pin: 17 },
    {
      type: 'servo',
      pin: 18,
      pulseUs: { min: 500, max: 2400 },
      positionsDeg: { up: 180, middle: 90, down: 0 },
      pulse: { position: 'up', rest: 'middle', durationMs: 500 },
    },
  ],
  properties: [
    relay('relay0', 0),
    { ...relay('relay1', 1), writable: false },
    {
      key: 'level',
      name: { en: 'Level', zh: '位置' },
      type: 'integer',
      min: 10,
      max: 170,
      writable: true,
      source: { channel: 2, attribute: 'angle' },
    },
  ],
});

const MODES = ['dimmer', 'generic', 'toggle', 'pulse'] as const;

/** Writes the definitions of the products below; gives the flags by which a cloud knows them. */
export function productFlags(folder: string): string[] {
  return MODES.flatMap((mode) => {
    const file = join(folder, `${mode}.json`);
    writeFileSync(file, JSON.stringify(definition(mode)));
    return ['--product', file];
  });
}

/** Control of products whose definition the cloud has: writable properties and channels. */
export function thingModel(cloud: CloudProcess): void {
  const boards = {} as Record<(typeof MODES)[number], { activation: Activation; board: Board }>;

  beforeAll(async () => {
    for (const mode of MODES) {
      const activation = await cloud.activate({ productKey: `BB-${mode}` });
      boards[mode] = { activation, board: await cloud.online(activation) };
    }
  });

  const control = (mode: (typeof MODES)[number], body: object) =>
    cloud.as('POST', `/devices/${boards[mode].activation.deviceId}/control`, body);

  describe('writable properties', () => {
    test.each(['dimmer', 'generic'] as const)('are set on a %s, under their keys', async (mode) => {
      const { activation, board } = boards[mode];
      for (const body of [{ level: 10 }, { level: 170 }, { relay0: true }, { relay0: false, level: 90 }]) {
        expect(words(await control(mode, body))).toBe('200 success');
        expect((await board.on(activation.topics['propertySet'])).payload.params).toEqual(body);
      }
    });

    test.each([
      ['level', 9],
      ['level', 171],
      ['level', 90.5],
      ['level', '90'],
      ['relay0', 1],
      ['relay0', null],
    ])('of the thing model are checked: %s %j', async (key, value) => {
      const answer = await control('generic', { [key]: value });
      expect(words(answer)).toBe('400 invalid_parameter');
      expect(answer.body.detail).toContain(key);
    });

    test('that are not writable, or not there, are nothing', async () => {
      for (const body of [{ relay1: true }, { colour: 1 }]) {
        expect(words(await control('generic', body))).toBe('400 no_control_params');
      }
    });

    test.each(['toggle', 'pulse'] as const)('are not for a %s', async (mode) => {
      expect(words(await control(mode, { level: 90 }))).toBe('400 control_not_supported');
    });
  });

  test('is read beside the product: what can be set, in which range, on which channel', async () => {
    const { data } = (await cloud.as('GET', '/products/BB-generic/thing-model')).body;
    expect(data).toMatchObject({ productKey: 'BB-generic', controlMode: 'generic' });
    expect(data.channels.map(({ type }: { type: string }) => type)).toEqual(['relay', 'relay', 'servo']);
    expect(data.properties).toMatchObject([
      { identifier: 'relay0', type: 'boolean', writable: true, source: { channel: 0 } },
      { identifier: 'relay1', type: 'boolean', writable: false, source: { channel: 1 } },
      { identifier: 'level', type: 'integer', range: { min: 10, max: 170 }, step: 1, source: { channel: 2 } },
    ]);
    expect(words(await cloud.as('GET', '/products/NOPE/thing-model'))).toBe('404 product_not_found');
  });

  describe('channel', () => {
    test('goes with a command, as far as the product has outputs', async () => {
      const { activation, board } = boards.toggle;
      const body = { action: 'toggle', position: 'up', channel: 2 };
      expect(words(await control('toggle', body))).toBe('200 success');
      expect((await board.on(activation.topics['propertySet'])).payload.params).toEqual(body);
      for (const channel of [3, -1, 0.5, '1', null]) {
        const answer = await control('toggle', { ...body, channel });
        expect(words(answer)).toBe('400 invalid_parameter');
        expect(answer.body.detail).toContain('channel');
      }
      expect(words(await control('toggle', { channel: 1 }))).toBe('400 no_control_params');
    });
  });
}
