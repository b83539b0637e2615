import type { CloudOptions } from '../../../host-sim/cloud/cloud.js';
import type { ExternalBrokerOptions } from '../../../host-sim/cloud/external/options.js';
import { type Mosquitto, startMosquitto } from '../../support/mosquitto.js';
import type { TestBoard } from '../support/board.js';
import { type Activation, onCleanup, startCloud, type TestCloud } from '../support/fixture.js';

/** A Mosquitto of the test's own, which is stopped after it. */
export async function broker(extra: readonly string[] = []): Promise<Mosquitto> {
  const mosquitto = await startMosquitto(['max_queued_messages 0', ...extra]);
  onCleanup(() => mosquitto.stop());
  return mosquitto;
}

/** A cloud over it. */
export function cloudOver(
  { url }: Pick<Mosquitto, 'url'>,
  options: Partial<CloudOptions> & { broker?: Partial<ExternalBrokerOptions> } = {},
): Promise<TestCloud> {
  const { broker: more, ...rest } = options;
  return startCloud({ externalBroker: { urls: [url], ...more }, ...rest });
}

/** What a board of these tests hears and how often each command came. */
export class Heard {
  readonly commands = new Map<string, number>();
  readonly questions: string[] = [];
}

/** Plays a board that answers: property sets, once a command, and the audit's questions. */
export async function answering(
  t: TestCloud,
  activation: Activation,
  options: Parameters<TestCloud['connect']>[1] & { readonly isMute?: () => boolean } = {},
): Promise<{ readonly board: TestBoard; readonly heard: Heard }> {
  const { isMute = () => false, ...rest } = options;
  const { topics } = activation;
  const time = options.time ?? Date.now();
  const board = await t.connect(activation, {
    will: { topic: topics.status, payload: JSON.stringify({ status: 'offline', time: time - 5 }) },
    ...rest,
  });
  const heard = new Heard();
  board.client.on('message', (topic, payload) => {
    const { id, method } = JSON.parse(payload.toString()) as { id: string; method: string };
    const isQuestion = method === 'thing.service.property.get';
    if (isQuestion) heard.questions.push(id);
    else heard.commands.set(id, (heard.commands.get(id) ?? 0) + 1);
    if (!isMute()) board.say(`${topic}_reply`, { id, code: 200, data: {} }).catch(() => {});
  });
  await board.subscribe(topics.propertySet);
  await board.subscribe(topics.propertyGet);
  const online = t.next('deviceOnline', (event) => event.deviceId === activation.deviceId);
  await board.say(topics.status, { status: 'online', time }, { retain: true });
  await online;
  return { board, heard };
}
