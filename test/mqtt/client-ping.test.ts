import { describe, expect, it } from 'vitest';
import { CONNACK, PINGRESP, POSTS, puback, SUBACK, setUp } from './client-fixture.js';

describe('a session in silence', () => {
  it('pings every three quarters of the keep alive, for ever', () => {
    const { time, heardShort, say, log } = setUp().ready();
    time.advance(44_999);
    expect(heardShort()).toEqual([]);
    for (let i = 0; i < 100; i++) {
      time.advance(1);
      expect(heardShort()).toEqual(['pingreq']);
      // The interval runs from ping to ping, however late the answer.
      time.advance(9_000);
      say(PINGRESP);
      time.advance(35_999);
      expect(heardShort()).toEqual([]);
    }
    expect(log).toEqual([]);
  });

  it('ends 10 s after a ping that is not answered', () => {
    const { time, log, network } = setUp().ready();
    time.advance(45_000 + 9_999);
    expect(log).toEqual([]);
    time.advance(1);
    expect(log).toEqual(['ended ping_timeout']);
    expect(network.tcp.closed).toBe(true);
    expect(time.pending).toBe(0);
  });

  it('ends so too when the socket takes no bytes any more', () => {
    const { time, log, client, network, say } = setUp({ sendBuffer: new Uint8Array(256) });
    network.tcp.makeRoom(200);
    say(CONNACK, SUBACK);
    while (client.publish(POSTS, '{}', false) > 0);
    expect(client.unacknowledged).toBeLessThan(8);
    time.advance(45_000 + 9_999);
    expect(log).toEqual(['ready']);
    time.advance(1);
    expect(log).toEqual(['ready', 'ended ping_timeout']);
    expect(time.pending).toBe(0);
  });

  it('takes an answer that nobody waits for', () => {
    const { say, log, time } = setUp().ready();
    say(PINGRESP, PINGRESP);
    time.advance(45_000);
    say(PINGRESP, PINGRESP);
    time.advance(44_000);
    expect(log).toEqual([]);
  });

  it('pings in time with a keep alive that is shorter than the time to answer', () => {
    const connect = { clientId: 'c', username: 'u', password: 'p', keepAliveS: 5, will: { topic: 't', payload: '' } };
    const { time, heardShort, log } = setUp({ connect }).ready();
    time.advance(9_000);
    expect(heardShort()).toEqual(['pingreq', 'pingreq']);
    time.advance(4_749);
    expect(log).toEqual([]);
    time.advance(1);
    expect(log).toEqual(['ended ping_timeout']);
    expect(time.pending).toBe(0);
  });
});

describe('a message of ours', () => {
  it('that is not acknowledged from one ping to the next ends the session', () => {
    const { time, client, log, say } = setUp().ready();
    client.publish(POSTS, '{}', false);
    time.advance(45_000);
    say(PINGRESP);
    time.advance(44_999);
    expect(log).toEqual([]);
    time.advance(1);
    expect(log).toEqual(['ended ack_timeout']);
    expect(time.pending).toBe(0);
  });

  it('that is acknowledged in between does not', () => {
    const { time, client, log, say } = setUp().ready();
    const first = client.publish(POSTS, '{}', false);
    time.advance(45_000);
    say(PINGRESP, puback(first));
    client.publish(POSTS, '{}', false);
    time.advance(45_000);
    say(PINGRESP);
    expect(log).toEqual([]);
  });
});
