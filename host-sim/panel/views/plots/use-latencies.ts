import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Board } from '../../state/board.js';
import { useWorld } from '../../state/use-world.js';
import { CommandLog } from '../control/command-log.js';
import { type Latency, ReplyTimes } from './latency.js';

/** Commands of others that are kept. */
const MOST = 500;

/** How long the commands of this page took, and those of others since the plots are looked at; oldest first. */
export function useLatencies(board: Board): { readonly own: readonly Latency[]; readonly others: readonly Latency[] } {
  const { live } = useWorld();
  const [others, setOthers] = useState<readonly Latency[]>([]);
  const sent = CommandLog.of(board).list.value;
  const own = useMemo(
    () =>
      sent.flatMap(({ at, outcome }) => (outcome.kind === 'answered' ? [{ at, ms: outcome.tookMs }] : [])).reverse(),
    [sent],
  );
  useEffect(() => {
    const times = new ReplyTimes();
    setOthers([]);
    return live.onMessage((message) => {
      if (message.deviceId !== board.device.peek()?.deviceId) return;
      const ms = times.hear(message, performance.now());
      if (ms !== undefined) setOthers((before) => [...before, { at: message.at - ms, ms }].slice(-MOST));
    });
  }, [board, live]);
  return { own, others };
}
