import { join } from 'node:path';
import { temporaryFolder } from './program.js';
import { type RabbitmqCommons, RabbitmqNode, rabbitmqCommons, startEpmd } from './rabbitmq.js';

const NAMES = ['one', 'two', 'three'] as const;

/** Three nodes of RabbitMQ that are one cluster. */
export interface RabbitmqCluster {
  readonly nodes: readonly RabbitmqNode[];
  readonly admin: RabbitmqCommons['admin'];
  /** Names of the nodes that the cluster believes to run, as a node that runs says. */
  runningNodes(): Promise<readonly string[]>;
  /** The last lines of each node. */
  logTail(lines?: number): string;
  stop(): Promise<void>;
}

/** @param config further lines of the `rabbitmq.conf` of each */
export async function startRabbitmqCluster(config: readonly string[] = []): Promise<RabbitmqCluster> {
  const folder = temporaryFolder();
  const epmd = await startEpmd(folder.path);
  const commons = rabbitmqCommons(epmd.port);
  const peers = NAMES.map((name, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${name}@localhost`);
  const nodes: RabbitmqNode[] = [];
  for (const name of NAMES) {
    const clustered = ['cluster_formation.peer_discovery_backend = classic_config', ...peers, ...config];
    nodes.push(await RabbitmqNode.create({ ...commons, name, folder: join(folder.path, name), config: clustered }));
  }
  const cluster: RabbitmqCluster = {
    nodes,
    admin: commons.admin,
    runningNodes: async () => {
      const node = nodes.find(({ runs }) => runs);
      if (node === undefined) return [];
      const status = JSON.parse(await node.ctl('cluster_status', '--formatter', 'json')) as { running_nodes: string[] };
      return status.running_nodes;
    },
    logTail: (lines) => nodes.map((node) => `${node.nodeName}:\n${node.logTail(lines)}`).join('\n'),
    stop: async () => {
      await Promise.all(nodes.map((node) => node.kill()));
      await epmd.stop();
      folder.remove();
    },
  };
  try {
    await Promise.all(nodes.map((node) => node.start()));
    const running = await cluster.runningNodes();
    if (running.length !== nodes.length) throw new Error(`one cluster was wanted, not ${running.join(', ')}`);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}
