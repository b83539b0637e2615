import { describe, expect, it } from 'vitest';
import { CONNACK, type Fixture, message, PINGRESP, POSTS, puback, SUBACK, setUp } from './client-fixture.js';

/** The steps of a session's life, one after the other. */
const STEPS: readonly (readonly [string, (fixture: Fixture) => void])[] = [
  ['before the connection', () => {}],
  ['before the CONNACK', ({ network }) => network.tcp.makeRoom()],
  ['before the SUBACK', ({ say }) => say(CONNACK)],
  ['while ready', ({ say }) => say(SUBACK)],
  ['with a message in flight', ({ client }) => client.publish(POSTS, 'x', false)],
  ['with a ping under way', ({ time }) => time.advance(45_000)],
];

/** A session as far as the step of that name. */
function upTo(name: string): Fixture {
  const fixture = setUp();
  for (const [step, act] of STEPS) {
    act(fixture);
    if (step === name) break;
  }
  fixture.heard();
  fixture.log.length = 0;
  return fixture;
}

function expectSilence(fixture: Fixture): void {
  const { time, network, client, log, say } = fixture;
  expect(time.pending).toBe(0);
  const before = [...log];
  network.tcp.makeRoom();
  say(CONNACK, SUBACK, message('late', 9), puback(2), PINGRESP);
  network.tcp.fail();
  expect(client.publish(POSTS, 'late', false)).toBe(-1);
  client.close();
  client.disconnect();
  time.advance(1_000_000);
  expect(log).toEqual(before);
  expect(fixture.heard()).toEqual([]);
  expect(time.pending).toBe(0);
}

describe.each(STEPS.map(([name]) => name))('%s', (name) => {
  it('close() is silent, also twice, and sends nothing', () => {
    const fixture = upTo(name);
    fixture.client.close();
    fixture.client.close();
    expect(fixture.network.tcp.closed).toBe(true);
    expect(fixture.heardShort()).toEqual([]);
    expect(fixture.log).toEqual([]);
    expectSilence(fixture);
  });

  it('disconnect() is silent, also twice, and says DISCONNECT where there is a session', () => {
    const fixture = upTo(name);
    fixture.client.disconnect();
    fixture.client.disconnect();
    expect(fixture.network.tcp.closed).toBe(true);
    expect(fixture.heardShort()).toEqual(name.startsWith('before') ? [] : ['disconnect']);
    expect(fixture.log).toEqual([]);
    expectSilence(fixture);
  });

  it('the peer that closes ends the session once', () => {
    const fixture = upTo(name);
    fixture.network.tcp.fail(new Error('reset'));
    expect(fixture.log).toEqual([name === 'before the connection' ? 'ended connect_failed' : 'ended closed']);
    expectSilence(fixture);
  });

  it('a write that fails ends the session once', () => {
    const fixture = upTo(name);
    if (name.startsWith('before')) return;
    fixture.network.tcp.failWrites();
    fixture.say(message('x', 5), message('y', 6));
    expect(fixture.log).toEqual(['message 0 x', 'message 0 y']);
    fixture.time.advance(0);
    expect(fixture.log.slice(2)).toEqual(['ended closed']);
    expectSilence(fixture);
  });

  it('a handler of the end may close the client', () => {
    const fixture: Fixture = setUp({
      onEnded: () => {
        fixture.log.push('ended');
        fixture.client.close();
        fixture.client.disconnect();
      },
    });
    for (const [step, act] of STEPS) {
      act(fixture);
      if (step === name) break;
    }
    fixture.log.length = 0;
    fixture.heard();
    fixture.network.tcp.fail();
    expect(fixture.log).toEqual(['ended']);
    expectSilence(fixture);
  });
});

describe('hundreds of sessions on one send buffer', () => {
  it('each begin as if it were the first', () => {
    const sendBuffer = new Uint8Array(2_048);
    const heard = Array.from({ length: 200 }, (_, i) => {
      const fixture = setUp({ sendBuffer });
      fixture.network.tcp.makeRoom(i % 3 === 0 ? 10 : 65_536);
      if (i % 3 === 0) fixture.client.close();
      else {
        fixture.say(CONNACK, SUBACK);
        fixture.client.publish(POSTS, 'x'.repeat(i), false);
        fixture.network.tcp.fail();
      }
      expect(fixture.time.pending).toBe(0);
      return fixture.heardShort().join();
    });
    expect(new Set(heard)).toEqual(new Set(['', 'connect,subscribe 1,publish 2']));
  });
});
