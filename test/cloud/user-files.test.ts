import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CloudState, openState } from '../../host-sim/cloud/cloud-state.js';
import { contentTypeOf, fileNameOf, MAX_ALL_BYTES, MAX_FILES } from '../../host-sim/cloud/domain/files/file-rules.js';
import { type CloudServices, createServices } from '../../host-sim/cloud/domain/services.js';
import type { UserView } from '../../host-sim/cloud/domain/users.js';
import { CloudError } from '../../host-sim/cloud/errors.js';
import { EventHub, Logger } from '../../host-sim/cloud/events.js';
import { TestClock } from './support/clock.js';
import { onCleanup, temporaryDirectory } from './support/fixture.js';

const HELLO = Buffer.from('hello, world');
const HELLO_SHA256 = '09ca7e4eaa6e8ae9c7d261167129184883644d07dfba7cbfbc4c8a2e08360d5b';

interface Domain extends CloudServices {
  readonly state: CloudState;
  readonly user: UserView;
  readonly stranger: UserView;
}

async function openDomain(dataDir = ':memory:', clock = new TestClock()): Promise<Domain> {
  const { environment } = clock;
  const state = await openState(dataDir, environment);
  onCleanup(() => state.close());
  const services = createServices({
    ...state,
    environment,
    events: new EventHub({ onListenerError: () => {} }),
    log: new Logger({ log: () => {}, now: environment.now }),
  });
  const user = await services.users.ensure('user', 'password123');
  return { ...services, state, user, stranger: await services.users.ensure('stranger', 'password123') };
}

