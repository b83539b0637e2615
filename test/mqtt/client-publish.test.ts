import { describe, expect, it } from 'vitest';
import { CONNACK, type Fixture, message, POSTS, puback, SUBACK, setUp } from './client-fixture.js';

describe('publish', () => {
  it('sends at QoS 1, retained where it is asked for, with a new id each time', () => {
    const { client, heard } = setUp().ready();
    expect(client.publish(POSTS, '{"名":1}', true)).toBe(2);
    expect(client.publish(POSTS, 'b', false)).toBe(3);
    expect(heard()).toMatchObject([
      {
        cmd: 'publish',
        qos: 1,
        retain: true,
        dup: false,
        messageId: 2,
        payload: Buffer.from('{"名":1}'),
        topic: `${POSTS}`,
      },
      { cmd: 'publish', qos: 1, retain: false, messageId: 3, payload: Buffer.from('b') },
    ]);
    expect(client.unacknowledged).toBe(2);
  });

  it('sends at QoS 0 where that is asked for: with no id, awaiting nothing, also while eight messages await theirs', () => {
    const { client, heard } = setUp().ready();
    expect(client.publish(POSTS, 'a', false, 0)).toBe(0);
    expect(heard()).toMatchObject([{ cmd: 'publish', qos: 0, retain: false, payload: Buffer.from('a') }]);
    expect(client.unacknowledged).toBe(0);
    expect(client.publish(POSTS, 'b', false)).toBe(2);
    while (client.publish(POSTS, 'x', false) > 0);
    expect(client.publish(POSTS, 'c', false, 0)).toBe(0);
    expect(client.unacknowledged).toBe(8);
  });

  it('has eight messages in flight at most, and says when the next may go', () => {
    const { client, log, say, heardShort } = setUp().ready();
    const ids = Array.from({ length: 8 }, () => client.publish(POSTS, 'x', false));
    expect(ids).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(client.publish(POSTS, 'x', false)).toBe(-1);
    expect(client.unacknowledged).toBe(8);
    say(puback(5));
    expect(log).toEqual(['drained']);
    expect(client.publish(POSTS, 'x', false)).toBe(10);
    expect(client.publish(POSTS, 'x', false)).toBe(-1);
    expect(heardShort()).toHaveLength(9);
  });

  it('is not told of room that nobody waited for, nor twice', () => {
    const { client, log, say } = setUp().ready();
    client.publish(POSTS, 'x', false);
    say(puback(2));
    for (let i = 0; i < 9; i++) client.publish(POSTS, 'x', false);
    say(puback(3), puback(4));
    expect(log).toEqual(['drained']);
  });

  it('is not told of room while eight are in flight', () => {
    const { client, log, time } = setUp().ready();
    for (let i = 0; i < 9; i++) client.publish(POSTS, 'x', false);
    time.advance(45_000);
    expect(log).toEqual([]);
  });

  it('goes on over the end of the packet ids, without id 0', () => {
    const { client, say, network } = setUp().ready();
    network.tcp.growByWrite(100);
    let last = 0;
    const ids = new Set<number>();
    for (let i = 0; i < 65_536; i++) {
      last = client.publish(POSTS, '', false);
      ids.add(last);
      say(puback(last));
    }
    expect(ids.size).toBe(65_535);
    expect(ids.has(0)).toBe(false);
    expect(client.unacknowledged).toBe(0);
  });

  it('refuses a message that could never be sent, and stays as it was', () => {
    const { client, heardShort } = setUp().ready();
    expect(() => client.publish(POSTS, 'x'.repeat(2_000), false)).toThrow(RangeError);
    expect(client.unacknowledged).toBe(0);
    expect(client.publish(POSTS, 'x', false)).toBe(2);
    expect(heardShort()).toEqual(['publish 2']);
  });
});

describe('an acknowledgement', () => {
  it('of an id that is not in flight changes nothing', () => {
    const { client, say, log } = setUp().ready();
    client.publish(POSTS, 'x', false);
    say(puback(1), puback(3), puback(65_535), puback(2), puback(2));
    expect(client.unacknowledged).toBe(0);
    expect(log).toEqual([]);
  });
});

describe('whenAcknowledged', () => {
  it('calls back once all is acknowledged, not from inside anything, and once', () => {
    const { client, say, time, log } = setUp().ready();
    client.publish(POSTS, 'x', false);
    client.publish(POSTS, 'y', false);
    client.whenAcknowledged(() => log.push('all'));
    say(puback(3));
    time.advance(0);
    expect(log).toEqual([]);
    say(puback(2));
    expect(log).toEqual([]);
    time.advance(0);
    client.publish(POSTS, 'z', false);
    say(puback(4));
    time.advance(0);
    expect(log).toEqual(['all']);
  });

  it('calls back at once, but not from inside, when nothing is in flight', () => {
    const { client, time, log } = setUp().ready();
    client.whenAcknowledged(() => log.push('all'));
    expect(log).toEqual([]);
    time.advance(0);
    expect(log).toEqual(['all']);
  });

  it('never calls back after the session has ended, at whatever moment', () => {
    const ends: ((fixture: Fixture) => void)[] = [
      ({ client }) => client.close(),
      ({ client }) => client.disconnect(),
      ({ network }) => network.tcp.fail(),
    ];
    for (const end of ends) {
      for (const acknowledged of [true, false]) {
        const fixture = setUp().ready();
        const { client, time, say } = fixture;
        let called = false;
        client.publish(POSTS, 'x', false);
        client.whenAcknowledged(() => {
          called = true;
        });
        if (acknowledged) say(puback(2));
        end(fixture);
        client.whenAcknowledged(() => {
          called = true;
        });
        expect(time.pending).toBe(0);
        time.advance(100_000);
        expect(called).toBe(false);
      }
    }
  });
});

describe('a socket that takes one byte at a time', () => {
  it('gets every packet whole and in order', () => {
    const { network, say, client, log, heardShort } = setUp();
    const trickle = (): void => {
      for (let i = 0; i < 600; i++) network.tcp.makeRoom(1);
    };
    trickle();
    expect(heardShort()).toEqual(['connect']);
    say(CONNACK);
    trickle();
    expect(heardShort()).toEqual(['subscribe 1']);
    say(SUBACK, message('a', 7), message('b', 8));
    client.publish(POSTS, '{}', false);
    trickle();
    expect(log).toEqual(['ready', 'message 0 a', 'message 0 b']);
    expect(heardShort()).toEqual(['puback 7', 'puback 8', 'publish 2']);
  });

  it('stops publishing when its buffer is full, and is told when there is room again', () => {
    const { network, client, log, say, heardShort } = setUp({ sendBuffer: new Uint8Array(300) });
    network.tcp.makeRoom(200);
    say(CONNACK, SUBACK);
    const ids: number[] = [];
    for (let id = 0; id >= 0; id = client.publish(POSTS, 'x'.repeat(20), false)) if (id > 0) ids.push(id);
    expect(ids.length).toBeLessThan(8);
    log.length = 0;
    for (let i = 0; i < 299; i++) network.tcp.makeRoom(1);
    expect(log).toEqual(['drained']);
    expect(heardShort()).toEqual(['connect', 'subscribe 1', ...ids.map((id) => `publish ${id}`)]);
  });
});
