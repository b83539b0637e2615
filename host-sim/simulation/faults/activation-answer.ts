import type { VirtualPeer } from '../../world/virtual-network.js';
import { DetailError, type Kind, numberOf, textOf } from '../happening.js';
import { impersonate } from '../impostor.js';

const JSON_HEAD = 'Content-Type: application/json\r\n';

interface Answer {
  readonly status: string;
  readonly head?: string;
  readonly body: string;
  /** Bytes of the body that are announced and never sent. */
  readonly missing?: number;
  /** A byte of it at a time, so far apart, ms. */
  readonly everyMs?: number;
}

/** The beginning of an answer that would be good. */
const HALF = '{"code":200,"message":"success","data":{"deviceId":"dev_0","deviceSecret":"sk_0","mqtt":{"server":"x"';

const ANSWERS: Readonly<Record<string, Answer>> = {
  error: { status: '500 Internal Server Error', body: '{"code":500,"message":"internal_error","data":null}' },
  page: {
    status: '502 Bad Gateway',
    head: 'Content-Type: text/html\r\n',
    body: '<html><h1>502 Bad Gateway</h1></html>',
  },
  busy: { status: '429 Too Many Requests', body: '{"code":429,"message":"too_many_requests","data":null}' },
  disabled: { status: '403 Forbidden', body: '{"code":403,"message":"product_disabled","data":null}' },
  refused: { status: '400 Bad Request', body: '{"code":400,"message":"invalid_parameter","data":null}' },
  'known already': { status: '409 Conflict', body: '{"code":409,"message":"device_activated","data":null}' },
  'without data': { status: '200 OK', body: '{"code":200,"message":"success","data":null}' },
  'odd data': {
    status: '200 OK',
    body: '{"code":200,"message":"success","data":{"deviceId":7,"mqtt":[],"topics":"none"}}',
  },
  nonsense: { status: '200 OK', body: '\u0000\u0001{{{{[[[[' },
  huge: { status: '200 OK', body: `{"code":200,"data":"${'x'.repeat(20_000)}"}` },
  half: { status: '200 OK', body: HALF, missing: 700 },
  slow: { status: '200 OK', body: HALF, missing: 700, everyMs: 400 },
};

export const activationAnswer: Kind = {
  what: 'activation-answer',
  about: 'For a while, boards that activate get an error, nonsense, or a part of an answer.',
  draw: (random) => ({
    answer: random.pick(Object.keys(ANSWERS)),
    retryAfterS: random.between(0, 180),
    forMs: random.between(5_000, 150_000),
  }),
  begin: (world, details) => {
    const name = textOf(details, 'answer');
    const answer = ANSWERS[name];
    if (answer === undefined) throw new DetailError(`"answer" must be one of ${Object.keys(ANSWERS).join(', ')}`);
    const retryAfterS = numberOf(details, 'retryAfterS');
    const head = name === 'busy' ? `Retry-After: ${retryAfterS}\r\n` : (answer.head ?? JSON_HEAD);
    impersonate(world, {
      door: 'api',
      forMs: numberOf(details, 'forMs'),
      answer: (peer, said) => {
        // The request's own end is not waited for: what a server says early counts as well.
        if (!said.includes('\r\n\r\n')) return;
        peer.onData = undefined;
        const device = world.bySerial(peer.owner);
        if (device && name === 'busy') world.awayUntilMs.set(device, world.nowMs + retryAfterS * 1_000);
        send(peer, { ...answer, head }, (callback, delayMs) => world.time.timer.set(callback, delayMs));
      },
    });
  },
};

function send(peer: VirtualPeer, answer: Answer, later: (callback: () => void, delayMs: number) => void): void {
  const { status, head, body, missing = 0, everyMs } = answer;
  const bytes = Buffer.from(body);
  peer.write(Buffer.from(`HTTP/1.1 ${status}\r\n${head}Content-Length: ${bytes.length + missing}\r\n\r\n`));
  if (everyMs === undefined) {
    peer.write(bytes);
    peer.end();
    return;
  }
  const drip = (at: number): void => {
    if (!peer.open) return;
    if (at === bytes.length) peer.end();
    else {
      peer.write(bytes.subarray(at, at + 1));
      later(() => drip(at + 1), everyMs);
    }
  };
  drip(0);
}
