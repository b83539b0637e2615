import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FolderLock } from '../../host-sim/files/folder-lock.js';
import { FolderShare } from '../../host-sim/files/folder-share.js';

const PROCESSES = 5;

/** A process of its own that shares a folder as it is told. */
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

  /** `enter` opens the folder at once, `begin` not before it is told so. */
  ask(word: 'enter' | 'begin' | 'opened' | 'release'): Promise<string> {
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

describe('a folder that is shared', () => {
  const built = mkdtempSync(join(tmpdir(), 'smartlink-test-'));
  const bundle = join(built, 'share-child.mjs');
  const children: Child[] = [];
  let folder: string;

  beforeAll(async () => {
    await build({
      entryPoints: [join(import.meta.dirname, 'support/share-child.ts')],
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

  const notes = (): string[] => readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n');

  it('is opened by one process after the other, however many begin at once', async () => {
    const all = await Promise.all(Array.from({ length: PROCESSES }, start));
    const answers = await Promise.all(all.map((child) => child.ask('enter')));
    expect(answers.sort()).toEqual(['first', ...Array.from({ length: PROCESSES - 1 }, () => 'shared')]);
    const words = notes().map((note) => note.split(' '));
    for (let at = 0; at < words.length; at += 2) {
      expect([words[at]![0], words[at + 1]![0], words[at + 1]![1]]).toEqual(['in', 'out', words[at]![1]]);
    }
    for (const child of all) await child.ask('release');
    expect(readdirSync(folder)).toEqual(['notes']);
  });

  it('is opened by the next one where the one that was opening it is killed', async () => {
    const [first, second] = [await start(), await start()];
    expect(await first.ask('begin')).toBe('first');
    const next = second.ask('enter');
    await first.kill();
    expect(await next).toBe('first');
  });

  it('is nobody’s alone while it is shared, by how it is held or by whom, and again when all are gone', async () => {
    const [first, second] = [await start(), await start()];
    await first.ask('enter');
    await second.ask('enter');
    await first.kill();
    expect(() => FolderLock.take(folder)).toThrow(
      expect.objectContaining({ isShared: true, data: { folder, pid: second.process.pid } }),
    );
    await second.kill();
    FolderLock.take(folder).release();
    expect(readdirSync(folder)).toEqual(['notes']);
  });

  it('cannot be shared while one has it alone', async () => {
    const lock = FolderLock.take(folder);
    await expect(FolderShare.enter(folder)).rejects.toMatchObject({ code: 'folder_in_use', isShared: false });
    lock.release();
    const share = await FolderShare.enter(folder);
    share.release();
    share.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is written to by nobody who waits for it', async () => {
    const lock = FolderLock.take(folder);
    const changed: (string | null)[] = [];
    const watcher = watch(folder, (_event, name) => changed.push(name));
    await expect(FolderShare.enter(folder)).rejects.toMatchObject({ code: 'folder_in_use' });
    watcher.close();
    lock.release();
    expect(changed).toEqual([]);
  });

  it('is let go by who could not enter it', async () => {
    mkdirSync(join(folder, '.share-a'));
    await expect(FolderShare.enter(folder)).rejects.toMatchObject({ code: 'EISDIR' });
    expect(readdirSync(folder)).toEqual(['.share-a']);
  });

  it('is no longer shared by what a power cut left of a claim', async () => {
    writeFileSync(join(folder, '.share-a'), '');
    writeFileSync(join(folder, '.share-b'), JSON.stringify({ pid: process.pid, start: 'long ago', nonce: 'b' }));
    FolderLock.take(folder).release();
    expect(readdirSync(folder)).toEqual([]);
  });
});
