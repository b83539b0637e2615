import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { connectBoard } from './support/board.js';
import { type ChildCloud, useChildCloud } from './support/child-cloud.js';
import { type Activation, type Answer, temporaryDirectory } from './support/fixture.js';

/** All of them where there is time. */
const ROUNDS = process.env['CI'] ? 20 : 4;
const WORKERS = 8;
const startChild = useChildCloud();

describe('kill -9', () => {
  test('at any moment loses nothing that was answered', async () => {
    const dataDir = temporaryDirectory();
    const known: Known = { activations: [], positions: new Map(), commands: new Map(), users: [], moved: new Map() };
    for (let round = 0; round < ROUNDS; round += 1) {
      const cloud = await startChild(dataDir);
      await check(cloud, known);
      // Killed by the work itself, after an answer that differs from round to round.
      const enough = known.activations.length + WORKERS + (round % 4) * 5;
      const onNoted = () => {
        if (known.activations.length >= enough) cloud.child.kill('SIGKILL');
      };
      const exited = once(cloud.child, 'exit');
      const token = await login(cloud);
      const workers = Array.from({ length: WORKERS }, (_, worker) =>
        work(cloud, known, `R${round}W${worker}`, token, onNoted),
      );
      const settled = Promise.allSettled(workers);
      await Promise.race([exited, settled]);
      // Work that ends while the cloud still runs was refused: the round proves nothing.
      if (known.activations.length < enough)
        throw new Error((await settled).map((one) => ('reason' in one ? String(one.reason) : '')).join('\n'));
      await exited;
      await settled;
    }
    const cloud = await startChild(dataDir);
    expect(known.activations.length).toBeGreaterThanOrEqual(ROUNDS * WORKERS);
    expect(known.positions.size).toBeGreaterThan(0);
    expect(known.moved.size).toBeGreaterThan(0);
    await check(cloud, known);
  }, 240_000);
});

/** What was answered 200 or acknowledged. */
interface Known {
  readonly activations: Activation[];
  /** The last acknowledged property post of a device. */
  readonly positions: Map<string, number>;
  /** The answered command of a device, whose board was away or had not acknowledged it. */
  readonly commands: Map<string, { angle: number; at: number; activation: Activation }>;
  readonly users: string[];
  /** The project that a device was bound to, and the name that it was given. */
  readonly moved: Map<string, { projectId: string; name: string }>;
}

/** Activates boards, posts, commands and registers until the cloud is gone and a request fails, noting what was answered. */
async function work(cloud: ChildCloud, known: Known, name: string, token: string, onNoted: () => void): Promise<void> {
  for (let count = 0; ; count += 1) {
    const activation = (await post(cloud, '/devices/activate', {
      productKey: 'SW-SERVO-001',
      deviceSN: `${name}N${count}`,
    })) as Activation;
    known.activations.push(activation);
    onNoted();
    const angle = count % 180;
    const command = async () => {
      await post(cloud, `/devices/${activation.deviceId}/control`, { angle }, token);
      known.commands.set(activation.deviceId, { angle, at: Date.now(), activation });
    };
    if (count % 2 === 0) await command();
    const board = await connectBoard(cloud.mqttUrl, activation);
    const gone = board.closed().then(() => Promise.reject(new Error('gone')));
    gone.catch(() => {});
    try {
      for (let step = 0; step < 5; step += 1) {
        await Promise.race([board.say(activation.topics.propertyPost, { params: { position: step } }), gone]);
        known.positions.set(activation.deviceId, step);
      }
    } finally {
      await board.end();
    }
    if (count % 2 === 1) {
      const silent = await connectBoard(cloud.mqttUrl, activation);
      silent.client.handleMessage = () => {};
      await silent.subscribe(activation.topics.propertySet);
      await command();
    }
    const username = `${name}-${count}`;
    await post(cloud, '/users/register', { username, password: 'password123' });
    known.users.push(username);
    const product = { productKey: username, name: username, category: 'c', controlMode: 'toggle' };
    await post(cloud, '/products', product, token);
    const { projectId } = (await post(cloud, '/projects', { projectName: username }, token)) as { projectId: string };
    const { bindToken } = (await post(cloud, `/projects/${projectId}/bind-tokens`, {}, token)) as { bindToken: string };
    const bound = { productKey: username, deviceSN: 'A', bindToken };
    const { deviceId } = (await post(cloud, '/devices/activate', bound)) as Activation;
    known.moved.set(deviceId, { projectId, name: `${username} A` });
    const renamed = await call(cloud, 'PUT', `/devices/${deviceId}`, { name: username }, token);
    if (renamed.status === 200) known.moved.set(deviceId, { projectId, name: username });
  }
}

async function check(cloud: ChildCloud, known: Known): Promise<void> {
  const token = await login(cloud);
  for (const { deviceId } of known.activations) {
    const { body } = await call(cloud, 'GET', `/devices/${deviceId}/status`, undefined, token);
    expect(body.code).toBe(200);
    // A post that was stored but not acknowledged any more may be newer.
    if (known.positions.has(deviceId))
      expect(body.data.position).toBeGreaterThanOrEqual(known.positions.get(deviceId)!);
  }
  for (const username of known.users) {
    expect((await call(cloud, 'POST', '/users/register', { username, password: 'password123' })).body.message).toBe(
      'user_exists',
    );
  }
  for (const [deviceId, { projectId, name }] of known.moved) {
    const { body } = await call(cloud, 'GET', `/devices/${deviceId}`, undefined, token);
    expect(body.data).toMatchObject({ projectId, name: expect.stringContaining(name.replace(/ A$/, '')) });
    expect((await call(cloud, 'GET', `/products/${body.data.productKey}`, undefined, token)).status).toBe(200);
    expect((await call(cloud, 'GET', `/projects/${projectId}`, undefined, token)).body.data.deviceCount).toBe(1);
  }
  const last = known.activations.at(-1);
  if (last) await (await connectBoard(cloud.mqttUrl, last)).end();
  for (const { angle, at, activation } of known.commands.values()) {
    if (Date.now() - at > 50_000) continue;
    const board = await connectBoard(cloud.mqttUrl, activation);
    await board.subscribe(activation.topics.propertySet);
    expect((await board.next()).payload.params).toEqual({ angle });
    await board.end();
  }
  known.commands.clear();
}

async function login(cloud: ChildCloud): Promise<string> {
  const { body } = await call(cloud, 'POST', '/users/login', { username: 'user@example.com', password: 'password123' });
  return body.data.token as string;
}

async function post(cloud: ChildCloud, path: string, body: unknown, token?: string): Promise<unknown> {
  const answer = await call(cloud, 'POST', path, body, token);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.data;
}

async function call(
  cloud: ChildCloud,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<Pick<Answer, 'status' | 'body'>> {
  const response = await fetch(`${cloud.apiUrl}/api/v1${path}`, {
    method,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
