import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { Child } from '../child.js';
import type { BenchContext, Measure } from '../measure.js';
import type { Reading } from '../reading.js';
import { inTurns, median, percentile } from '../statistics.js';

const CONNECTIONS = 50;
const PATH = '/api/v1/devices/activate';
const PAGE = 100;
/** Pages of boards that are commanded, one after the other: the cloud keeps 16 commands for each that is away, and refuses more (429). */
const COMMANDED_PAGES = 10;

const ACTIVATION: Reading = {
  name: 'cloud.activation',
  title: 'CPU of the dev cloud for an activation',
  unit: 'µs',
  how: 'autocannon, 50 connections; CPU time of the server’s process a request, in turns, medians',
  isExact: false,
  goal: { number: 7, of: 'ratio', limit: 1.5 },
};
const FRAMEWORK: Reading = {
  name: 'cloud.fastify',
  title: 'CPU of Fastify for a request with nothing behind it',
  unit: 'µs',
  how: ACTIVATION.how,
  isExact: false,
};
const COMMANDS: Reading = {
  name: 'cloud.commands',
  title: 'Commands to boards that are away, over HTTP',
  unit: 'requests/s',
  how: 'autocannon, 50 connections; 1,000 boards in turn, for each of which 16 are kept',
  isExact: false,
  moreIsBetter: true,
};
const LIST: Reading = {
  name: 'cloud.list',
  title: 'A page of 100 of 1,000 devices, 95th percentile',
  unit: 'ms',
  how: 'one request after the other',
  isExact: false,
  goal: { of: 'value', limit: 20 },
};

/** Goal 7: what the dev cloud's HTTP costs. */
export const cloud: Measure = {
  name: 'cloud',
  about: 'CPU of an activation beside bare node:http with the same commits, commands and lists over HTTP',
  readings: [ACTIVATION, FRAMEWORK, COMMANDS, LIST],
  async run({ isQuick, folder, progress }: BenchContext) {
    const [rounds, amount] = isQuick ? [2, 1_000] : [5, 3_000];
    const started: Server[] = [];
    const start = async (kind: string): Promise<Server> => {
      const { child, ready } = await Child.start<{ port: number }>('http-server', [
        kind,
        mkdtempSync(join(folder, 'http-')),
      ]);
      const server = { child, port: ready.port };
      started.push(server);
      return server;
    };
    try {
      const servers = {
        cloud: await start('cloud'),
        bare: await start('bare'),
        fastify: await start('fastify'),
        http: await start('http'),
      };
      progress(`${rounds} rounds of ${amount} activations on each of four servers`);
      const cost =
        (name: keyof typeof servers) =>
        async (round: number): Promise<number> =>
          await costOf(servers[name], `${name}${round}`, amount);
      const costs = await inTurns(rounds, {
        bare: cost('bare'),
        cloud: cost('cloud'),
        http: cost('http'),
        fastify: cost('fastify'),
      });
      const reading = (of: Reading, name: 'cloud' | 'fastify', peer: 'bare' | 'http', peerName: string): Reading => ({
        ...of,
        value: median(costs[name]),
        rounds: costs[name],
        peer: { name: peerName, value: median(costs[peer]), rounds: costs[peer] },
      });
      progress('commands over HTTP');
      const perSecond = await measureCommands(servers.cloud, isQuick ? 2 : 5);
      progress('lists of devices');
      return [
        reading(ACTIVATION, 'cloud', 'bare', 'bare node:http with the same SQL commits'),
        reading(FRAMEWORK, 'fastify', 'http', 'bare node:http with nothing behind it'),
        { ...COMMANDS, value: perSecond },
        { ...LIST, value: await measureList(servers.cloud, isQuick ? 50 : 200) },
      ];
    } finally {
      for (const { child } of started) child.stop();
    }
  },
};

interface Server {
  readonly child: Child;
  readonly port: number;
}

/** CPU time of one activation, µs. */
async function costOf({ child, port }: Server, round: string, amount: number): Promise<number> {
  let count = 0;
  const before = (await child.usage()).cpuUs;
  const {
    '2xx': answered,
    non2xx,
    errors,
  } = await autocannon({
    url: `http://127.0.0.1:${port}${PATH}`,
    connections: CONNECTIONS,
    amount,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (setup) => {
          count += 1;
          const body = {
            productKey: 'SW-SERVO-001',
            deviceSN: `${round}N${count}`,
            firmwareVersion: '1.0.0',
            chipModel: 'ESP32',
          };
          return { ...setup, body: JSON.stringify(body) };
        },
      },
    ],
  });
  if (answered !== amount) {
    throw new Error(`${answered} of ${amount} activations went well, ${non2xx} were refused, ${errors} had no answer`);
  }
  return ((await child.usage()).cpuUs - before) / amount;
}

async function measureCommands(server: Server, seconds: number): Promise<number> {
  const token = await login(server);
  const ids: string[] = [];
  for (let page = 1; page <= COMMANDED_PAGES; page++) {
    const { list } = await call(server, 'GET', `/devices?size=${PAGE}&page=${page}`, { token });
    for (const { deviceId } of list) ids.push(deviceId);
  }
  let at = 0;
  const {
    '2xx': answered,
    non2xx,
    errors,
  } = await autocannon({
    url: `http://127.0.0.1:${server.port}`,
    connections: CONNECTIONS,
    duration: seconds,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ action: 'toggle', position: 'up' }),
        setupRequest: (setup) => {
          at = (at + 1) % ids.length;
          return { ...setup, path: `/api/v1/devices/${ids[at]}/control` };
        },
      },
    ],
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx} commands were refused, ${errors} had no answer`);
  return answered / seconds;
}

async function measureList(server: Server, rounds: number): Promise<number> {
  const token = await login(server);
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = performance.now();
    const { list } = await call(server, 'GET', `/devices?size=${PAGE}&page=${1 + (round % 10)}`, { token });
    if (list.length !== PAGE) throw new Error('the list is not complete');
    if (round >= 10) times.push(performance.now() - from);
  }
  return percentile(times, 95);
}

async function login(server: Server): Promise<string> {
  return (await call(server, 'POST', '/users/login', { body: { username: 'bench', password: 'bench-password' } }))
    .token;
}

/** What the bench reads of the answers that it asks for. */
interface Answer {
  readonly token: string;
  readonly list: readonly { readonly deviceId: string }[];
}

async function call(
  server: Server,
  method: string,
  path: string,
  { body, token }: { body?: object; token?: string },
): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${server.port}/api/v1${path}`, {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { data: Answer };
  if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer.data;
}
