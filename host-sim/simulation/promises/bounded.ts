import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';

/** Timers of a firmware: those of its session, its posts, its outputs and inputs, its clock. */
const MOST_TIMERS = 40;
/** Sockets at a time: the session or an activation, and a question for the time; one more while one takes the other's place. */
const MOST_SOCKETS = 3;
/** While it can be set up: its page’s listener and four clients, and its name server. */
const MORE_SOCKETS = 6;
/** Records in its flash. */
const MOST_RECORDS = 10;
/** Connections of one board at the cloud: those that it has dropped and the cloud does not know of, besides its own. */
const MOST_CONNECTIONS = 12;
/** Rows of the cloud's database, of each board. */
const MOST_ROWS: Readonly<Record<string, number>> = {
  property_points: 10_000,
  device_properties: 200,
  device_events: 1_000,
  pending_commands: 144,
};
const ROWS_EVERY_MS = 3_600_000;

export const bounded: WorldPromise = {
  name: 'bounded',
  why: 'What grows a little with every reconnect is a board that dies after a month (complaint 8).',
  watch: (world, broken) => {
    let rowsAtMs = ROWS_EVERY_MS;
    const open = new Set<SimDevice>();
    return {
      boot: (device) => {
        open.delete(device);
      },
      event: (device, { name }) => {
        if (name === 'setup_opened') open.add(device);
        else if (name === 'setup_closed') open.delete(device);
      },
      tick: () => {
        for (const device of world.devices) {
          const { timers, sockets } = device;
          if (timers > MOST_TIMERS) broken(device, `Its firmware has set ${timers} timers.`);
          const mostSockets = MOST_SOCKETS + (open.has(device) ? MORE_SOCKETS : 0);
          if (sockets > mostSockets) broken(device, `Its firmware holds ${sockets} sockets.`);
          const records = device.flash.keys.length;
          if (records > MOST_RECORDS) broken(device, `There are ${records} records in its flash.`);
        }
        if (world.nowMs < rowsAtMs) return;
        rowsAtMs += ROWS_EVERY_MS;
        const connections = new Map<string, number>();
        for (const { owner } of world.cloud.connections.keys())
          connections.set(owner, (connections.get(owner) ?? 0) + 1);
        for (const [owner, count] of connections) {
          if (count > MOST_CONNECTIONS) broken(world.bySerial(owner), `It has ${count} connections at the cloud.`);
        }
        for (const [table, most] of Object.entries(MOST_ROWS)) {
          const [found] = world.cloud.rows(
            `SELECT device_seq, count(*) AS count FROM ${table} GROUP BY device_seq ORDER BY count DESC LIMIT 1`,
          );
          const count = Number(found?.['count'] ?? 0);
          if (count > most) broken(undefined, `A board has ${count} rows in ${table}: at most ${most} are kept.`);
        }
      },
    };
  },
};
