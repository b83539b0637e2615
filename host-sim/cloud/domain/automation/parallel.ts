import { CloudError } from '../../errors.js';
import type { GroupRow, ParallelBoardRow, ParallelStore } from '../../store/parallel-store.js';
import type { Core } from '../core.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import { randomId } from '../secrets.js';
import { type Actor, type BoardResult, commandBoards } from './board-commands.js';

/** Groups of one user. */
const MAX_GROUPS = 100;

/** A board that may be commanded together with others of its product. */
export interface ParallelBoardView {
  readonly deviceId: string;
  readonly deviceSN: string;
  readonly name: string;
  readonly productKey: string;
  readonly online: boolean;
  /** The user's group that it is in. */
  readonly parallelId: string | null;
  readonly parallelName: string | null;
}

export interface ParallelGroupView {
  readonly parallelId: string;
  readonly name: string;
  readonly productKey: string;
  readonly deviceIds: readonly string[];
}

/** Boards of one product that a user commands as one. A group is its user's alone, and a board is in one of his at most. */
export class ParallelService {
  readonly #core: Core;
  readonly #store: ParallelStore;

  constructor(core: Core, store: ParallelStore) {
    this.#core = core;
    this.#store = store;
  }

  /**
   * Boards that could be grouped with this one: of its product, activated, not disabled, in no group of the user's. Without
   * a device: the boards that are in his groups.
   * @throws CloudError `device_not_found`
   */
  find(user: Actor, deviceId: string | undefined, request: PageRequest): Page<ParallelBoardView> {
    const { limit, offset } = pageOf(request);
    const device = deviceId === undefined ? undefined : this.#core.access.device(user.userId, deviceId);
    this.#core.writes.flush();
    const { rows, total } = device
      ? this.#store.candidates(
          { userId: user.userId, productId: device.product_id, deviceSeq: device.seq },
          { limit, offset },
        )
      : this.#store.grouped(user.userId, { limit, offset });
    return { list: rows.map(view), total, page: request.page, size: limit };
  }

  /**
   * Makes a group of boards of one product.
   * @throws CloudError `device_not_found`; `invalid_parameter`: several products, or a board that is in a group already;
   *   `forbidden`: too many groups
   */
  create(user: Actor, request: { readonly name: string; readonly deviceIds: readonly string[] }): ParallelGroupView {
    const { name, deviceIds } = request;
    const devices = deviceIds.map((deviceId) => this.#core.access.device(user.userId, deviceId));
    const productKey = devices[0]!.product_key;
    if (devices.some((device) => device.product_key !== productKey)) {
      throw new CloudError('invalid_parameter', 'deviceIds must be devices of one product');
    }
    const taken = devices.find((device) => this.#store.isMember(user.userId, device.seq));
    if (taken) {
      throw new CloudError('invalid_parameter', `deviceIds: ${taken.device_id} is in a group already; unbind it first`);
    }
    if (this.#store.count(user.userId) >= MAX_GROUPS) {
      throw new CloudError('forbidden', `a user has at most ${MAX_GROUPS} parallel groups`);
    }
    const parallelId = randomId(this.#core.environment, 'par_', 16);
    this.#store.insert({ parallelId, userId: user.userId, name, deviceSeqs: devices.map(({ seq }) => seq) });
    return { parallelId, name, productKey, deviceIds };
  }

  /** Commands every board of a group, all at once. @throws CloudError `not_found` */
  command(
    user: Actor,
    parallelId: string,
    params: Readonly<Record<string, unknown>>,
    waitMs: number | undefined,
  ): Promise<BoardResult[]> {
    const boards = this.#store.members(this.#found(user, parallelId).seq);
    return commandBoards(
      this.#core.devices,
      user,
      boards.map((deviceId) => ({ deviceId, params })),
      waitMs,
    );
  }

  /** Takes one board out of a group, or ends the group. @throws CloudError `not_found`, `device_not_found` */
  unbind(user: Actor, parallelId: string, deviceId: string | undefined): void {
    const { seq } = this.#found(user, parallelId);
    if (deviceId === undefined) this.#store.delete(seq);
    else if (!this.#store.remove(seq, deviceId)) {
      throw new CloudError('device_not_found', 'this device is not in the group');
    }
  }

  #found(user: Actor, parallelId: string): GroupRow {
    const row = this.#store.byId(user.userId, parallelId);
    if (!row) throw new CloudError('not_found', 'there is no such parallel group');
    return row;
  }
}

function view(row: ParallelBoardRow): ParallelBoardView {
  return {
    deviceId: row.device_id,
    deviceSN: row.device_sn,
    name: row.name,
    productKey: row.product_key,
    online: row.online === 1,
    parallelId: row.parallel_id,
    parallelName: row.group_name,
  };
}
