import { useEffect, useRef, useState } from 'preact/hooks';
import { useWorld } from '../../state/use-world.js';
import { type Heard, heard } from './live-update.js';
import type { CampaignDevice } from './messages.js';

/** The cloud has taken up by then what a board has said, ms; and what comes together is asked for once. */
const ASK_AFTER_MS = 200;

/**
 * What these boards have said of their updates since the list came from the cloud, by device id.
 * @param onNews the cloud is to be asked how they stand now
 */
export function useHeard(devices: readonly CampaignDevice[], onNews: () => Promise<void>): ReadonlyMap<string, Heard> {
  const { live } = useWorld();
  const [said, setSaid] = useState<ReadonlyMap<string, Heard>>(new Map());
  const asking = useRef(onNews);
  asking.current = onNews;

  useEffect(() => {
    setSaid((before) => (before.size === 0 ? before : new Map()));
    const known = new Map(devices.map(({ deviceId, state }) => [deviceId, state]));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = live.onMessage(({ deviceId, path, payload }) => {
      const state = known.get(deviceId);
      if (state === undefined) return;
      const news = heard(path, payload, state);
      if (news === 'ask') timer ??= setTimeout(() => void asking.current(), ASK_AFTER_MS);
      else if (news !== undefined) setSaid((before) => new Map(before).set(deviceId, news));
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, [devices]);
  return said;
}
