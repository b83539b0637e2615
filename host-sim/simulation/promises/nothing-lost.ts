import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import type { Asked } from '../witness.js';
import type { World } from '../world.js';

/** A command lives for a minute; the cloud that dropped it may have been away, and takes a moment to tell, ms. */
const LIFETIME_MS = 60_000;
const GRACE_MS = 15_000;
/** Posts of a board that are looked for in the database. */
const MOST_POSTS = 8;
/** Between the commit of a post and its acknowledgement, ms. */
const COMMIT_MS = 1_000;

/** A command that the API answered with success. */
interface Promised {
  readonly asked: Asked;
  readonly id: string | undefined;
  readonly answeredMs: number;
}

/** A message that the broker has acknowledged, and when, by the cloud's clock, epoch ms. */
interface Acknowledged {
  readonly topic: string;
  readonly payload: Buffer;
  readonly receivedAt: number;
}

/** What the database is to hold of such a message. */
interface Post {
  readonly kind: 'property_points' | 'device_events';
  readonly name: string;
  readonly value: string;
  readonly receivedAt: number;
}

/** What is known of one board. */
class Account {
  /** Ids of commands that a board or the cloud has said something about, latest last. */
  readonly settled: string[] = [];
  /** Of what was sent: ids by the params, latest last. */
  readonly sent: { readonly id: string; readonly params: string; readonly atMs: number }[] = [];
  /** Ids of commands of which it is known who asked for them, latest last. */
  readonly matched: string[] = [];
  promised: Promised[] = [];
  readonly acknowledged: Acknowledged[] = [];
}

const KEPT_IDS = 256;

export const nothingLost: WorldPromise = {
  name: 'nothing-lost',
  why: 'Who was told that it is done does not look again.',
  watch: (world, broken) => {
    const accounts = new Map<SimDevice, Account>();
    const of = (device: SimDevice): Account => {
      const account = accounts.get(device) ?? new Account();
      accounts.set(device, account);
      return account;
    };
    const settle = (device: SimDevice | undefined, id: string): void => {
      if (device) remember(of(device).settled, id);
    };
    let upSinceMs = 0;
    let hasJumped = false;
    return {
      happening: (what) => {
        hasJumped ||= what.includes('"cloud-clock"');
      },
      event: (device, { name, data }) => {
        if (name === 'command_accepted' || name === 'command_refused') settle(device, (data as { id: string }).id);
      },
      log: ({ name, data }) => {
        if (name === 'command_dropped') settle(world.deviceOf(String(data['deviceId'])), String(data['id']));
      },
      cloud: (name, event) => {
        const device = world.deviceOf(event.deviceId);
        if (device === undefined) return;
        if (name === 'commandAnswered') settle(device, (event as { id: string }).id);
        if (name !== 'commandSent') return;
        const { id, params } = event as { id: string; params: object };
        remember(of(device).sent, { id, params: JSON.stringify(params), atMs: world.nowMs });
      },
      answered: (asked) => {
        if (asked.answer?.code !== 200) return;
        const account = of(asked.device);
        account.promised.push({ asked, id: idOf(world, account, asked), answeredMs: world.nowMs });
      },
      cloudUp: () => {
        upSinceMs = world.nowMs;
        for (const [device, account] of accounts) {
          for (const message of account.acknowledged.splice(0)) {
            const post = readPost(message);
            if (post === undefined || isStored(world, device, post)) continue;
            broken(
              device,
              `The cloud acknowledged ${post.name} = ${post.value}, and does not have it after its restart.`,
            );
          }
        }
      },
      acknowledged: (device, topic, payload) => {
        const { acknowledged } = of(device);
        acknowledged.push({ topic, payload, receivedAt: world.wallMs + world.cloud.clockOffMs });
        if (acknowledged.length > MOST_POSTS) acknowledged.shift();
      },
      tick: () => {
        if (!world.cloud.isUp) return;
        for (const [device, account] of accounts) {
          if (account.promised.length === 0) continue;
          account.promised = account.promised.filter(({ asked, id, answeredMs }) => {
            if (id !== undefined && account.settled.includes(id)) return false;
            // A cloud that starts by another clock than it ended gives what it finds a minute at most.
            const untilMs = hasJumped ? Math.max(answeredMs, upSinceMs) + LIFETIME_MS : answeredMs + LIFETIME_MS;
            if (world.nowMs < Math.max(untilMs, upSinceMs) + GRACE_MS) return true;
            broken(
              device,
              `The API said success to ${JSON.stringify(asked.params)} (${id ?? 'of which nobody ever heard'}), and it was neither acted on nor told as dropped.`,
            );
            return false;
          });
        }
      },
    };
  },
};

function remember<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT_IDS) list.shift();
}

/** The id of a command that was answered with success: it was sent, or the database has it. */
function idOf(world: World, account: Account, { device, params, atMs }: Asked): string | undefined {
  const wanted = JSON.stringify(params);
  const isIt = (command: { readonly id: string; readonly params: string }): boolean =>
    command.params === wanted && !account.matched.includes(command.id);
  // The latest, and none from before it was asked for: of an earlier one, its asker may never have heard.
  const sent = account.sent.filter((command) => command.atMs >= atMs);
  const id = (sent.reverse().find(isIt) ?? keptOf(world, device).reverse().find(isIt))?.id;
  if (id !== undefined) remember(account.matched, id);
  return id;
}

/** Commands for a board that the database keeps, latest last. */
function keptOf(world: World, device: SimDevice): { readonly id: string; readonly params: string }[] {
  const rows = world.rows(
    `SELECT command_id, params FROM pending_commands JOIN devices ON devices.seq = device_seq
     WHERE device_id = ? ORDER BY command_id`,
    device.deviceId,
  );
  return rows.map(({ command_id: id, params }) => ({ id: String(id), params: String(params) }));
}

function readPost({ topic, payload, receivedAt }: Acknowledged): Post | undefined {
  const kind = /thing\/event\/([^/]+)\/post$/.exec(topic)?.[1];
  if (kind === undefined) return undefined;
  const { params, method } = JSON.parse(payload.toString()) as { params?: Record<string, unknown>; method?: string };
  if (params === undefined || method?.endsWith('_reply')) return undefined;
  if (kind !== 'property') {
    return { kind: 'device_events', name: kind, value: JSON.stringify(params), receivedAt };
  }
  const first = Object.entries(params).find(([, value]) => value !== null);
  return first && { kind: 'property_points', name: first[0], value: JSON.stringify(first[1]), receivedAt };
}

function isStored(world: World, device: SimDevice, post: Post): boolean {
  const [what, value] = post.kind === 'device_events' ? ['name', 'params'] : ['key', 'value'];
  const rows = world.rows(
    `SELECT 1 FROM ${post.kind} WHERE device_seq = (SELECT seq FROM devices WHERE device_sn = ?)
     AND ${what} = ? AND ${value} = ? AND received_at BETWEEN ? AND ? LIMIT 1`,
    device.serial,
    post.name,
    post.value,
    post.receivedAt - COMMIT_MS,
    post.receivedAt,
  );
  return rows.length > 0;
}
