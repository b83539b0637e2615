import { effect } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Page } from '../../net/api.js';
import type { Board } from '../../state/board.js';
import { type Loaded, useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { History } from './history.js';
import { type HistoryPoint, loadHistory, PAGE_SIZE } from './load-history.js';

/** What is new is shown so long after, ms: at most 4 times a second. */
const DRAW_MS = 250;

export interface BoardHistory {
  readonly history: History;
  /** Another one whenever there is something new in the history that is to be drawn. */
  readonly version: number;
  readonly loaded: Loaded<'all' | 'not all'>;
}

/** What a board reported in the last `rangeMs`, and what it reports from now on. */
export function useBoardHistory(board: Board, rangeMs: number): BoardHistory {
  const { api, live } = useWorld();
  const history = useMemo(() => new History(), [board]);
  const [version, setVersion] = useState(0);
  const { deviceId = board.id } = board.device.value ?? {};
  const loaded = useLoaded(
    async (signal) => {
      const path = `/devices/${encodeURIComponent(deviceId)}/properties`;
      const from = Date.now() - rangeMs;
      const ask = (page: number): Promise<Page<HistoryPoint>> => api.get(path, { from, page, size: PAGE_SIZE }, signal);
      const isAll = await loadHistory(ask, history);
      setVersion((before) => before + 1);
      return isAll ? 'all' : 'not all';
    },
    // What was reported while the connection was broken is asked for.
    [history, deviceId, rangeMs, live.connections.value],
  );

  useEffect(() => {
    let isStale = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (): void => {
      timer = undefined;
      if (!isStale || document.hidden) return;
      isStale = false;
      setVersion((before) => before + 1);
    };
    const end = effect(() => {
      for (const [key, { value, reportedAt }] of Object.entries(board.properties.value)) {
        isStale = history.add(key, Date.parse(reportedAt), value) || isStale;
      }
      if (isStale) timer ??= setTimeout(show, DRAW_MS);
    });
    document.addEventListener('visibilitychange', show);
    return () => {
      end();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', show);
    };
  }, [history]);
  return { history, version, loaded };
}
