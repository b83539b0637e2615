import { DataDirectory, type PrivateFiles } from './data-directory.js';
import type { CloudEnvironment } from './environment.js';
import { CloudStartError } from './errors.js';
import { openDatabase, type SqliteDatabase } from './store/database.js';
import { FolderFiles, MemoryFiles, type StoredFiles } from './store/stored-files.js';

/** Keys of the data directory, and what deleting one costs. */
const KEYS = {
  signing: { file: 'jwt.key', cost: 'all logins end' },
  sealing: { file: 'seal.key', cost: 'products with signed activation need new secrets' },
} as const;
const KEY_BYTES = 32;
/** Folders of the data directory, and how the names of their files end. */
const FOLDERS = {
  packages: { folder: 'packages', ending: '.slfw' },
  userFiles: { folder: 'files', ending: '.bin' },
} as const;

/** What a cloud keeps from one run to the next. */
export interface CloudState {
  /** Open and migrated (`migrate`). */
  readonly database: SqliteDatabase;
  /** 32 bytes that sign access tokens. */
  readonly signingKey: Uint8Array;
  /** 32 bytes that seal the secrets which the cloud needs again. */
  readonly sealingKey: Uint8Array;
  /** The bytes of firmware packages. */
  readonly packageFiles: StoredFiles;
  /** The bytes of users' files. */
  readonly userFiles: StoredFiles;
  /** Where its keys and certificates are. */
  readonly directory?: PrivateFiles;
  /** To be called when what others would make too is made: where the state is shared, the next process may open it. */
  opened?(): void;
  /** May be called twice. */
  close(): void;
}

/**
 * Opens what is kept in a data directory, or with `:memory:` a state that ends with its closing.
 * @param isShared several processes may have it open
 * @throws CloudStartError; nothing stays open then
 */
export async function openState(dataDir: string, environment: CloudEnvironment, isShared = false): Promise<CloudState> {
  const directory = await openDirectory(dataDir, isShared);
  try {
    const signingKey = loadKey('signing', directory, environment);
    const sealingKey = loadKey('sealing', directory, environment);
    const database = await openDatabase(
      directory?.prepareDatabase() ?? ':memory:',
      directory?.isShared ? directory : undefined,
    );
    return {
      database,
      signingKey,
      sealingKey,
      packageFiles: openFiles('packages', directory),
      userFiles: openFiles('userFiles', directory),
      ...(directory && { directory, opened: () => directory.opened() }),
      close: () => {
        database.close();
        directory?.close();
      },
    };
  } catch (error) {
    directory?.close();
    throw error;
  }
}

async function openDirectory(dataDir: string, isShared: boolean): Promise<DataDirectory | undefined> {
  if (dataDir === ':memory:') return undefined;
  return isShared ? DataDirectory.share(dataDir) : DataDirectory.open(dataDir);
}

function openFiles(name: keyof typeof FOLDERS, directory: DataDirectory | undefined): StoredFiles {
  const { folder, ending } = FOLDERS[name];
  return directory ? new FolderFiles(directory.file(folder), ending, directory.isFirst) : new MemoryFiles();
}

/** A key that is made at first start, readable by its owner only. */
function loadKey(
  name: keyof typeof KEYS,
  directory: DataDirectory | undefined,
  environment: CloudEnvironment,
): Uint8Array {
  const { file: fileName, cost } = KEYS[name];
  const kept = directory?.read(fileName)?.trim();
  if (kept !== undefined) {
    if (/^[0-9a-f]{64}$/.test(kept)) return Buffer.from(kept, 'hex');
    const file = directory!.file(fileName);
    throw new CloudStartError(
      'data_dir_corrupt',
      `${file} is not a ${name} key; delete it to get a new one (${cost}).`,
      { file },
    );
  }
  const key = environment.randomBytes(KEY_BYTES);
  directory?.writePrivate(fileName, `${key.toString('hex')}\n`);
  return key;
}
