import type { BoardAccess, BoardLogin } from '../domain/board-access.js';
import type { CancelTimer, CloudEnvironment } from '../environment.js';
import type { Logger } from '../events.js';
import type { DeviceStore } from '../store/device-store.js';
import { CONTROL_DEADLINE_MS, type ControlChannel, ControlLost, type ControlResponse } from './control-channel.js';
import {
  createCommands,
  enableCommand,
  readClients,
  removeCommands,
  renewCommands,
  roleOf,
  SERVICE_ROLE,
  serviceCommands,
  userNameOf,
} from './dynamic-security-commands.js';

/** Boards at a time that the broker is brought up to date about. */
const BATCH = 10;
/** Clients of one page of the broker's list. */
const PAGE = 100;
/** Until what went wrong is tried again while the connection holds. */
const RETRY_MS = 5_000;
/** A client that the database does not know may be one that another process is just activating. */
const STALE_MS = 2 * CONTROL_DEADLINE_MS;

/** Another process tells the broker of its changes itself, unless it ends before: until that is looked after. Longer than STALE_MS, which it would put off. */
const SOON_MS = 15_000;

/** What the plugin answers where there is nothing to do. */
const NOTHING_TO_DO = new Set(['Client not found', 'Role not found']);

/**
 * Tells Mosquitto's dynamic security plugin which boards may connect. What the database says counts: what is to be told is noted by
 * board, said when the broker listens, and looked through after every connect. A board whose client is missing there cannot be
 * given one, because nobody but the board has its password: it is refused, and activates again.
 */
export class DynamicSecurity implements BoardAccess {
  readonly #channel: ControlChannel;
  readonly #username: string | undefined;
  readonly #environment: CloudEnvironment;
  readonly #log: Logger;
  readonly #granting = new Map<string, number>();
  /** By user name: bring it to what the database says, or take it away in any case. */
  readonly #due = new Map<string, 'adjust' | 'remove'>();
  #devices: Pick<DeviceStore, 'byId'> | undefined;
  #leads: () => boolean = () => true;
  #isWorking = false;
  #retry: CancelTimer | undefined;
  #staleCheck: CancelTimer | undefined;
  #lookSoon: CancelTimer | undefined;
  #isClosed = false;
  #isReady = false;
  readonly #onReady: (() => void)[] = [];

  constructor(options: {
    channel: ControlChannel;
    /** The cloud's own account there, which is given what it needs. */
    username: string | undefined;
    environment: CloudEnvironment;
    log: Logger;
  }) {
    this.#channel = options.channel;
    this.#username = options.username;
    this.#environment = options.environment;
    this.#log = options.log;
    this.#channel.onOpened(() => this.#opened());
  }

  /** Before it nothing is told but grants. @param leads whether this process is the one that looks after what it did not cause */
  start(devices: Pick<DeviceStore, 'byId'>, leads: () => boolean = () => true): void {
    this.#devices = devices;
    this.#leads = leads;
    if (this.#channel.isOpen) this.#opened();
  }

  /** Looks the broker's list through; to be called when this process takes the lead. */
  lookThrough(): void {
    if (this.#channel.isOpen) this.#opened();
  }

  /** The same in a while, where it leads by then; to be called when another process has changed who may connect. */
  lookThroughSoon(): void {
    this.#lookSoon ??= this.#environment.setTimer(() => {
      this.#lookSoon = undefined;
      if (this.#leads()) this.lookThrough();
    }, SOON_MS);
  }

  /** Calls back once: when the cloud's own account was seen to have what it needs. */
  onReady(listener: () => void): void {
    if (this.#isReady) listener();
    else this.#onReady.push(listener);
  }

  close(): void {
    this.#isClosed = true;
    this.#retry?.();
    this.#staleCheck?.();
    this.#lookSoon?.();
  }

  async grant({ password, ...board }: BoardLogin & { readonly password: string }): Promise<void> {
    const username = userNameOf(board);
    // What was to be done before is undone by this.
    this.#due.delete(username);
    this.#granting.set(username, (this.#granting.get(username) ?? 0) + 1);
    try {
      const [role, client] = await this.#channel.request(createCommands(board, password));
      if (role?.error === undefined && client?.error === undefined) return;
      const renewed = await this.#channel.request(renewCommands(board, password));
      const refused = renewed.find(({ error }) => error !== undefined);
      if (client?.error === undefined || refused === undefined) return;
      this.#log.error('broker_refused_grant', { username, why: String(refused.error) });
      throw new ControlLost('the broker refuses to take the device', true);
    } catch (error) {
      // It may have the new password by now, which nobody will ever know.
      if (!(error instanceof ControlLost) || error.mayHaveActed) this.#due.set(username, 'remove');
      throw error;
    } finally {
      this.#granted(username);
    }
  }

  setEnabled(board: BoardLogin, _isEnabled: boolean): void {
    const username = userNameOf(board);
    if (!this.#due.has(username)) this.#due.set(username, 'adjust');
    this.#work();
  }

  remove(board: BoardLogin): void {
    this.#due.set(userNameOf(board), 'remove');
    this.#work();
  }

  #granted(username: string): void {
    const left = (this.#granting.get(username) ?? 1) - 1;
    if (left > 0) this.#granting.set(username, left);
    else this.#granting.delete(username);
    // After it is stored, which is done as soon as it is granted.
    this.#environment.defer(() => this.#work());
  }

  #opened(): void {
    this.#work();
    this.#compare().catch((error: Error) => {
      // What was lost begins anew with the next connection.
      const level = error instanceof ControlLost && !this.#channel.isOpen ? 'debug' : 'warn';
      this.#log[level]('broker_not_looked_through', { why: error.message });
    });
  }

