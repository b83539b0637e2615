import { HomeDeviceStore } from '../../store/home-device-store.js';
import { InvitationStore } from '../../store/invitation-store.js';
import { UpdateNoteStore } from '../../store/update-note-store.js';
import { UserDeviceStore } from '../../store/user-device-store.js';
import type { Core } from '../core.js';
import type { UserView } from '../users.js';
import { Binding } from './binding.js';
import { HomeDevices } from './home-devices.js';
import { Invitations } from './invitations.js';
import { Manuals } from './manuals.js';
import { Models } from './models.js';
import { OwnSettings } from './own-settings.js';
import { Spaces } from './spaces.js';
import { UpdateNotes } from './update-notes.js';
import { Upgrades } from './upgrades.js';

/** Devices as people have them at home: in spaces, which are projects. */
export interface Homes {
  readonly devices: HomeDevices;
  readonly binding: Binding;
  readonly invitations: Invitations;
  readonly settings: OwnSettings;
  readonly spaces: Spaces;
  readonly models: Models;
  readonly manuals: Manuals;
  readonly upgrades: Upgrades;
  readonly updateNotes: UpdateNotes;
  /** kg of CO2 a kWh that a user set for a device; null where he set none. */
  emissionRate(user: UserView, deviceSeq: number): number | null;
}

export function createHomes(core: Core): Homes {
  const { database, stores, access, writes, transaction, environment, projects, box } = core;
  const homeDevices = new HomeDeviceStore(database);
  const userDevices = new UserDeviceStore(database);
  const { devices, projects: projectStore } = stores;
  const { packages, campaigns } = core;
  const updateNotes = new UpdateNotes({ store: new UpdateNoteStore(database), access, environment });
  const settings = new OwnSettings({ store: userDevices, access, transaction });
  const invitations = new Invitations({
    store: new InvitationStore(database),
    devices,
    projectStore,
    projects,
    access,
    box,
    environment,
  });
  const binding = new Binding({
    devices,
    homeDevices,
    userDevices,
    projectStore,
    projects,
    invitations,
    access,
    writes,
    transaction,
    environment,
  });
  return {
    devices: new HomeDevices({ store: homeDevices, access, writes }),
    binding,
    invitations,
    settings,
    spaces: new Spaces({ projects, binding, access }),
    upgrades: new Upgrades({ devices, homeDevices, packages, campaigns, notes: updateNotes, access }),
    updateNotes,
    models: new Models({ store: stores.products, products: core.products }),
    manuals: new Manuals({ store: stores.products }),
    emissionRate: (user, deviceSeq) => settings.emissionRate(user, deviceSeq),
  };
}
