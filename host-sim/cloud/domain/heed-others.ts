import type { Revocations } from './revocations.js';
import type { CloudServices } from './services.js';
import type { BoardLink } from './sessions.js';
import type { Sharing } from './sharing.js';

/** Has a cloud act upon what other processes have changed in its database: what is only read from there needs none of this. */
export function heedOthers(sharing: Sharing, services: CloudServices, revocations: Pick<Revocations, 'heed'>): void {
  const { gateway, sessions, presence, commands, stores, updates, people } = services;

  const end = (link: BoardLink): void => {
    if (gateway.stillWelcome(link.board)) return;
    // Whoever changed it says so to all who hear the board's status.
    if (stores.devices.byId(link.board.deviceId)) presence.connectionEnded(link);
    else presence.deleted(link);
    link.close();
  };
  sharing.onNotice('device', (deviceId) => {
    const links = deviceId === '' ? sessions.all() : [sessions.get(deviceId)];
    for (const link of links) if (link) end(link);
    const devices = deviceId === '' ? commands.devices() : [deviceId];
    for (const id of devices) if (stores.devices.byId(id)?.disabled !== 0) commands.dropAll(id);
  });
  sharing.onNotice('product', () => {
    for (const link of sessions.all()) end(link);
  });
  sharing.onNotice('certificate', () => revocations.heed());
  sharing.onNotice('campaign', () => updates.heed());
  sharing.onNotice('push', () => people.push.reload());
  sharing.onOrphans((slot) => commands.adopt(slot));
}
