import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import { HttpRequest, type HttpRequestOptions } from '../../src/http/client.js';
import { FakeNetwork } from '../net/fake-network.js';

function setUp(overrides: Partial<HttpRequestOptions> = {}) {
  const time = new VirtualTime();
  const network = new FakeNetwork();
  const log: string[] = [];
  const body: Uint8Array[] = [];
  const request: HttpRequest = new HttpRequest({
    network,
    timer: time.timer,
    text: createNodeText(),
    host: '10.0.0.1',
    port: 8_080,
    method: 'POST',
    path: '/api/v1/devices/activate',
    body: '{}',
    onHead: (status, headers) => log.push(`head ${status} ${headers.get('date') ?? ''}`.trim()),
    onBody: (bytes, start, end) => body.push(bytes.slice(start, end)),
    onComplete: () => log.push('complete'),
    onFailed: (failure) => log.push(failure),
    ...overrides,
  });
  return { time, network, log, request, bodyText: () => Buffer.concat(body).toString('latin1') };
}

const ANSWER = 'HTTP/1.1 200 OK\r\nDate: now\r\nContent-Length: 5\r\n\r\nhello';

describe('a request', () => {
  it('is sent whole in one write once the connection is there', () => {
    const { network } = setUp({ body: '{"名":"é"}', headers: ['X-One: 1', 'X-Two: 2'] });
    network.tcp.makeRoom();
    expect(network.tcp.writes).toHaveLength(1);
    expect(network.tcp.sent.toString('utf8')).toBe(
      'POST /api/v1/devices/activate HTTP/1.1\r\nHost: 10.0.0.1:8080\r\nConnection: close\r\nX-One: 1\r\nX-Two: 2\r\n' +
        'Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{"名":"é"}',
    );
  });

  it('without a body has no length, and names port 80 not at all', () => {
    const time = new VirtualTime();
    const network = new FakeNetwork();
    new HttpRequest({
      network,
      timer: time.timer,
      text: createNodeText(),
      host: 'ota.example.com',
      port: 80,
      method: 'GET',
      path: '/x?y=1',
      onHead: () => {},
      onBody: () => {},
      onComplete: () => {},
      onFailed: () => {},
    });
    network.lookUps[0]!.onResolved('ota.example.com', '10.0.0.2');
    network.tcp.makeRoom();
    expect(network.tcp.sent.toString()).toBe(
      'GET /x?y=1 HTTP/1.1\r\nHost: ota.example.com\r\nConnection: close\r\n\r\n',
    );
  });

  it('gets through a socket that takes one byte at a time', () => {
    const { network, log } = setUp();
    for (let i = 0; i < 400; i++) network.tcp.makeRoom(1);
    expect(network.tcp.sent.toString()).toMatch(/^POST .*\r\n\r\n\{\}$/s);
    network.tcp.deliver(ANSWER);
    expect(log).toEqual(['head 200 now', 'complete']);
  });
});

