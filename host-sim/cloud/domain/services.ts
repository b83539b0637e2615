import { type Accounts, createAccounts } from './accounts/accounts.js';
import { type Core, type CoreOptions, createCore } from './core.js';
import { createFiles, type UserFiles } from './files/files.js';
import { createHomes, type Homes } from './homes/homes.js';
import { createMasterData, type MasterData } from './master-data/master-data.js';
import type { DomainModule } from './module.js';
import { createPeople, type People } from './people/people.js';
import { createTelemetry, type Telemetry } from './telemetry/telemetry.js';

/** The domain of one cloud, which its skins (API, broker, dialects) share. */
export interface CloudServices extends Core {
  readonly accounts: Accounts;
  readonly files: UserFiles;
  readonly homes: Homes;
  readonly telemetry: Telemetry;
  readonly people: People;
  readonly masterData: MasterData;
  /** Those that have a life of their own. */
  readonly modules: readonly DomainModule[];
}

/** Wires the domain over one open database. */
export function createServices(options: CoreOptions): CloudServices {
  const core = createCore(options);
  const accounts = createAccounts(core);
  const files = createFiles(core, options);
  const homes = createHomes(core);
  const telemetry = createTelemetry(core, homes);
  const people = createPeople(core);
  return {
    ...core,
    accounts,
    files,
    homes,
    telemetry,
    people,
    masterData: createMasterData(core, homes),
    modules: [files, homes.invitations, telemetry.blackouts, people.notifications],
  };
}
