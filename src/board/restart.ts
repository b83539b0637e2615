import type { Host } from '../ports/host.js';
import { forgetEverything } from './factory-reset.js';

/** What a restart is for: nothing but itself; to forget everything; to go back to the build before this one. */
export type RestartFor = 'itself' | 'reset' | 'roll_back';

/** Starts a board anew that has been stopped. */
export function restart(host: Host, what: RestartFor): void {
  try {
    if (what === 'reset') forgetEverything(host);
  } catch {
    // The next boot goes on with it, or nothing has changed.
  }
  if (what === 'roll_back') rollBack(host);
  else host.system.restart();
}

function rollBack({ firmware, system }: Host): void {
  try {
    firmware?.rollBack();
  } catch {
    // A build that has not been confirmed is gone with any restart.
    system.restart();
  }
}
