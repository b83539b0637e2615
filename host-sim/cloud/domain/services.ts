import { type Accounts, createAccounts } from './accounts/accounts.js';
import { type Core, type CoreOptions, createCore } from './core.js';
import { createFiles, type UserFiles } from './files/files.js';
import type { DomainModule } from './module.js';
import { createTelemetry, type Telemetry } from './telemetry/telemetry.js';

/** The domain of one cloud, which its skins (API, broker, dialects) share. */
export interface CloudServices extends Core {
  readonly accounts: Accounts;
  readonly files: UserFiles;
  readonly telemetry: Telemetry;
  /** Those that have a life of their own. */
  readonly modules: readonly DomainModule[];
}

/** Wires the domain over one open database. */
export function createServices(options: CoreOptions): CloudServices {
  const core = createCore(options);
  const accounts = createAccounts(core);
  const files = createFiles(core, options);
  // Nobody tells yet what his energy is worth.
  const telemetry = createTelemetry(core, files, { emissionRate: () => null });
  return { ...core, accounts, files, telemetry, modules: [files, telemetry.blackouts] };
}
