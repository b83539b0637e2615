import { UserFileStore } from '../../store/user-file-store.js';
import type { Core, CoreOptions } from '../core.js';
import { FileLinks } from './file-links.js';
import { UserFiles } from './user-files.js';

export type { UserFiles } from './user-files.js';

export function createFiles(core: Core, { userFiles }: Pick<CoreOptions, 'userFiles'>): UserFiles {
  const { database, box, packages, transaction, environment } = core;
  return new UserFiles({
    store: new UserFileStore(database),
    files: userFiles,
    links: new FileLinks(box, environment),
    packages,
    transaction,
    environment,
  });
}
