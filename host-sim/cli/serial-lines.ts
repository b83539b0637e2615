import { joinSerial, SerialServer } from '../host/serial-port.js';
import type { SimulatedBoard } from '../host/sim-board.js';
import { CliError } from './cli-error.js';

/** Serial lines that somebody can reach. */
export interface SerialLines {
  /** Those that are TCP ports. */
  readonly ports: readonly { readonly board: SimulatedBoard; readonly port: number }[];
  close(): Promise<void>;
}

export interface SerialFlags {
  /** Of the first board; the next one has the next. 0: any. */
  readonly serialPort?: number;
  readonly serial?: 'stdio';
}

/** Opens the serial lines of boards as the flags say. @throws {CliError} where a port is taken */
export async function startSerial(boards: readonly SimulatedBoard[], flags: SerialFlags): Promise<SerialLines> {
  if (flags.serial === 'stdio') {
    const part = joinSerial(boards[0]!.serialLine, process.stdin, process.stdout);
    return {
      ports: [],
      close: async () => {
        part();
        process.stdin.pause();
      },
    };
  }
  const first = flags.serialPort;
  if (first === undefined) return { ports: [], close: async () => {} };
  const servers: SerialServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    for (const [index, { serialLine }] of boards.entries()) {
      servers.push(await SerialServer.start(serialLine, first === 0 ? 0 : first + index));
    }
  } catch (error) {
    await close();
    const port = first + servers.length;
    if (!(error instanceof Error)) throw error;
    throw new CliError(
      'port_in_use',
      `port ${port} cannot be had (${error.message}): choose another with --serial-port (0: any free port).`,
    );
  }
  return { ports: boards.map((board, index) => ({ board, port: servers[index]!.port })), close };
}
