import { type Accounts, createAccounts } from './accounts/accounts.js';
import { type Automation, createAutomation } from './automation/automation.js';
import { type Core, type CoreOptions, createCore } from './core.js';
import { createFiles, type UserFiles } from './files/files.js';
import type { DomainModule } from './module.js';

/** The domain of one cloud, which its skins (API, broker, dialects) share. */
export interface CloudServices extends Core {
  readonly accounts: Accounts;
  readonly automation: Automation;
  readonly files: UserFiles;
  /** Those that have a life of their own. */
  readonly modules: readonly DomainModule[];
}

/** Wires the domain over one open database. */
export function createServices(options: CoreOptions): CloudServices {
  const core = createCore(options);
  const accounts = createAccounts(core);
  const automation = createAutomation(core);
  const files = createFiles(core, options);
  return { ...core, accounts, automation, files, modules: [automation, files] };
}
