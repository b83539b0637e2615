import { expect, test } from 'vitest';
import { CommandService } from '../../../host-sim/cloud/domain/commands.js';
import type { Sessions } from '../../../host-sim/cloud/domain/sessions.js';
import { EventHub, Logger } from '../../../host-sim/cloud/events.js';
import type { CommandStore } from '../../../host-sim/cloud/store/command-store.js';
import type { WriteBatch } from '../../../host-sim/cloud/store/write-batch.js';
import { TestClock } from '../support/clock.js';
import { offline, oneBoard, online } from './one-board.js';

const TOGGLE = { action: 'toggle' };
/** A publication that fails does so later. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A command that was answered 200 while there was no way to the broker. */
async function givenWhileAway() {
  const t = await oneBoard();
  t.say('status', online(1_000));
  t.boards.lost();
  await t.services.commands.send(t.target, TOGGLE);
  return t;
}

test('a command of an outage is delivered though the board went offline before the way was back', async () => {
  const t = await givenWhileAway();
  // What the broker has kept comes before it is known that the way is back.
  t.say('status', offline(990));
  t.boards.connected(false);
  t.clock.advance(10_000);
  expect(t.sets()).toEqual([]);
  t.say('status', online(20_000));
  expect(t.sets()).toHaveLength(1);
});

test('and though its session ended during it', async () => {
  const t = await givenWhileAway();
  t.services.sessions.get(t.deviceId)!.close();
  t.boards.connected(false);
  t.say('status', online(20_000));
  expect(t.sets()).toHaveLength(1);
});

test('a command that the broker did not take is sent again until it is answered', async () => {
  const t = await oneBoard();
  t.say('status', online(1_000));
  t.way.isOpen = false;
  await t.services.commands.send(t.target, TOGGLE);
  t.clock.advance(5_000);
  await turn();
  expect(t.sets()).toEqual([]);
  t.way.isOpen = true;
  t.clock.advance(5_000);
  expect(t.sets()).toHaveLength(1);
  t.say('thing/service/property/set_reply', { id: t.sets()[0], code: 200 });
  t.clock.advance(60_000);
  expect(t.sets()).toHaveLength(1);
});

test('after an outage commands go out in the order given, a bounded number at a time', async () => {
  const clock = new TestClock();
  const sent: string[] = [];
  const publish = async (_topic: string, payload: string) => void sent.push(JSON.parse(payload).id);
  const links = new Map<string, object>();
  const listening = (deviceId: string) => links.get(deviceId) ?? links.set(deviceId, { publish }).get(deviceId);
  const commands = new CommandService({
    sessions: { listening } as unknown as Sessions,
    store: { all: () => [], insert: () => {}, delete: () => {} } as unknown as CommandStore,
    writes: { add: (work: () => void, done?: () => void) => [work(), done?.()] } as unknown as WriteBatch,
    environment: clock.environment,
    events: new EventHub({ onListenerError: () => {} }),
    log: new Logger({ log: () => {}, now: clock.environment.now }),
  });
  const give = (deviceId: string) => commands.send({ deviceId, productKey: 'P', deviceSeq: 1 }, TOGGLE);
  commands.wayLost();
  for (let device = 0; device < 70; device += 1) {
    for (let count = 0; count < 10; count += 1) await give(`dev_${device}`);
  }
  commands.wayReturned();
  expect(sent).toHaveLength(500);
  void give('dev_69');
  clock.advance(100);
  expect(sent).toHaveLength(701);
  expect(sent).toEqual([...sent].sort((a, b) => Number(a) - Number(b)));
});