describe('an answer', () => {
  it('streams, then closes the connection and leaves no timer', () => {
    const { network, log, time, bodyText } = setUp();
    network.tcp.makeRoom().deliver(ANSWER);
    expect(log).toEqual(['head 200 now', 'complete']);
    expect(bodyText()).toBe('hello');
    expect(network.tcp.closed).toBe(true);
    expect(time.pending).toBe(0);
  });

  it('in any segmentation is the same', () => {
    const bodies = fc.string({ unit: 'binary-ascii', maxLength: 4_000 });
    const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(bodies, cuts, fc.constantFrom('length', 'chunked', 'close'), (text, lengths, framing) => {
        const { network, log, bodyText } = setUp();
        const chunk = text === '' ? '' : `${text.length.toString(16)}\r\n${text}\r\n`;
        const frame = {
          length: `Content-Length: ${text.length}\r\n\r\n${text}`,
          chunked: `Transfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`,
          close: `\r\n${text}`,
        }[framing];
        const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n${frame}`, 'latin1');
        network.tcp.makeRoom();
        for (let at = 0, i = 0; at < bytes.length; i++) {
          network.tcp.deliver(bytes.subarray(at, at + lengths[i % lengths.length]!));
          at += lengths[i % lengths.length]!;
        }
        network.tcp.fail();
        expect(log).toEqual(['head 200', 'complete']);
        expect(bodyText()).toBe(text);
      }),
    );
  });

  it.each([301, 302, 307, 308])('HTTP %i is handed over and not followed', (status) => {
    const { network, log, time } = setUp();
    network.tcp.makeRoom().deliver(`HTTP/1.1 ${status} Moved\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n`);
    time.advance(100_000);
    expect(log).toEqual([`head ${status}`, 'complete']);
    expect(network.sockets).toHaveLength(1);
    expect(network.lookUps).toHaveLength(0);
  });

  it('that comes before the request was sent whole is taken', () => {
    const { network, log } = setUp();
    network.tcp.makeRoom(3).deliver('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n');
    expect(log).toEqual(['head 503', 'complete']);
  });

  it('followed by more bytes is complete all the same', () => {
    const { network, log } = setUp();
    network.tcp.makeRoom().deliver(`${ANSWER}HTTP/1.1 500 Oh\r\n\r\n`).deliver('more').fail();
    expect(log).toEqual(['head 200 now', 'complete']);
  });
});

describe('a request fails once, frees everything, and says why:', () => {
  it.each<[string, (fixture: ReturnType<typeof setUp>) => void, string[]]>([
    ['the connect is refused', ({ network }) => network.tcp.fail(), ['connect_failed']],
    ['the connect takes too long', ({ time }) => time.advance(10_000), ['connect_timeout']],
    ['the peer closes without an answer', ({ network }) => network.tcp.makeRoom().fail(), ['closed']],
    ['the head is cut', ({ network }) => network.tcp.makeRoom().deliver('HTTP/1.1 200 OK\r\nDa').fail(), ['closed']],
    [
      'the body is cut',
      ({ network }) => network.tcp.makeRoom().deliver(ANSWER.slice(0, -1)).fail(),
      ['head 200 now', 'closed'],
    ],
    [
      'the chunks are cut',
      ({ network }) =>
        network.tcp.makeRoom().deliver('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n').fail(),
      ['head 200', 'closed'],
    ],
    [
      'the answer is no HTTP',
      ({ network }) => network.tcp.makeRoom().deliver('\x15\x03\x01\x00\x02\x02\n'),
      ['malformed_answer'],
    ],
    [
      'the body breaks its framing',
      ({ network }) => network.tcp.makeRoom().deliver('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
      ['head 200', 'malformed_answer'],
    ],
    [
      'the server is silent',
      ({ network, time }) => {
        network.tcp.makeRoom();
        time.advance(10_000);
      },
      ['idle_timeout'],
    ],
    [
      'the server falls silent in the body',
      ({ network, time }) => {
        network.tcp.makeRoom();
        time.advance(9_000);
        network.tcp.deliver(ANSWER.slice(0, -1));
        time.advance(10_000);
      },
      ['head 200 now', 'idle_timeout'],
    ],
    [
      'a write fails',
      ({ network, time }) => {
        network.tcp.failWrites();
        network.tcp.makeRoom();
        time.advance(0);
      },
      ['closed'],
    ],
  ])('%s', (_name, act, expected) => {
    const fixture = setUp();
    act(fixture);
    expect(fixture.log).toEqual(expected);
    expect(fixture.network.tcp.closed).toBe(true);
    expect(fixture.time.pending).toBe(0);
    fixture.network.tcp.makeRoom().deliver(ANSWER).fail();
    fixture.time.advance(100_000);
    expect(fixture.log).toEqual(expected);
  });

  it('the name is not known', () => {
    const { network, log, time } = setUp({ host: 'nowhere' });
    network.lookUps[0]!.onError();
    expect(log).toEqual(['dns_failed']);
    expect(time.pending).toBe(0);
  });

  it.each([
    [undefined, 30_000],
    [5_000, 5_000],
  ])('a server that sends a byte now and then is over its deadline (%s ms)', (deadlineMs, endsAt) => {
    const { network, log, time } = setUp(deadlineMs === undefined ? {} : { deadlineMs });
    network.tcp.makeRoom().deliver('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n');
    while (time.nowMs < endsAt - 1) {
      time.advance(Math.min(1_000, endsAt - 1 - time.nowMs));
      network.tcp.deliver('x');
    }
    expect(log).toEqual(['head 200']);
    time.advance(1);
    expect(log).toEqual(['head 200', 'deadline']);
    expect(time.pending).toBe(0);
  });
});

describe('a request with a deadline for the head alone', () => {
  const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n';

  it('has an answer that takes as long as it takes, and is not silent', () => {
    const { network, log, time } = setUp({ headDeadlineMs: 10_000 });
    time.advance(9_000);
    network.tcp.makeRoom();
    time.advance(9_999);
    network.tcp.deliver(HEAD);
    for (let sent = 0; sent < 500; sent++) {
      time.advance(8_000);
      network.tcp.deliver('x');
    }
    expect(log).toEqual(['head 200', 'complete']);
    expect(time.pending).toBe(0);
  });

  it('fails when the head is not there in time after the connection, whatever comes of it', () => {
    const { network, log, time } = setUp({ headDeadlineMs: 10_000 });
    time.advance(5_000);
    network.tcp.makeRoom();
    for (let sent = 0; sent < 9; sent++) {
      time.advance(1_000);
      network.tcp.deliver('HTTP/1.1 100 Continue\r\n\r\n');
    }
    time.advance(999);
    expect(log).toEqual([]);
    time.advance(1);
    expect(log).toEqual(['deadline']);
    expect(time.pending).toBe(0);
  });

  it('fails when the answer falls silent', () => {
    const { network, log, time } = setUp({ headDeadlineMs: 10_000 });
    network.tcp.makeRoom().deliver(`${HEAD}x`);
    time.advance(10_000);
    expect(log).toEqual(['head 200', 'idle_timeout']);
    expect(time.pending).toBe(0);
  });
});

describe('close', () => {
  it('is silent at every step, also twice', () => {
    const steps: ((fixture: ReturnType<typeof setUp>) => void)[] = [
      () => {},
      ({ network }) => network.tcp.makeRoom(),
      ({ network }) => network.tcp.deliver('HTTP/1.1 2'),
      ({ network }) => network.tcp.deliver('00 OK\r\nContent-Length: 500\r\n\r\nx'),
    ];
    for (let count = 1; count <= steps.length; count++) {
      const fixture = setUp();
      for (const step of steps.slice(0, count)) step(fixture);
      fixture.log.length = 0;
      fixture.request.close();
      fixture.request.close();
      fixture.network.tcp.makeRoom().deliver('x'.repeat(600)).fail();
      fixture.time.advance(100_000);
      expect(fixture.log).toEqual([]);
      expect(fixture.time.pending).toBe(0);
    }
  });

  it('from within the head or the body ends the exchange there', () => {
    for (const where of ['onHead', 'onBody'] as const) {
      let calls = 0;
      const { network, log, time, request, bodyText } = setUp({
        [where]: () => {
          calls++;
          request.close();
        },
      });
      network.tcp
        .makeRoom()
        .deliver(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(50)}0\r\n\r\n`);
      network.tcp.fail();
      expect(calls).toBe(1);
      expect(log.filter((entry) => !entry.startsWith('head'))).toEqual([]);
      expect(bodyText()).toBe('');
      expect(time.pending).toBe(0);
    }
  });

  it('after an answer or a failure changes nothing', () => {
    for (const end of [ANSWER, 'nonsense\n']) {
      const { network, log, request } = setUp();
      network.tcp.makeRoom().deliver(end);
      const before = [...log];
      request.close();
      expect(log).toEqual(before);
    }
  });
});

describe('an error in a handler', () => {
  it('is not taken for a broken answer', () => {
    const { network } = setUp({
      onComplete: () => {
        throw new Error('a bug');
      },
    });
    network.tcp.makeRoom().deliver('HTTP/1.1 200 OK\r\n\r\nuntil the close');
    expect(() => network.tcp.fail()).toThrow('a bug');
  });
});

describe('whatever a server sends', () => {
  it('ends in one callback at most, never a throw, and always by the deadline', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'HTTP/1.1 200 OK\r\n',
        'Content-Length: 3\r\n',
        'Transfer-Encoding: chunked\r\n',
        '\r\n',
        '3\r\nabc\r\n',
        '0\r\n\r\n',
      ),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), fc.boolean(), (pieces, closes) => {
        const { network, log, time } = setUp();
        network.tcp.makeRoom();
        for (const bytes of pieces) network.tcp.deliver(bytes);
        if (closes) network.tcp.fail();
        time.advance(30_000);
        expect(log.filter((entry) => !entry.startsWith('head'))).toHaveLength(1);
        expect(time.pending).toBe(0);
        expect(network.tcp.closed).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
