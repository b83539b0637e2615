import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { World } from './world.js';

export const WorldContext = createContext<World | undefined>(undefined);

/** What a signed-in user works with. For views only: the page shows them when somebody is signed in. */
export function useWorld(): World {
  return useContext(WorldContext)!;
}
