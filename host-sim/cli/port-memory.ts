import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/files.js';

const NAMES = ['apiPort', 'httpsPort', 'mqttPort', 'mqttsPort', 'mtlsPort', 'wsPort'] as const;

/** The ports of a cloud; 0 where any will do. */
export type Ports = Readonly<Record<(typeof NAMES)[number], number>>;

const isPort = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;

/**
 * Completes the ports that were asked for with those that this data directory's cloud listened on last. Boards keep the
 * broker's address from their activation, so a cloud that may take any port (0) had better take the same one again.
 */
export function recallPorts(dataDir: string, asked: Ports): Ports {
  const last = readPorts(dataDir);
  return byName((name) => asked[name] || (isPort(last[name]) ? last[name] : 0));
}

/** Where the API of this data directory's cloud was last, if that is known. */
export function recallApiPort(dataDir: string): number | undefined {
  const { apiPort } = readPorts(dataDir);
  return isPort(apiPort) ? apiPort : undefined;
}

export function samePorts(one: Ports, other: Ports): boolean {
  return NAMES.every((name) => one[name] === other[name]);
}

export function rememberPorts(dataDir: string, ports: Ports): void {
  if (dataDir === ':memory:') return;
  const file = join(dataDir, 'ports.json');
  // Several clouds may share the folder: the one that started last is remembered.
  writeFileAtomic(file, `${JSON.stringify(byName((name) => ports[name]))}\n`, `${file}.${process.pid}.next`);
}

function byName(portOf: (name: keyof Ports) => number): Ports {
  return Object.fromEntries(NAMES.map((name) => [name, portOf(name)])) as Ports;
}

function readPorts(dataDir: string): Partial<Ports> {
  if (dataDir === ':memory:') return {};
  try {
    return (JSON.parse(readFileSync(join(dataDir, 'ports.json'), 'utf8')) ?? {}) as Partial<Ports>;
  } catch {
    // Nothing to recall: any port will do.
    return {};
  }
}
