import { describe, expect, test } from 'vitest';
import {
  CONTROL_ANSWERS,
  CONTROL_DEADLINE_MS,
  CONTROL_TOPIC,
  type ControlCarrier,
  ControlLost,
  MqttControlChannel,
} from '../../../host-sim/cloud/external/control-channel.js';
import { TestClock } from '../support/clock.js';

interface SentCommand {
  readonly command: string;
  readonly correlationData: string;
}

class FakeCarrier implements ControlCarrier {
  isConnected = true;
  readonly sent: SentCommand[][] = [];
  on!: Parameters<ControlCarrier['subscribe']>[1];

  publish(topic: string, payload: string): void {
    expect(topic).toBe(CONTROL_TOPIC);
    this.sent.push((JSON.parse(payload) as { commands: SentCommand[] }).commands);
  }

  subscribe(topic: string, on: FakeCarrier['on']): { close(): void } {
    expect(topic).toBe(CONTROL_ANSWERS);
    this.on = on;
    return { close: () => {} };
  }

  answer(index: number, change: (answers: object[]) => object[] = (answers) => answers): void {
    const responses = change(
      this.sent[index]!.map(({ command, correlationData }) => ({ command, correlationData, data: command })),
    );
    this.on.message(Buffer.from(JSON.stringify({ responses })));
  }
}

function open() {
  const clock = new TestClock();
  const carrier = new FakeCarrier();
  const channel = new MqttControlChannel({ carrier, environment: clock.environment });
  carrier.on.opened();
  return { clock, carrier, channel };
}

const one = (command: string) => [{ command }];

describe('a control channel', () => {
  test('sends nothing before its answers can come', async () => {
    const { carrier, channel } = open();
    carrier.on.lost();
    await expect(channel.request(one('a'))).rejects.toMatchObject({ word: 'broker_unavailable', mayHaveActed: false });
    expect(carrier.sent).toEqual([]);
    let opened = 0;
    channel.onOpened(() => {
      opened += 1;
    });
    carrier.on.opened();
    expect(opened).toBe(1);
    expect(channel.isOpen).toBe(true);
  });

  test('has one message under way, and puts what is asked for meanwhile into the next', async () => {
    const { carrier, channel } = open();
    const asked = ['a', 'b', 'c'].map((command) => channel.request([{ command }, { command: `${command}2` }]));
    expect(carrier.sent.length).toBe(1);
    carrier.answer(0);
    expect(carrier.sent.map((commands) => commands.map(({ command }) => command))).toEqual([
      ['a', 'a2'],
      ['b', 'b2', 'c', 'c2'],
    ]);
    // In whatever order they come.
    carrier.answer(1, (answers) => [...answers].reverse());
    expect((await Promise.all(asked)).map((answers) => answers.map(({ data }) => data))).toEqual([
      ['a', 'a2'],
      ['b', 'b2'],
      ['c', 'c2'],
    ]);
  });

  test('takes only the answers to what is under way', async () => {
    const { carrier, channel } = open();
    const asked = channel.request(one('a'));
    for (const noise of ['', '{', 'null', '[]', '{"responses":7}', '{"responses":[null,7,{}]}']) {
      carrier.on.message(Buffer.from(noise));
    }
    carrier.on.message(Buffer.from('{"responses":[{"command":"a","correlationData":"99/0"}]}'));
    carrier.answer(0);
    await expect(asked).resolves.toMatchObject([{ command: 'a', data: 'a' }]);
  });

  test('gives up after its deadline, says that the broker may have acted, and goes on', async () => {
    const { clock, carrier, channel } = open();
    const late = expect(channel.request(one('a'))).rejects.toMatchObject({ mayHaveActed: true, retryAfterS: 5 });
    clock.advance(1);
    const waiting = channel.request(one('b'));
    clock.advance(CONTROL_DEADLINE_MS - 1);
    await late;
    // The answer to what was given up is nobody's.
    carrier.answer(0);
    carrier.answer(1);
    await expect(waiting).resolves.toMatchObject([{ data: 'b' }]);
  });

  test('fails all at once where the connection is lost: of what was not sent the broker has heard nothing', async () => {
    const { carrier, channel } = open();
    const sent = expect(channel.request(one('a'))).rejects.toMatchObject({ mayHaveActed: true });
    const waiting = expect(channel.request(one('b'))).rejects.toMatchObject({ mayHaveActed: false });
    carrier.on.lost();
    await Promise.all([sent, waiting]);
    expect(carrier.sent.length).toBe(1);
  });

  test('lets a thousand requests wait, and no more', async () => {
    const { carrier, channel } = open();
    const asked = Array.from({ length: 1_001 }, () => channel.request(one('a')).catch((error: unknown) => error));
    await expect(channel.request(one('b'))).rejects.toBeInstanceOf(ControlLost);
    for (let index = 0; index < carrier.sent.length; index += 1) {
      expect(carrier.sent[index]!.length).toBeLessThanOrEqual(20);
      carrier.answer(index);
    }
    expect((await Promise.all(asked)).filter((answer) => answer instanceof Error)).toEqual([]);
  });
});
