import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FolderLock } from '../../host-sim/files/folder-lock.js';
import { isRunning, startFromProc, startFromPs, startOf } from '../../host-sim/files/process-identity.js';

const PROCESSES = 6;
const ROUNDS = 15;

/** A process of its own that takes locks as it is told. */
class Child {
  readonly process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(bundle: string, folder: string) {
    this.process = spawn(process.execPath, [bundle, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#answers = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }

  async answer(): Promise<string> {
    return String((await this.#answers.next()).value);
  }

  ask(word: 'take' | 'release'): Promise<string> {
    this.process.stdin!.write(`${word}\n`);
    return this.answer();
  }

  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await exited;
  }
}

describe('the lock of a folder', () => {
  const built = mkdtempSync(join(tmpdir(), 'smartlink-test-'));
  const bundle = join(built, 'lock-child.mjs');
  const children: Child[] = [];
  let folder: string;

  beforeAll(async () => {
    await build({
      entryPoints: [join(import.meta.dirname, 'support/lock-child.ts')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
    });
  });

  beforeEach(() => {
    folder = mkdtempSync(join(built, 'folder-'));
  });

  afterEach(async () => {
    await Promise.all(children.splice(0).map((child) => child.kill()));
  });

  afterAll(() => rmSync(built, { recursive: true, force: true }));

  async function start(): Promise<Child> {
    const child = new Child(bundle, folder);
    children.push(child);
    expect(await child.answer()).toBe('ready');
    return child;
  }

  it('is held by one at a time, names the holder, and leaves nothing behind', () => {
    const lock = FolderLock.take(folder);
    expect(() => FolderLock.take(folder)).toThrow(
      expect.objectContaining({ code: 'folder_in_use', data: { folder, pid: process.pid } }),
    );
    lock.release();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    FolderLock.take(folder).release();
  });

  it('is not let go by one who does not hold it any more', () => {
    const removedByHand = FolderLock.take(folder);
    rmSync(join(folder, '.lock'));
    const lock = FolderLock.take(folder);
    removedByHand.release();
    expect(() => FolderLock.take(folder)).toThrow('in use');
    lock.release();
  });

  it('is kept from other processes, and taken over from one that was killed', async () => {
    const [first, second] = [await start(), await start()];
    expect(await first.ask('take')).toBe('held');
    expect(await second.ask('take')).toBe('refused');
    await first.kill();
    expect(await second.ask('take')).toBe('held');
    expect(readdirSync(folder)).toEqual(['.lock']);
  });

  it('is taken over where another process has got the number of the one that was killed', () => {
    writeFileSync(join(folder, '.lock'), JSON.stringify({ pid: process.pid, start: 'long ago', nonce: 'a' }));
    FolderLock.take(folder).release();
  });

  it('goes by the number alone where nobody can tell when its holder started', () => {
    writeFileSync(join(folder, '.lock'), JSON.stringify({ pid: process.pid, start: '', nonce: 'a' }));
    expect(() => FolderLock.take(folder)).toThrow('in use');
  });

  it.each([['nothing'], ['{"pid":'], ['{"pid":-1,"start":""}'], ['null']])(
    'is taken over where a power cut left no claim but %j',
    (text) => {
      writeFileSync(join(folder, '.lock'), text === 'nothing' ? '' : text);
      FolderLock.take(folder).release();
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('is taken over also where one who was taking it over was killed', () => {
    const dead = JSON.stringify({ pid: process.pid, start: 'long ago', nonce: 'a' });
    const guard = `.lock-${createHash('sha256').update(dead).digest('hex').slice(0, 16)}`;
    writeFileSync(join(folder, '.lock'), dead);
    writeFileSync(join(folder, guard), JSON.stringify({ pid: process.pid, start: 'long ago', nonce: 'b' }));
    FolderLock.take(folder).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('goes to exactly one of many processes that find it dead at the same time', async () => {
    const all = await Promise.all(Array.from({ length: PROCESSES }, start));
    const dead = await start();
    await dead.kill();
    for (let round = 0; round < ROUNDS; round++) {
      const claim = { pid: dead.process.pid, start: 'whenever', nonce: String(round) };
      writeFileSync(join(folder, '.lock'), JSON.stringify(claim));
      const answers = await Promise.all(all.map((child) => child.ask('take')));
      expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
      await Promise.all(all.map((child) => child.ask('release')));
      expect(readdirSync(folder)).toEqual([]);
    }
  });
});

describe('a process', () => {
  it('is told from a later one with its number, by /proc or by ps', () => {
    const readers = process.platform === 'linux' ? [startOf, startFromProc, startFromPs] : [startOf, startFromPs];
    for (const start of readers) {
      expect(start(process.pid)).toMatch(/\d/);
      expect(start(process.pid)).toBe(start(process.pid));
      expect(isRunning(process.pid, startOf(process.pid))).toBe(true);
      expect(isRunning(process.pid, `${startOf(process.pid)}0`)).toBe(false);
    }
  });

  it('is not there any more once it has ended', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    const start = startOf(child.pid!);
    await once(child, 'exit');
    expect(isRunning(child.pid!, start)).toBe(false);
  });
});