  /** Notes every client that is not as the database says. */
  async #compare(): Promise<void> {
    if (!this.#devices) return;
    await this.#takeRights();
    if (!this.#leads()) return;
    const stale: string[] = [];
    for (let offset = 0; ; offset += PAGE) {
      const [answer] = await this.#channel.request([{ command: 'listClients', verbose: true, count: PAGE, offset }]);
      const clients = readClients(answer?.data);
      for (const { username, isDisabled, roles } of clients) {
        if (!roles.includes(roleOf(username))) continue;
        const state = this.#state(username);
        if (state === 'unknown') stale.push(username);
        else if ((state === 'disabled') !== isDisabled && !this.#due.has(username)) this.#due.set(username, 'adjust');
      }
      if (clients.length < PAGE) break;
    }
    this.#work();
    if (stale.length === 0) return;
    this.#staleCheck?.();
    this.#staleCheck = this.#environment.setTimer(() => {
      for (const username of stale) if (!this.#due.has(username)) this.#due.set(username, 'adjust');
      this.#work();
    }, STALE_MS);
  }

  /** Gives the cloud's own account what lies below `/sys/`; the broker then ends its session, and it comes back with it. */
  async #takeRights(): Promise<void> {
    const username = this.#username;
    const [access, self] = await this.#channel.request([
      { command: 'getDefaultACLAccess' },
      ...(username === undefined ? [] : [{ command: 'getClient', username }]),
    ]);
    this.#warnOfDefaults(access);
    const [client] = readClients(self?.data);
    if (username !== undefined && client && !client.roles.includes(SERVICE_ROLE)) {
      await this.#channel.request(serviceCommands(username));
    }
    this.#isReady = true;
    for (const listener of this.#onReady.splice(0)) listener();
  }

  #warnOfDefaults(access: ControlResponse | undefined): void {
    const { acls } = (access?.data ?? {}) as { acls?: unknown };
    if (!Array.isArray(acls)) return;
    const open = (acls as { acltype?: unknown; allow?: unknown }[])
      .filter(({ acltype, allow }) => allow === true && (acltype === 'publishClientSend' || acltype === 'subscribe'))
      .map(({ acltype }) => String(acltype));
    if (open.length > 0) this.#log.warn('broker_allows_by_default', { acltypes: open });
  }

  #state(username: string): 'unknown' | 'disabled' | 'enabled' {
    const [productKey = '', deviceId = ''] = username.split('&', 2);
    const row = this.#devices?.byId(deviceId);
    if (row?.product_key !== productKey || row.password_hash === null) return 'unknown';
    return row.disabled === 1 || row.product_status === 0 ? 'disabled' : 'enabled';
  }

  #work(): void {
    if (this.#isWorking || this.#isClosed || !this.#devices || !this.#channel.isOpen) return;
    const ready = [...this.#due.keys()].filter((username) => !this.#granting.has(username));
    if (ready.length === 0) return;
    this.#isWorking = true;
    this.#tell(ready.slice(0, BATCH)).then(
      () => {
        this.#isWorking = false;
        this.#work();
      },
      () => {
        // The connection is gone, and its return looks after it; or the broker is slow.
        this.#isWorking = false;
        if (this.#isClosed) return;
        this.#retry?.();
        this.#retry = this.#environment.setTimer(() => this.#work(), RETRY_MS);
      },
    );
  }

  async #tell(usernames: readonly string[]): Promise<void> {
    const told = usernames.map((username) => ({ username, due: this.#due.get(username)! }));
    for (const username of usernames) this.#due.delete(username);
    const commands = told.flatMap(({ username, due }) => {
      const state = due === 'remove' ? 'unknown' : this.#state(username);
      return state === 'unknown' ? removeCommands(username) : [enableCommand(username, state === 'enabled')];
    });
    try {
      for (const { command, error } of await this.#channel.request(commands)) {
        if (error === undefined || NOTHING_TO_DO.has(String(error))) continue;
        this.#log.warn('broker_refused_command', { command, why: String(error) });
      }
    } catch (error) {
      // What was noted meanwhile is newer.
      for (const { username, due } of told) {
        if (!this.#due.has(username) && !this.#granting.has(username)) this.#due.set(username, due);
      }
      throw error;
    }
  }
}
