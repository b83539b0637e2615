import { type Accounts, createAccounts } from './accounts/accounts.js';
import { type Core, type CoreOptions, createCore } from './core.js';
import { createFiles, type UserFiles } from './files/files.js';
import type { DomainModule } from './module.js';
import { createPeople, type People } from './people/people.js';

/** The domain of one cloud, which its skins (API, broker, dialects) share. */
export interface CloudServices extends Core {
  readonly accounts: Accounts;
  readonly people: People;
  readonly files: UserFiles;
  /** Those that have a life of their own. */
  readonly modules: readonly DomainModule[];
}

/** Wires the domain over one open database. */
export function createServices(options: CoreOptions): CloudServices {
  const core = createCore(options);
  const accounts = createAccounts(core);
  const files = createFiles(core, options);
  const people = createPeople(core, files);
  return { ...core, accounts, people, files, modules: [people.notifications, files] };
}
