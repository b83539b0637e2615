import { createHash, type Hash } from 'node:crypto';

/** Lines kept to tell what came last. */
const KEPT_LINES = 400;

/** Everything that happened in a world, in one hash; and the last of it to read. */
export class Trace {
  readonly #hash: Hash = createHash('sha256');
  readonly #lines: string[] = [];
  readonly #secrets = new Set<string>();
  /** The first line that held a secret. */
  leak: string | undefined;
  #count = 0;

  /** Must stand in no line from now on. */
  hide(secret: string): void {
    if (secret.length > 0) this.#secrets.add(secret);
  }

  /** A line that a person may read. @param secrets what must not stand in it, beside what is hidden for good */
  note(atMs: number, line: string, secrets: readonly string[] = []): void {
    this.#hash.update(`${atMs} ${line}\n`);
    this.#count++;
    if (this.leak === undefined) {
      for (const secret of this.#secrets) this.#look(line, secret);
      for (const secret of secrets) this.#look(line, secret);
    }
    this.#lines.push(`${atMs} ${line}`);
    if (this.#lines.length > 2 * KEPT_LINES) this.#lines.splice(0, KEPT_LINES);
  }

  #look(line: string, secret: string): void {
    if (line.includes(secret)) this.leak = line.replaceAll(secret, '<secret>');
  }

  /** What nobody wants to read: it counts for the hash alone. */
  mark(atMs: number, line: string): void {
    this.#hash.update(`${atMs} ${line}\n`);
  }

  /** Bytes of a connection: they count for the hash alone. */
  bytes(atMs: number, bytes: Uint8Array): void {
    this.#hash.update(`${atMs} ${bytes.length}\n`);
    this.#hash.update(bytes);
  }

  get lines(): number {
    return this.#count;
  }

  /** The last lines, oldest first. */
  last(count: number): readonly string[] {
    return this.#lines.slice(-count);
  }

  /** Ends the trace. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}
