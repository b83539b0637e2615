import { type Accounts, createAccounts } from './accounts/accounts.js';
import type { SocialProvider } from './accounts/social-providers.js';
import { type Automation, createAutomation } from './automation/automation.js';
import { type Core, type CoreOptions, createCore } from './core.js';
import { EndUserService } from './end-users/end-users.js';
import type { UserDomain } from './end-users/user-domain.js';
import { createFiles, type UserFiles } from './files/files.js';
import { createHomes, type Homes } from './homes/homes.js';
import { createMasterData, type MasterData } from './master-data/master-data.js';
import type { DomainModule } from './module.js';
import { createPeople, type People } from './people/people.js';
import { createTelemetry, type Telemetry } from './telemetry/telemetry.js';

export interface ServicesOptions extends CoreOptions {
  /** Whose ID tokens log users in; none by default. */
  socialProviders?: readonly SocialProvider[] | undefined;
  /** Under which name apps of end users ask, and what they sign with; by default one that is made. */
  userDomain?: UserDomain | undefined;
}

/** The domain of one cloud, which its skins (API, broker, dialects) share. */
export interface CloudServices extends Core {
  readonly accounts: Accounts;
  readonly automation: Automation;
  readonly files: UserFiles;
  readonly homes: Homes;
  readonly telemetry: Telemetry;
  readonly people: People;
  readonly masterData: MasterData;
  readonly endUsers: EndUserService;
  /** Those that have a life of their own. */
  readonly modules: readonly DomainModule[];
}

/**
 * Wires the domain over one open database.
 * @throws CloudStartError `invalid_option`, `data_dir_corrupt`, `data_dir_unwritable`
 */
export function createServices(options: ServicesOptions): CloudServices {
  const core = createCore(options);
  const accounts = createAccounts(core, options.socialProviders ?? []);
  const automation = createAutomation(core);
  const files = createFiles(core, options);
  const homes = createHomes(core);
  const telemetry = createTelemetry(core, files, {
    emissionRate: (user, deviceSeq) => homes.emissionRate(user, deviceSeq),
    worth: (...energy) => automation.costs.worth(...energy),
  });
  const people = createPeople(core, files);
  const endUsers = new EndUserService(core, {
    codes: accounts.codes,
    homes,
    userDomain: options.userDomain,
  });
  return {
    ...core,
    accounts,
    automation,
    files,
    homes,
    masterData: createMasterData(core, homes),
    people,
    telemetry,
    endUsers,
    modules: [automation, files, homes.invitations, people.notifications, telemetry.blackouts, endUsers],
  };
}
