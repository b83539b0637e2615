/** A failure that a person can mend: one sentence, a code for programs, and the exit status (1: failure, 2: wrong usage). */
export class Failure extends Error {
  constructor(message, status, code = 'failed') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Runs a script's `main`; a `Failure` becomes its sentence on stderr, a line of JSON on stdout after `--json`, and the exit status. */
export async function runMain(main, args = process.argv.slice(2)) {
  try {
    await main(args);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { code, message, status } = error;
    if (args.includes('--json')) process.stdout.write(`${JSON.stringify({ event: 'error', code, message })}\n`);
    process.stderr.write(`${message}\n`);
    process.exitCode = status;
  }
}
