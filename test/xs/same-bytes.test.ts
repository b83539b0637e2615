import { expect, test } from 'vitest';
import { bootOnNode, bootOnXs, bundleEngine, withoutXs } from './engines.js';
import { type Recording, record } from './scenario.js';

const recordings: { node?: Promise<Recording>; xs?: Promise<Recording> } = {};
const onNode = (): Promise<Recording> => (recordings.node ??= record((host) => bootOnNode(host)));
const onXs = (): Promise<Recording> =>
  (recordings.xs ??= bundleEngine().then((engine) => record((host) => bootOnXs(engine, host))));

test('the recorded scenario reaches everything that it is meant to reach', async () => {
  const { wire, pins, console, deviceId } = await onNode();
  const names = new Set(console.map(({ name }) => name));
  expect(deviceId).toBe('dev_0000000000000001');
  expect([...names]).toEqual(
    expect.arrayContaining([
      'activated',
      'command_accepted',
      'command_refused',
      'message_dropped',
      'session_lost',
      'stopped',
    ]),
  );
  expect(new Set(wire.map(({ connection }) => connection))).toEqual(
    new Set(['http 1', 'mqtt 1', 'mqtt 2', 'mqtt 3', 'mqtt 4']),
  );
  expect(pins.length).toBeGreaterThan(300);
});

test('the recorded scenario is the same when it runs again', async () => {
  expect(await record((host) => bootOnNode(host))).toEqual(await onNode());
});

test.skipIf(withoutXs)('on XS the wire carries the same bytes at the same instants as on Node', async () => {
  const [node, xs] = [await onNode(), await onXs()];
  expect(xs.wire).toEqual(node.wire);
  expect(xs.endMs).toBe(node.endMs);
  expect(xs.deviceId).toBe(node.deviceId);
});

test.skipIf(withoutXs)('on XS the pins do the same at the same instants as on Node', async () => {
  expect((await onXs()).pins).toEqual((await onNode()).pins);
});

test.skipIf(withoutXs)('on XS the console says the same and the records hold the same as on Node', async () => {
  const [node, xs] = [await onNode(), await onXs()];
  expect(xs.console).toEqual(node.console);
  expect(xs.records).toEqual(node.records);
});
