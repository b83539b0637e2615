import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from './ports.js';
import { temporaryFolder } from './program.js';
import { Service } from './service.js';

/** Of the server itself: Debian's own wrappers change the user. */
const PROGRAMS = '/usr/lib/rabbitmq/bin';
/** A node that boots beside seven other busy programs takes its time. */
const START_MS = 90_000;

/** Whether tests against RabbitMQ are to be skipped: never with `CI=true`. */
export const withoutRabbitmq = !existsSync(`${PROGRAMS}/rabbitmq-server`) && process.env['CI'] !== 'true';

if (withoutRabbitmq)
  console.warn(
    'RabbitMQ is not installed, so the tests against it are skipped (Debian: apt-get install rabbitmq-server).',
  );

/** What the nodes of one cluster have in common. */
export interface RabbitmqCommons {
  readonly epmdPort: number;
  readonly cookie: string;
  /** Account that manages the broker, and may publish and subscribe to anything. */
  readonly admin: { readonly username: string; readonly password: string };
}

export interface RabbitmqNodeOptions extends RabbitmqCommons {
  /** Before the `@`. */
  readonly name: string;
  readonly folder: string;
  /** Further lines of `rabbitmq.conf`; what is 32 hex digits there is a secret. */
  readonly config: readonly string[];
}

/** One node of RabbitMQ with MQTT and the HTTP authentication backend, all of it in one folder and on ports of its own. */
export class RabbitmqNode {
  readonly nodeName: string;
  readonly mqttPort: number;
  readonly #amqpPort: number;
  readonly #service: Service;
  readonly #env: NodeJS.ProcessEnv;
  readonly #secrets: readonly string[];

  /** Writes its files; it does not run yet. */
  static async create(options: RabbitmqNodeOptions): Promise<RabbitmqNode> {
    return new RabbitmqNode(options, await freePorts(3));
  }

  private constructor(options: RabbitmqNodeOptions, [mqttPort, amqpPort, distributionPort]: readonly number[]) {
    const { folder, admin } = options;
    const inConfig = options.config.join(' ').match(/\b[0-9a-f]{32}\b/g) ?? [];
    this.#secrets = [admin.password, options.cookie, ...inConfig];
    this.nodeName = `${options.name}@localhost`;
    this.mqttPort = mqttPort!;
    this.#amqpPort = amqpPort!;
    mkdirSync(join(folder, 'home'), { recursive: true });
    const write = (name: string, lines: readonly string[]): void =>
      writeFileSync(join(folder, name), `${lines.join('\n')}\n`, { mode: 0o600 });
    write('home/.erlang.cookie', [options.cookie]);
    // Erlang refuses a cookie that others could read, or that it could write.
    chmodSync(join(folder, 'home/.erlang.cookie'), 0o400);
    write('enabled_plugins', ['[rabbitmq_mqtt,rabbitmq_auth_backend_http].']);
    write('rabbitmq.conf', [
      `listeners.tcp.1 = 127.0.0.1:${amqpPort}`,
      `mqtt.listeners.tcp.1 = 127.0.0.1:${mqttPort}`,
      'mqtt.allow_anonymous = false',
      'mqtt.num_acceptors.tcp = 4',
      `default_user = ${admin.username}`,
      `default_pass = ${admin.password}`,
      'log.file = false',
      'log.console = true',
      'log.console.level = warning',
      'disk_free_limit.absolute = 50MB',
      ...options.config,
    ]);
    this.#env = {
      HOME: join(folder, 'home'),
      RABBITMQ_NODENAME: this.nodeName,
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      // That of the machine's own node.
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_DIST_PORT: String(distributionPort),
      ERL_CRASH_DUMP_SECONDS: '0',
      ERL_EPMD_PORT: String(options.epmdPort),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
        '+S 1:1 +A 8 -start_epmd false -kernel inet_dist_use_interface {127,0,0,1} -kernel net_ticktime 8',
      // The script then becomes the node, so that its process id is the node's.
      detached: 'true',
    };
    this.#service = new Service({
      command: [`${PROGRAMS}/rabbitmq-server`],
      env: this.#env,
      log: join(folder, 'node.log'),
    });
  }

  get pid(): number | undefined {
    return this.#service.pid;
  }

  get runs(): boolean {
    return this.#service.runs;
  }

  /** Resolves once it takes MQTT connections. It may be started again. */
  start(): Promise<void> {
    return this.#service.start([this.mqttPort, this.#amqpPort], START_MS);
  }

  /** As if its machine had lost its power. */
  kill(): Promise<void> {
    return this.#service.end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#service.end('SIGTERM');
  }

  /** What `rabbitmqctl` says to it. @throws what it says where it refuses */
  async ctl(...args: string[]): Promise<string> {
    const options = { env: { ...process.env, ...this.#env }, timeout: 60_000, maxBuffer: 16 * 1024 * 1024 };
    const { stdout } = await promisify(execFile)(
      `${PROGRAMS}/rabbitmqctl`,
      ['--node', this.nodeName, '--quiet', ...args],
      options,
    );
    return stdout;
  }

  /**
   * Forgets the queue of a client's subscriptions at QoS 0, and leaves its process, as nodes do that delete by name what a node that is
   * gone had (`rabbit_amqqueue:on_node_down/1` of 3.10): the client stays connected, and hears nothing.
   */
  async deafen(clientId: string): Promise<void> {
    const queue = `rabbit_misc:r(<<"/">>, queue, <<"mqtt-subscription-${clientId}qos0">>)`;
    const forget = `fun() -> ok = mnesia:delete({rabbit_queue, Q}), rabbit_binding:remove_transient_for_destination(Q) end`;
    await this.ctl(
      'eval',
      `Q = ${queue}, [_] = rabbit_amqqueue:lookup([Q]), rabbit_misc:execute_mnesia_transaction(${forget}), ok.`,
    );
  }

  /** The last lines that it printed, without what it was told in confidence. */
  logTail(lines?: number): string {
    return this.#secrets.reduce((text, secret) => text.replaceAll(secret, '***'), this.#service.logTail(lines));
  }
}

/** The name service of Erlang for one test's nodes alone, so that nothing knows of, or is known to, the machine's own. */
export async function startEpmd(folder: string): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const [port] = await freePorts(1);
  const service = new Service({
    command: ['epmd', '-port', String(port), '-address', '127.0.0.1'],
    log: join(folder, 'epmd.log'),
  });
  await service.start([port], 60_000);
  return { port: port, stop: () => service.end('SIGTERM') };
}

/** What nodes of one cluster share, made anew. */
export function rabbitmqCommons(epmdPort: number): RabbitmqCommons {
  const secret = (): string => randomBytes(16).toString('hex');
  return { epmdPort, cookie: secret(), admin: { username: 'smartlink', password: secret() } };
}

/** One node, running. */
export interface Rabbitmq {
  readonly node: RabbitmqNode;
  readonly admin: RabbitmqCommons['admin'];
  stop(): Promise<void>;
}

/** @param config further lines of its `rabbitmq.conf` */
export async function startRabbitmq(config: readonly string[] = []): Promise<Rabbitmq> {
  const folder = temporaryFolder();
  const epmd = await startEpmd(folder.path);
  const commons = rabbitmqCommons(epmd.port);
  const node = await RabbitmqNode.create({ ...commons, name: 'alone', folder: join(folder.path, 'alone'), config });
  const stop = async (): Promise<void> => {
    await node.stop();
    await epmd.stop();
    folder.remove();
  };
  try {
    await node.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { node, admin: commons.admin, stop };
}
