/** It is looked so often whether what was there has gone, ms. */
const LOOK_EVERY_MS = 25;

/** Timers, sockets and handles that keep this thread alive and were not there when it was made; Node tells nothing of unref'd ones. */
export class Leftovers {
  readonly #before = counted();

  /** What is left, by name: empty as soon as nothing is; else what is left after `withinMs`. */
  async find(withinMs: number): Promise<string[]> {
    const untilMs = performance.now() + withinMs;
    for (;;) {
      const left = this.#left();
      if (left.length === 0 || performance.now() >= untilMs) return left;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  #left(): string[] {
    return [...counted()].flatMap(([name, count]) => {
      const more = count - (this.#before.get(name) ?? 0);
      return more > 0 ? [`${more} ${name}`] : [];
    });
  }
}

/** What keeps the loop of this thread alive, by name. */
function counted(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
