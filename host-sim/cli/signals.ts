/** A clean stop is given this long, ms. */
const STOP_WITHIN_MS = 2_800;

/**
 * Stops cleanly at the first SIGINT or SIGTERM and exits 0; a second signal, or a stop that does not end in time, exits 1.
 * Returns a promise that never resolves: the program runs until a signal ends it.
 */
export function runUntilSignal(stop: () => Promise<void>): Promise<never> {
  return new Promise(() => {
    let stopping = false;
    const onSignal = (): void => {
      if (stopping) process.exit(1);
      stopping = true;
      setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
          process.exit(1);
        },
      );
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
