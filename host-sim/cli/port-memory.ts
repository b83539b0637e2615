import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/files.js';

/** The ports that a cloud was given when it asked for any. */
export interface Ports {
  readonly apiPort: number;
  readonly mqttPort: number;
}

const isPort = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;

/**
 * The ports that this data directory's cloud listened on last. Boards keep the broker's address from their activation, so
 * a cloud that may take any port (0) had better take the same one again.
 */
export function recallPorts(dataDir: string): Ports | undefined {
  if (dataDir === ':memory:') return undefined;
  try {
    const { apiPort, mqttPort } = JSON.parse(readFileSync(join(dataDir, 'ports.json'), 'utf8')) as Partial<Ports>;
    return isPort(apiPort) && isPort(mqttPort) ? { apiPort, mqttPort } : undefined;
  } catch {
    // Nothing to recall: any port will do.
    return undefined;
  }
}

export function rememberPorts(dataDir: string, { apiPort, mqttPort }: Ports): void {
  if (dataDir === ':memory:') return;
  writeFileAtomic(join(dataDir, 'ports.json'), `${JSON.stringify({ apiPort, mqttPort })}\n`);
}
