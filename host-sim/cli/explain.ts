import { CliError } from './cli-error.js';

interface CodedError extends Error {
  readonly code?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly path?: string;
}

/** What flag to change when a listener's port is taken. */
const PORT_FLAGS: Readonly<Record<string, string>> = {
  api: '--api-port',
  https: '--https-port',
  mqtt: '--mqtt-port',
  mqtts: '--mqtts-port',
  mtls: '--mtls-port',
  ws: '--ws-port',
};

/** An error of the parts below, as one sentence that says what to do. */
export function explain(error: unknown): CliError {
  if (!(error instanceof Error)) return new CliError('internal_error', String(error));
  const { code = 'internal_error', data, path, message } = error as CodedError;
  switch (code) {
    case 'port_in_use':
      return new CliError(
        code,
        `port ${data?.['port']} is taken: stop the program that listens there, or choose another with ${PORT_FLAGS[String(data?.['listener'])] ?? 'its flag'} (0: any free port).`,
      );
    case 'EACCES':
    case 'EROFS':
    case 'EPERM':
    case 'ENOTDIR':
    case 'ENOENT':
    case 'EEXIST':
    case 'ENAMETOOLONG':
      return new CliError(
        'data_dir_unwritable',
        `${path ?? 'the data folder'} cannot be written (${code}): choose another folder with --data.`,
      );
    case 'ENOSPC':
      return new CliError(code, 'the disk is full: free some room, or choose another folder with --data.');
    case 'invalid_product':
      return new CliError(code, message);
    default:
      return new CliError(code, message);
  }
}
