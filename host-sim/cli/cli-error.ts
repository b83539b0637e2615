/** A failure that a person can mend: one clear sentence, and the exit code. */
export class CliError extends Error {
  /** 1: failure, 2: wrong usage. */
  readonly exitCode: 1 | 2;
  readonly code: string;

  constructor(code: string, message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}
