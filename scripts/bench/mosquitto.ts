import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../test/support/ports.js';
import { NotMeasurable } from './reading.js';

const START_MS = 10_000;

export interface Broker {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A Mosquitto of the bench's own, without limits that a fleet would meet. @throws {NotMeasurable} where it is not installed */
export async function startMosquitto(folder: string): Promise<Broker> {
  const port = await freePort();
  const config = join(folder, `mosquitto-${port}.conf`);
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'set_tcp_nodelay true',
    'max_connections -1',
    'max_queued_messages 0',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  // Debian has it where only root looks for programs.
  const environment = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin:/usr/local/sbin` };
  const child = spawn('mosquitto', ['-c', config], { stdio: 'ignore', env: environment });
  const failed = once(child, 'error').then(() => {
    throw new NotMeasurable('Mosquitto is not installed (Debian: apt-get install mosquitto)');
  });
  failed.catch(() => {});
  const deadline = AbortSignal.timeout(START_MS);
  const listening = async (): Promise<void> => {
    while (!(await isListening(port))) {
      if (deadline.aborted || child.exitCode !== null) throw new Error('Mosquitto did not start');
      await delay(20);
    }
  };
  await Promise.race([listening(), failed]);
  return {
    port,
    pid: child.pid!,
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
