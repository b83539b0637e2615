import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { LINGER_BYTES, LINGER_MS } from '../../host-sim/cloud/api/lingering-close.js';
import { TestClock } from './support/clock.js';
import { onCleanup, startCloud, type TestCloud } from './support/fixture.js';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe('what is read away after an answer', () => {
  test('ends with the request: the connection of a refused one is used again', async () => {
    const { t, peer } = await refused(100, '');
    peer.socket.write('x'.repeat(100));
    peer.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await peer.until(/"service":"smartlink-cloud"/);
    expect(peer.text()).toMatch(/^HTTP\/1\.1 401 /);
    expect((await t.login()).status).toBe(200);
  });

  test('ends with the request, and with it a connection that was to be closed', async () => {
    const { t, peer } = await refused(100, 'Connection: close\r\n');
    peer.socket.write('x'.repeat(99));
    await peer.ended;
    await t.login();
    expect(peer.isClosed()).toBe(false);
    peer.socket.end('x');
    await peer.closed;
    expect(peer.error()).toBeUndefined();
  });

  test.each(['', 'Connection: close\r\n'])('ends after %j and 2 s', async (head) => {
    const { clock, t, peer } = await refused(1_000_000, head);
    clock.advance(LINGER_MS - 1);
    for (let count = 0; count < 10; count += 1) {
      peer.socket.write('x');
      await t.login();
    }
    expect(peer.isClosed()).toBe(false);
    clock.advance(1);
    // Who goes on sending is told.
    while (!peer.isClosed()) {
      peer.socket.write('x');
      await nextTurn();
    }
  });

  test.each(['', 'Connection: close\r\n'])('ends after %j and 16 MB', async (head) => {
    const { peer } = await refused(100 * LINGER_BYTES, head);
    const chunk = 'x'.repeat(65_536);
    let sent = 0;
    while (!peer.isClosed() && sent < 10 * LINGER_BYTES) {
      sent += chunk.length;
      if (!peer.socket.write(chunk)) await Promise.race([once(peer.socket, 'drain').catch(() => {}), peer.closed]);
    }
    await peer.closed;
    expect(sent).toBeGreaterThan(LINGER_BYTES);
    expect(sent).toBeLessThan(10 * LINGER_BYTES);
  });
});

interface Peer {
  readonly socket: Socket;
  /** The other side says no more. */
  readonly ended: Promise<void>;
  readonly closed: Promise<void>;
  isClosed(): boolean;
  error(): Error | undefined;
  text(): string;
  until(pattern: RegExp): Promise<void>;
}

/** A request that was refused for its head, and whose body is still to come. */
async function refused(length: number, head: string): Promise<{ clock: TestClock; t: TestCloud; peer: Peer }> {
  const clock = new TestClock();
  const t = await startCloud({ environment: clock.environment });
  const peer = await open(t);
  peer.socket.write(`POST /api/v1/products HTTP/1.1\r\nHost: x\r\n${head}Content-Length: ${length}\r\n\r\n`);
  await peer.until(/"unauthorized"/);
  return { clock, t, peer };
}

async function open(t: TestCloud): Promise<Peer> {
  const socket = connect({ port: t.cloud.apiPort, host: '127.0.0.1', allowHalfOpen: true });
  onCleanup(() => {
    socket.destroy();
  });
  let text = '';
  let error: Error | undefined;
  let isClosed = false;
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.on('error', (why) => {
    error = why;
  });
  const ended = new Promise<void>((resolve) => socket.once('end', () => resolve()));
  const closed = new Promise<void>((resolve) => {
    // With what is still open of it: the other side may only have ended its half.
    socket.once('close', () => {
      isClosed = true;
      resolve();
    });
  });
  await once(socket, 'connect');
  const until = async (pattern: RegExp) => {
    while (!pattern.test(text)) await once(socket, 'data');
  };
  return { socket, ended, closed, isClosed: () => isClosed, error: () => error, text: () => text, until };
}
