import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from './ports.js';
import { temporaryFolder } from './program.js';
import { Service } from './service.js';

const PROGRAM = '/usr/sbin/haproxy';

/** Whether tests through a load balancer are to be skipped: never with `CI=true`. */
export const withoutHaproxy = !existsSync(PROGRAM) && process.env['CI'] !== 'true';

if (withoutHaproxy)
  console.warn('HAProxy is not installed, so the tests through it are skipped (Debian: apt-get install haproxy).');

/** A load balancer for MQTT on a port of the loopback. */
export interface Haproxy {
  readonly port: number;
  logTail(): string;
  stop(): Promise<void>;
}

/** @param ports of the brokers; a connection goes to the one of those that accept which has the fewest */
export async function startHaproxy(ports: readonly number[]): Promise<Haproxy> {
  const folder = temporaryFolder();
  const [port] = await freePorts(1);
  const config = join(folder.path, 'haproxy.cfg');
  writeFileSync(
    config,
    [
      'global',
      '  maxconn 5000',
      '  nbthread 1',
      'defaults',
      '  mode tcp',
      '  timeout connect 2s',
      // A board may be silent for one and a half of its keep alives, 60 s each.
      '  timeout client 3m',
      '  timeout server 3m',
      '  option redispatch',
      '  retries 3',
      'frontend boards',
      `  bind 127.0.0.1:${port}`,
      // While a node is away who comes waits a little: the others have to forget first what it had, and do so by name.
      '  tcp-request inspect-delay 6s',
      `  tcp-request content accept if { nbsrv(nodes) ge ${ports.length} }`,
      '  tcp-request content accept if WAIT_END',
      '  default_backend nodes',
      'backend nodes',
      '  balance leastconn',
      '  default-server inter 200ms fall 1 rise 2 on-marked-down shutdown-sessions',
      ...ports.map((node, index) => `  server node${index + 1} 127.0.0.1:${node} check`),
      '',
    ].join('\n'),
  );
  const service = new Service({ command: [PROGRAM, '-db', '-f', config], log: join(folder.path, 'haproxy.log') });
  const stop = async (): Promise<void> => {
    await service.end('SIGTERM');
    folder.remove();
  };
  try {
    await service.start([port], 60_000);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port: port, logTail: () => service.logTail(), stop };
}
