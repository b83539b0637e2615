import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { type Haproxy, startHaproxy, withoutHaproxy } from '../support/haproxy.js';
import { freePorts } from '../support/ports.js';
import { type RabbitmqNode, withoutRabbitmq } from '../support/rabbitmq.js';
import { type RabbitmqCluster, startRabbitmqCluster } from '../support/rabbitmq-cluster.js';
import { BOARDS, PROCESSES, type RetainedLie, Trial } from './support/trial.js';

const STEADY_MS = 5_000;

describe.skipIf(withoutRabbitmq || withoutHaproxy)(`${BOARDS} boards on a RabbitMQ cluster of three nodes`, () => {
  let cluster: RabbitmqCluster;
  let balancer: Haproxy;
  let trial: Trial;

  beforeAll(async () => {
    const apiPorts = await freePorts(PROCESSES);
    const secret = randomBytes(16).toString('hex');
    const hook = (what: string): string =>
      `auth_http.${what}_path = http://127.0.0.1:${apiPorts[0]}/api/v1/mqtt/rabbitmq/${secret}/${what}`;
    const from = Date.now();
    cluster = await startRabbitmqCluster([
      // A session that outlives the node that has it.
      'mqtt.durable_queue_type = quorum',
      // What boards say after a kill is thousands of messages: by default the cloud gets ten, and the next ten once those are stored.
      'mqtt.prefetch = 256',
      // A fleet that comes at once waits for its turn; who comes again meanwhile only makes it longer.
      'mqtt.login_timeout = 60000',
      'cluster_partition_handling = pause_minority',
      'auth_backends.1 = internal',
      'auth_backends.2 = http',
      'auth_http.http_method = post',
      ...['user', 'vhost', 'resource', 'topic'].map(hook),
    ]);
    const { nodes, admin } = cluster;
    balancer = await startHaproxy(nodes.map(({ mqttPort }) => mqttPort));
    const started = `cluster of three nodes up in ${((Date.now() - from) / 1000).toFixed(1)} s`;
    trial = await Trial.start(`${BOARDS} boards on a RabbitMQ cluster of three nodes`, {
      apiPorts,
      startEveryMs: 20,
      atOnce: 20,
      flags: [
        ...nodes.flatMap(({ mqttPort }) => ['--broker', `mqtt://127.0.0.1:${mqttPort}`]),
        ...['--board-broker', `mqtt://127.0.0.1:${balancer.port}`, '--broker-user', admin.username],
        ...['--mqtt-hook-from', '127.0.0.1', '--mqtt-hook-secret', secret, '--reconnect-spread', '20'],
      ],
      env: { SMARTLINK_BROKER_PASSWORD: admin.password },
    });
    trial.note(started);
  });

  afterAll(async () => {
    trial?.report();
    await trial?.stop();
    await balancer?.stop();
    await cluster?.stop();
  });

  const tellLogs = (): void =>
    onTestFailed(() => {
      console.log(`${trial.clouds.logTail()}\n${cluster.logTail()}\n${balancer.logTail()}`);
    });

  it('keeps every promise while a node of the boards alone is killed and comes back', async () => {
    tellLogs();
    trial.phase('before');
    await setTimeout(STEADY_MS);
    const node = (await cloudNodes()).others[0]!;
    await trial.upset('a node that the cloud is not at is killed', () => node.kill());
    await node.start();
    await setTimeout(STEADY_MS);
    expect(await cluster.runningNodes()).toHaveLength(3);
    await trial.allOnline();
  });

  it('keeps every promise while the node that the cloud is at is killed and comes back, though boards vanish with it', async () => {
    tellLogs();
    trial.phase('all nodes up again');
    await setTimeout(STEADY_MS);
    const node = (await cloudNodes()).own;
    await trial.upsetWithPowerCuts('the node that the cloud is at is killed', () => node.kill());
    await node.start();
    trial.phase('all nodes up again');
    await setTimeout(STEADY_MS);
    expect(await cluster.runningNodes()).toHaveLength(3);
    await trial.allOnline();
  });

  it('has lost no command that was answered 200, and doubled none', async () => {
    tellLogs();
    await trial.verdict();
  });

  it('believes no retained message', async () => {
    tellLogs();
    await trial.checkRetained(async (lies, clientIds) => {
      for (const clientId of clientIds) await forget(cluster.nodes[0]!, clientId);
      for (const node of cluster.nodes) await leave(node, lies);
    });
  });

  /** The node that has the cloud's session, and those that have not. */
  async function cloudNodes(): Promise<{ readonly own: RabbitmqNode; readonly others: readonly RabbitmqNode[] }> {
    const text = await cluster.nodes
      .find(({ runs }) => runs)!
      .ctl('list_mqtt_connections', 'client_id', 'port', '--formatter', 'json');
    const sessions = JSON.parse(text) as { client_id: string; port: number }[];
    const port = sessions.find(({ client_id }) => client_id.startsWith('smartlink-cloud-'))?.port;
    const own = cluster.nodes.find(({ mqttPort }) => mqttPort === port);
    expect(own, 'the node of the cloud').toBeDefined();
    return { own: own!, others: cluster.nodes.filter((node) => node !== own) };
  }

  const login = (node: RabbitmqNode) => ({ ...cluster.admin, host: '127.0.0.1', port: node.mqttPort });

  async function forget(node: RabbitmqNode, clientId: string): Promise<void> {
    const client = await connectAsync({ ...login(node), clientId, clean: true });
    await client.endAsync();
  }

  async function leave(node: RabbitmqNode, lies: readonly RetainedLie[]): Promise<void> {
    const client = await connectAsync({ ...login(node), clientId: 'liar', clean: true });
    for (const { topic, payload } of lies) await client.publishAsync(topic, payload, { qos: 1, retain: true });
    await client.endAsync();
  }
});
