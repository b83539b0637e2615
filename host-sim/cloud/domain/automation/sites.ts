import { CloudError } from '../../errors.js';
import type { SiteStore } from '../../store/site-store.js';
import type { Core } from '../core.js';
import { randomId } from '../secrets.js';
import type { Actor } from './board-commands.js';

/** Sites of one user. */
const MAX_SITES = 50;
/** Boards of one site. */
export const MAX_SITE_DEVICES = 64;

export interface SiteRequest {
  readonly name: string;
  readonly address?: string | undefined;
  readonly deviceIds?: readonly string[] | undefined;
}

export interface SiteView {
  readonly siteId: string;
  readonly name: string;
  readonly address: string | null;
  readonly deviceIds: readonly string[];
}

/** Places of a user with boards that follow a price together. */
export class SiteService {
  readonly #core: Core;
  readonly #store: SiteStore;

  constructor(core: Core, store: SiteStore) {
    this.#core = core;
    this.#store = store;
  }

  /** Makes a site, or changes the user's site of this name. @throws CloudError `device_not_found`; `forbidden`: too many */
  put(user: Actor, { name, address = '', deviceIds = [] }: SiteRequest): SiteView {
    const deviceSeqs = deviceIds.map((deviceId) => this.#core.access.device(user.userId, deviceId).seq);
    if (this.#store.countOthers(user.userId, name) >= MAX_SITES) {
      throw new CloudError('forbidden', `a user has at most ${MAX_SITES} sites; one of the same name is changed`);
    }
    const { seq, site_id: siteId } = this.#store.put({
      siteId: randomId(this.#core.environment, 'site_', 16),
      userId: user.userId,
      name,
      address: address || null,
      deviceSeqs,
    });
    return { siteId, name, address: address || null, deviceIds: this.#store.devices(seq) };
  }

  /** The boards of a site. @throws CloudError `not_found` */
  deviceIds(user: Actor, siteId: string): string[] {
    const row = this.#store.byId(user.userId, siteId);
    if (!row) throw new CloudError('not_found', 'there is no such site');
    return this.#store.devices(row.seq);
  }
}
