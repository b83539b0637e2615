import { AddressStore } from '../../store/address-store.js';
import { MerchantStore } from '../../store/merchant-store.js';
import { NotificationStore } from '../../store/notification-store.js';
import { ProfileStore } from '../../store/profile-store.js';
import { PushStore } from '../../store/push-store.js';
import type { Core } from '../core.js';
import type { UserFiles } from '../files/files.js';
import { AddressService } from './addresses.js';
import { MerchantService } from './merchants.js';
import { NotificationService } from './notifications.js';
import { ProfileService } from './profiles.js';
import { PushService } from './push.js';

/** What belongs to a person beside his account, and what he is told. */
export interface People {
  readonly profiles: ProfileService;
  readonly addresses: AddressService;
  readonly push: PushService;
  readonly notifications: NotificationService;
  readonly merchants: MerchantService;
}

export function createPeople(core: Core, files: UserFiles): People {
  const { database, environment, transaction, stores } = core;
  const common = { environment, transaction };
  const push = new PushService({ store: new PushStore(database), ...common });
  return {
    profiles: new ProfileService({ store: new ProfileStore(database), users: stores.users, files, ...common }),
    addresses: new AddressService({ store: new AddressStore(database), ...common }),
    push,
    notifications: new NotificationService({ ...core, ...stores, store: new NotificationStore(database), push }),
    merchants: new MerchantService({ store: new MerchantStore(database), environment }),
  };
}
