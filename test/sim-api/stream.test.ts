import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { FakeBoard, PINGREQ, said } from './fake-board.js';
import { Stage, TOKEN } from './stage.js';

const LOOK_MS = 50;
const TICK_MS = 5_000;

describe('the stream', () => {
  it('begins with all boards, and goes on with each that changes', async () => {
    const stage = await Stage.start({ boards: 2 });
    const stream = await stage.stream();
    expect(stream.response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const first = await stream.until('boards');
    expect(first.boards.map(({ serial }) => serial)).toEqual(['BOARD0', 'BOARD1']);
    expect(first.boards).toEqual((await stage.ask('/boards')).body.data);
    stage.boards[1]!.surroundings.set({ wifi: false });
    stage.time.advance(LOOK_MS);
    expect(await stream.next()).toMatchObject({ type: 'board', board: { serial: 'BOARD1', link: { wifi: false } } });
  });

  it('follows a horn that turns, 20 times a second and no more often', async () => {
    const stage = await Stage.start();
    const stream = await stage.stream();
    await stream.until('boards');
    stage.board.world.servo(0).drive(2_400);
    const angles: number[] = [];
    for (let looks = 0; looks < 4; looks++) {
      stage.time.advance(LOOK_MS);
      const { board } = await stream.until('board');
      angles.push((board.outputs[0] as { angleDeg: number }).angleDeg);
    }
    expect(angles).toEqual([...angles].sort((a, b) => a - b));
    expect(new Set(angles).size).toBe(4);
  });

  it('says nothing of a board that is as it was, but a tick every 5 s', async () => {
    const stage = await Stage.start({ boards: 3 });
    const stream = await stage.stream();
    await stream.until('boards');
    stage.time.advance(2 * TICK_MS);
    const tick = await stream.next();
    expect(tick).toEqual({ type: 'tick', at: expect.any(Number) });
    expect(await stream.next()).toEqual({ type: 'tick', at: (tick as { at: number }).at + TICK_MS });
  });

  it('has boards that came later', async () => {
    const stage = await Stage.start({ boards: 0 });
    const stream = await stage.stream();
    expect(await stream.next()).toEqual({ type: 'boards', boards: [] });
    stage.api.attach([new FakeBoard('LATE', stage.time)], -45);
    stage.time.advance(LOOK_MS);
    expect(await stream.next()).toMatchObject({ type: 'board', board: { serial: 'LATE' } });
  });

  it('shows 500 boards that all change at once within 0.3 s: one that goes on changing pushes nobody aside', async () => {
    const stage = await Stage.start({ boards: 500 });
    const stream = await stage.stream();
    await stream.until('boards');
    for (const { surroundings } of stage.boards) surroundings.set({ latencyMs: 1 });
    const seen = new Set<string>();
    for (let looks = 1; looks <= 6; looks++) {
      stage.time.advance(LOOK_MS);
      stage.board.surroundings.set({ latencyMs: looks + 1 });
    }
    // Six looks, and 100 boards at each.
    for (let lines = 0; lines < 505; lines++) seen.add((await stream.until('board')).board.serial);
    expect(seen.size).toBe(500);
  });

  it('shows at the next look what somebody does to one of 500', async () => {
    const stage = await Stage.start({ boards: 500 });
    const stream = await stage.stream();
    await stream.until('boards');
    await stage.send('PUT', '/boards/BOARD444/inputs/0', { pressed: true });
    stage.api.event(stage.boards[333]!, said('state_changed', { from: 'boot', to: 'joining' }));
    stage.time.advance(LOOK_MS);
    const serials = [(await stream.until('board')).board.serial, (await stream.until('board')).board.serial];
    expect(serials.sort()).toEqual(['BOARD333', 'BOARD444']);
  });

  it('has the wire where that is asked for, and only then', async () => {
    const stage = await Stage.start();
    const [quiet, loud] = [await stage.stream('?wire=0'), await stage.stream('?wire=1')];
    stage.board.sends({ ...PINGREQ, at: 7 });
    stage.api.event(stage.board, said('output_settled', { channel: 0, value: 90 }));
    stage.time.advance(TICK_MS);
    await quiet.until('boards');
    expect((await quiet.next())?.type).toBe('tick');
    await loud.until('boards');
    expect(await loud.next()).toMatchObject({ type: 'wire', entry: { seq: 1, at: 7, packet: 'PINGREQ' } });
    expect(await loud.next()).toMatchObject({ type: 'wire', entry: { seq: 2, name: 'output_settled' } });
  });

  it('begins the wire where the pages of it end: nothing of before', async () => {
    const stage = await Stage.start();
    stage.board.sends();
    const stream = await stage.stream('?wire=1');
    stage.board.sends();
    stage.time.advance(LOOK_MS);
    expect((await stream.until('wire')).entry.seq).toBe(2);
  });

  it('tells how many entries it left out', async () => {
    const stage = await Stage.start();
    const stream = await stage.stream('?wire=1');
    for (let count = 0; count < 250; count++) stage.board.sends();
    stage.time.advance(LOOK_MS);
    expect(await stream.until('missed')).toEqual({ type: 'missed', entries: 50 });
    expect((await stream.until('wire')).entry.seq).toBe(51);
  });

  it('keeps nothing for a reader who does not read: he misses entries, and sees the newest of his board', async () => {
    const stage = await Stage.start();
    const socket = connect(stage.port, '127.0.0.1');
    socket.write(
      `GET /sim/v1/stream?wire=1 HTTP/1.1\r\nHost: 127.0.0.1:${stage.port}\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    const raw = 'x'.repeat(5_000);
    // Far more than the kernel takes for him.
    for (let count = 0; count < 20_000; count++) {
      stage.board.sends({ ...PINGREQ, raw });
      stage.board.surroundings.set({ latencyMs: count % 10_000 });
      if (count % 100 === 0) {
        stage.time.advance(LOOK_MS);
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.resume();
    while (!text.includes('"latencyMs":9999')) {
      stage.time.advance(LOOK_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.destroy();
    const missed = [...text.matchAll(/\{"type":"missed","entries":(\d+)\}/g)].map(([, count]) => Number(count));
    const sent = [...text.matchAll(/"type":"wire"/g)].length;
    expect(missed.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(1_000);
    expect(sent).toBeLessThan(19_000);
  });

  it('leaves a reader who has read nothing for a minute', async () => {
    const stage = await Stage.start({ boards: 500 });
    const socket = connect(stage.port, '127.0.0.1');
    socket.pause();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `GET /sim/v1/stream?wire=1 HTTP/1.1\r\nHost: 127.0.0.1:${stage.port}\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
    );
    await until(() => isLooking(stage));
    const raw = 'x'.repeat(5_000);
    for (let second = 0; second < 120 && isLooking(stage); second++) {
      for (const board of stage.boards) board.sends({ ...PINGREQ, raw });
      for (let looks = 0; looks < 20; looks++) stage.time.advance(LOOK_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(isLooking(stage)).toBe(false);
    socket.on('error', () => {});
    socket.resume();
    await closed;
  });
});

describe('streams', () => {
  it('are 16 at most, and one more when one has gone', async () => {
    const stage = await Stage.start();
    const streams = [];
    for (let count = 0; count < 16; count++) streams.push(await stage.stream());
    const refused = await stage.ask('/stream');
    expect(refused).toMatchObject({ status: 429, body: { code: 429, message: 'too_many_requests' } });
    expect(refused.body.detail).toBe('16 streams are open, and no more can be: close one.');
    streams[3]!.leave();
    await until(async () => {
      const stream = await stage.stream();
      return stream.response.status === 200;
    });
  });

  it('are none for who has left before he was let in', async () => {
    const stage = await Stage.start();
    await stage.ask('');
    await until(() => stage.over === 1);
    const admit = delayVouching(stage);
    const sockets = Array.from({ length: 16 }, () => connect(stage.port, '127.0.0.1'));
    const head = [`GET /sim/v1/stream HTTP/1.1`, `Host: 127.0.0.1:${stage.port}`, 'Authorization: Bearer login'];
    for (const socket of sockets) socket.write(`${head.join('\r\n')}\r\n\r\n`);
    await until(() => stage.vouched === sockets.length);
    for (const socket of sockets) socket.resetAndDestroy();
    await until(() => stage.over === 1 + sockets.length);
    admit();
    const stream = await stage.stream();
    expect(stream.response.status).toBe(200);
  });

  it('are none once the world has ended, also for who was just being let in', async () => {
    const stage = await Stage.start();
    const admit = delayVouching(stage);
    const refused = expect(stage.stream('', 'login')).rejects.toThrow('fetch failed');
    await until(() => stage.vouched === 1);
    await stage.api.close();
    admit();
    await refused;
    expect(isLooking(stage)).toBe(false);
  });

  it('end within 30 s when the login that opened them does; others go on', async () => {
    const stage = await Stage.start();
    stage.vouchedFor.add('login');
    const [login, own] = [await stage.stream('', 'login'), await stage.stream()];
    stage.time.advance(TICK_MS);
    await login.until('tick');
    stage.vouchedFor.clear();
    stage.time.advance(30_000);
    while ((await login.next()) !== undefined);
    for (let ticks = 0; ticks < 7; ticks++) await own.until('tick');
    stage.time.advance(TICK_MS);
    expect((await own.next())?.type).toBe('tick');
  });

  it('end at once when the world does, and nobody is answered any more', async () => {
    const stage = await Stage.start();
    const stream = await stage.stream();
    await stream.until('boards');
    await stage.api.close();
    expect(await stream.next()).toBeUndefined();
    expect(isLooking(stage)).toBe(false);
    await expect(stage.ask('/boards')).rejects.toThrow('fetch failed');
    expect(stage.board.listeners.size).toBe(0);
  });

  it('are all that looks at boards: without them no timer runs', async () => {
    const stage = await Stage.start();
    expect(isLooking(stage)).toBe(false);
    const [one, other] = [await stage.stream(), await stage.stream()];
    expect(isLooking(stage)).toBe(true);
    one.leave();
    other.leave();
    await until(() => !isLooking(stage));
    const again = await stage.stream();
    await again.until('boards');
    expect(isLooking(stage)).toBe(true);
  });

  it('ask for nothing of a board while nobody reads them', async () => {
    const stage = await Stage.start();
    let looks = 0;
    Object.defineProperty(stage.board, 'rssi', {
      get: () => {
        looks++;
        return undefined;
      },
    });
    stage.time.advance(60_000);
    expect(looks).toBe(0);
  });
});

/** Nobody vouches for a login until the result is called. */
function delayVouching(stage: Stage): () => void {
  stage.vouchedFor.add('login');
  let admit = (): void => {};
  stage.vouching = new Promise<void>((resolve) => {
    admit = resolve;
  });
  return admit;
}

/** Whether the stage's own time has anything to do. */
function isLooking({ time }: Stage): boolean {
  return time.pending > 0;
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const fromMs = Date.now(); !(await holds()); ) {
    if (Date.now() - fromMs > 60_000) throw new Error('it never came to that');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
