import { beforeEach, describe, expect, it } from 'vitest';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { HttpRequest } from '../../src/core/http-request-parser.js';
import { type HttpResponse, jsonResponse, PIECE_BYTES } from '../../src/provisioning/http-response.js';
import { HttpServer } from '../../src/provisioning/http-server.js';
import { type FakeAccepted, FakeListeners } from './fake-listener.js';

const GET = 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n';
const SECOND = 1_000;

let time: VirtualTime;
let listeners: FakeListeners;
let server: HttpServer;
let requests: HttpRequest[];
let response: HttpResponse;
let ends: boolean[];
let onRequest: (() => void) | undefined;

beforeEach(() => {
  time = new VirtualTime();
  listeners = new FakeListeners();
  requests = [];
  ends = [];
  onRequest = undefined;
  response = { ...jsonResponse(200, { ok: true }), onEnd: (whole) => ends.push(whole) };
  server = new HttpServer({
    Listener: listeners.Listener,
    timer: time.timer,
    text: createNodeText(),
    port: 80,
    address: '192.168.4.1',
    answer: (request) => {
      requests.push(request);
      onRequest?.();
      return response;
    },
  });
});

const connect = (from?: string, room?: number): FakeAccepted => listeners.connect(from, room)!;

describe('an exchange', () => {
  it('is one request and one answer, which the client ends', () => {
    const client = connect().deliver(GET);
    expect(client.sent.toString()).toBe(
      'HTTP/1.1 200 \r\nContent-Length: 11\r\nConnection: close\r\nCache-Control: no-store\r\n' +
        'X-Content-Type-Options: nosniff\r\nContent-Type: application/json\r\n\r\n{"ok":true}',
    );
    expect([client.closed, ends]).toEqual([false, []]);
    client.fail();
    expect([client.closed, ends]).toEqual([true, [true]]);
    expect(time.pending).toBe(0);
  });

  it('is ended by the board where the client does not', () => {
    const client = connect().deliver(GET).deliver('GET /y HTTP/1.1\r\n');
    time.advance(2 * SECOND);
    expect([client.closed, ends, requests.length]).toEqual([true, [true], 1]);
  });

  it('has no body where only its head was asked for', () => {
    const client = connect().deliver('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(client.answer.head).toContain('Content-Length: 11');
    expect(client.answer.body.length).toBe(0);
  });

  it('is refused for what is no request, and what still comes is read and dropped', () => {
    const client = connect().deliver('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n');
    expect(client.answer).toMatchObject({ status: 413 });
    for (let i = 0; i < 10; i++) client.deliver(new Uint8Array(9_000));
    expect(client.writes.length).toBe(1);
    expect(connect().deliver('GET\r\n').answer.status).toBe(400);
  });

  it('is over after ten seconds without a whole request, and after thirty without room for the answer', () => {
    const silent = connect();
    const slow = connect().deliver('GET / HT');
    const deaf = connect(undefined, 5).deliver(GET);
    time.advance(9 * SECOND);
    slow.deliver('TP');
    expect([silent.closed, slow.closed, deaf.closed]).toEqual([false, false, false]);
    time.advance(SECOND);
    expect([silent.closed, slow.closed, deaf.closed]).toEqual([true, true, false]);
    time.advance(20 * SECOND);
    expect([deaf.closed, ends, time.pending]).toEqual([true, [false], 0]);
  });

  it('is over when the network fails under the answer', () => {
    const client = connect();
    client.failWrites();
    client.deliver(GET);
    expect([client.closed, ends]).toEqual([true, [false]]);
  });
});

describe('a long answer', () => {
  const body = ['é'.repeat(512), 'x'.repeat(PIECE_BYTES), '末'];
  const whole = body.join('');

  it('leaves piece by piece as there is room, cut anywhere, and never more than a piece at once', () => {
    response = { status: 200, headers: [], body, length: Buffer.byteLength(whole) };
    for (const room of [1, 7, 700, 1_500]) {
      const client = connect(undefined, room).deliver(GET);
      while (client.answer.body.length < response.length) {
        const before = client.sent.length;
        client.makeRoom(room);
        expect(client.sent.length - before).toBeLessThanOrEqual(room);
      }
      expect(client.answer.body.toString()).toBe(whole);
      expect(Math.max(...client.writes.map((bytes) => bytes.length))).toBeLessThanOrEqual(PIECE_BYTES);
      client.fail();
    }
  });

  it('goes on where room comes free while it is written', () => {
    response = { status: 200, headers: [], body, length: Buffer.byteLength(whole) };
    const client = connect(undefined, 0);
    client.growByWrite(400).deliver(GET).makeRoom(400);
    while (client.answer.body.length < response.length) client.makeRoom(1);
    expect(client.answer.body.toString()).toBe(whole);
  });

  it('to one client waits for no other', () => {
    response = { status: 200, headers: [], body, length: Buffer.byteLength(whole) };
    const slow = connect(undefined, 100).deliver(GET);
    const quick = connect().deliver(GET);
    expect(quick.answer.body.toString()).toBe(whole);
    slow.makeRoom();
    expect(slow.answer.body.toString()).toBe(whole);
  });
});

describe('connections', () => {
  it('of others than the 256 addresses around the board are closed unheard', () => {
    for (const address of ['192.168.5.2', '10.0.0.1', '92.168.4.2', '']) {
      expect(connect(address)).toMatchObject({ closed: true });
    }
    expect(requests).toEqual([]);
    expect(connect('192.168.4.255').deliver(GET).answer.status).toBe(200);
  });

  it('are at most four; a fifth waits until one is over', () => {
    const four = [1, 2, 3, 4].map(() => connect().deliver('GET'));
    expect(listeners.connect()).toBeUndefined();
    expect(listeners.waiting).toBe(1);
    four[1]!.fail();
    expect(listeners.waiting).toBe(0);
    expect(listeners.accepted[4]!.makeRoom().deliver(GET).answer.status).toBe(200);
  });

  it('that a browser holds in reserve make room for one that is used', () => {
    const used = connect().deliver('GET');
    const reserve = [1, 2, 3].map(() => connect());
    expect(connect().deliver(GET).answer.status).toBe(200);
    expect([used.closed, ...reserve.map(({ closed }) => closed)]).toEqual([false, true, false, false]);
  });

  it('end with the server, silently, also from inside an answer', () => {
    const idle = connect();
    onRequest = () => server.close();
    const client = connect().deliver(GET);
    server.close();
    expect([idle.closed, client.closed, listeners.open.size, time.pending]).toEqual([true, true, 0, 0]);
    expect([client.writes, ends]).toEqual([[], []]);
  });
});