/** The word and sentence with which something is refused. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof CloudError) return error.message;
    throw error;
  }
  return 'not refused';
}

describe('a file of a user', () => {
  test('that is under way when he closes his account is not kept', async () => {
    const { files, users, user, database } = await openDomain();
    const upload = files.begin(user, 1);
    upload.add({ name: 'hello.txt', contentType: 'text/plain' }).write(HELLO);
    users.close(user.userId);
    expect(refusal(() => upload.finish())).toMatch(/^unauthorized: /);
    upload.close();
    expect(database.prepare('SELECT * FROM user_files').all()).toEqual([]);
  });

  test('is kept and shown with its digest', async () => {
    const { files, user } = await openDomain();
    const kept = files.keep(user, { name: 'hello.txt', contentType: 'text/plain', bytes: HELLO });
    expect(kept).toEqual({
      fileId: expect.stringMatching(/^file_[0-9a-f]{24}$/),
      fileName: 'hello.txt',
      contentType: 'text/plain',
      size: 12,
      sha256: HELLO_SHA256,
      createdAt: '2026-01-10T15:30:00.000Z',
    });
    expect(files.get(user, kept.fileId)).toEqual(kept);
    expect(files.list(user, { page: 1, size: 20 })).toEqual({ list: [kept], total: 1, page: 1, size: 20 });
  });

  test('is its owner’s alone', async () => {
    const { files, user, stranger } = await openDomain();
    const { fileId } = files.keep(user, { name: 'a', bytes: HELLO });
    for (const work of [
      () => files.get(stranger, fileId),
      () => files.link(stranger, fileId),
      () => files.delete(stranger, fileId),
    ]) {
      expect(refusal(work)).toBe('not_found: there is no such file');
    }
    expect(files.list(stranger, { page: 1, size: 20 }).total).toBe(0);
    expect(files.get(user, fileId).size).toBe(12);
  });

  test('goes with its bytes when it is deleted, and its links lead nowhere', async () => {
    const directory = temporaryDirectory();
    const { files, user } = await openDomain(directory);
    const { fileId } = files.keep(user, { name: 'a', bytes: HELLO });
    const { token } = files.link(user, fileId);
    expect(files.linked(token)?.bytes).toBe(12);
    files.delete(user, fileId);
    expect(files.linked(token)).toBeUndefined();
    expect(readdirSync(join(directory, 'files'))).toEqual([]);
    expect(refusal(() => files.delete(user, fileId))).toMatch(/^not_found/);
  });

  test('is there after a restart, and what nobody knows is not', async () => {
    const directory = temporaryDirectory();
    const before = await openDomain(directory);
    const { fileId } = before.files.keep(before.user, { name: 'a', bytes: HELLO });
    before.state.close();
    const folder = join(directory, 'files');
    // Of a cloud that was killed: before a file was whole, and before its row was written.
    for (const name of ['1.draft', 'file_orphan.bin']) writeFileSync(join(folder, name), 'x');
    const { files, user } = await openDomain(directory);
    files.prune();
    expect(readdirSync(folder)).toEqual([`${fileId}.bin`]);
    const { token } = files.link(user, fileId);
    expect(Buffer.from(files.linked(token)!.read(7, 100)).toString()).toBe('world');
  });

  test('goes with its user', async () => {
    const directory = temporaryDirectory();
    const { files, user, database } = await openDomain(directory);
    const { token } = files.link(user, files.keep(user, { name: 'a', bytes: HELLO }).fileId);
    database.prepare('DELETE FROM users WHERE user_id = ?').run(user.userId);
    expect(files.linked(token)).toBeUndefined();
    files.prune();
    expect(readdirSync(join(directory, 'files'))).toEqual([]);
  });
});

describe('too much', () => {
  test('in one file is refused, and nothing in it as well', async () => {
    const { files, user } = await openDomain();
    expect(files.keep(user, { name: 'a', bytes: Buffer.alloc(4_194_304) }).size).toBe(4_194_304);
    expect(refusal(() => files.keep(user, { name: 'a', bytes: Buffer.alloc(4_194_305) }))).toBe(
      'invalid_parameter: a file may have at most 4194304 bytes',
    );
    expect(refusal(() => files.keep(user, { name: 'a', bytes: Buffer.alloc(0) }))).toMatch(
      /^invalid_parameter: an empty/,
    );
  });

  test('of one user is refused, and others have their room', async () => {
    const directory = temporaryDirectory();
    const { files, user, stranger } = await openDomain(directory);
    for (let count = 0; count < MAX_FILES; count += 1) files.keep(user, { name: 'a', bytes: HELLO });
    expect(refusal(() => files.keep(user, { name: 'a', bytes: HELLO }))).toBe(
      'forbidden: a user may have at most 64 files: delete one first',
    );
    expect(readdirSync(join(directory, 'files'))).toHaveLength(MAX_FILES);
    expect(files.keep(stranger, { name: 'a', bytes: HELLO }).size).toBe(12);
    files.delete(user, files.list(user, { page: 1, size: 1 }).list[0]!.fileId);
    expect(files.keep(user, { name: 'a', bytes: HELLO }).size).toBe(12);
  });

  test('of all together is refused, where each file takes whole blocks', async () => {
    const { files, user, stranger, database } = await openDomain();
    files.keep(user, { name: 'a', bytes: HELLO });
    const filled = database.prepare('UPDATE user_files SET bytes = ?');
    filled.run(MAX_ALL_BYTES - 4_096);
    expect(files.keep(stranger, { name: 'a', bytes: Buffer.alloc(1) }).size).toBe(1);
    expect(refusal(() => files.keep(stranger, { name: 'a', bytes: Buffer.alloc(1) }))).toMatch(
      /^forbidden: the files of all users together may take at most 268435456 bytes/,
    );
  });
});

describe('a name', () => {
  test.each([
    ['holiday.jpg', 'holiday.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\x\\photo.png', 'photo.png'],
    ['..', 'file'],
    ['a/', 'file'],
    ['', 'file'],
    ['  x  ', 'x'],
    ['a\r\nSet-Cookie: x', 'a__Set-Cookie: x'],
    ['exe\u202egnp.jpg', 'exe_gnp.jpg'],
    ['half \ud800', 'half _'],
    ['图片 😀.png', '图片 😀.png'],
  ])('%j is kept as %j', (said, kept) => {
    expect(fileNameOf(said)).toBe(kept);
  });

  test('is one line without folders, whatever was said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 255 }), (said) => {
        const name = fileNameOf(said);
        expect(name).not.toMatch(/[/\\\p{Cc}]|^\.*$/u);
        expect(fileNameOf(name)).toBe(name);
      }),
    );
  });

  test('that is too long is refused', () => {
    expect(fileNameOf('x'.repeat(255))).toHaveLength(255);
    expect(refusal(() => fileNameOf('x'.repeat(256)))).toMatch(/^invalid_parameter: the name of a file/);
  });
});

test('a file that comes while its account is closed is not kept', async () => {
  const dataDir = temporaryDirectory();
  const { files, users, stranger } = await openDomain(dataDir);
  const upload = files.begin(stranger, 1);
  upload.add({ name: 'a' }).write(HELLO);
  users.close(stranger.userId);
  expect(refusal(() => upload.finish())).toBe('unauthorized: the account was closed');
  upload.close();
  expect(files.list(stranger, { page: 1, size: 20 }).total).toBe(0);
  expect(readdirSync(join(dataDir, 'files'))).toEqual([]);
});

describe('an upload that the disk refuses', () => {
  test('does not take the place of those that come later', async () => {
    const { files, user, state } = await openDomain();
    const { uploadToken } = files.announce(user, { name: 'a', bytes: HELLO.length });
    const { userFiles } = state;
    const begin = userFiles.begin.bind(userFiles);
    userFiles.begin = () => {
      throw new Error('ENOSPC');
    };
    for (let tries = 0; tries < 20; tries += 1) expect(() => files.receive(user, uploadToken)).toThrow('ENOSPC');
    userFiles.begin = begin;
    const { upload, file } = files.receive(user, uploadToken);
    file.write(HELLO);
    expect(upload.finish()).toHaveLength(1);
    upload.close();
  });
});

describe('a content type', () => {
  test.each([
    ['image/PNG', 'image/png'],
    ['application/vnd.api+json', 'application/vnd.api+json'],
    ['text/html; charset=utf-8', 'application/octet-stream'],
    ['text', 'application/octet-stream'],
    ['a/b\r\nX: y', 'application/octet-stream'],
    [undefined, 'application/octet-stream'],
  ])('%j is kept as %j', (said, kept) => {
    expect(contentTypeOf(said)).toBe(kept);
  });
});
