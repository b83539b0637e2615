import { useRef, useState } from 'preact/hooks';
import { useWorld } from '../../state/use-world.js';
import type { ServiceCall, ServiceReply } from './service-call.js';

/** Calls that are kept, the oldest ones going first. */
const MOST_CALLS = 20;

export interface Calls {
  /** Newest first. */
  readonly list: readonly ServiceCall[];
  /** Resolves when it was answered, or not; what came of it is in the list. */
  readonly call: (service: string, params: object | null) => Promise<void>;
}

/** Services of one device, as this page has called them. @param waitMs how long an answer is waited for, 1 to 60,000 */
export function useCalls(deviceId: string, waitMs: number): Calls {
  const { api } = useWorld();
  const [list, setList] = useState<readonly ServiceCall[]>([]);
  const lastId = useRef(0);
  const call = async (service: string, params: object | null): Promise<void> => {
    const begun: ServiceCall = { id: ++lastId.current, service, params, sentAt: Date.now() };
    setList((before) => [begun, ...before].slice(0, MOST_CALLS));
    const from = performance.now();
    const path = `/devices/${encodeURIComponent(deviceId)}/services/${encodeURIComponent(service)}?wait=${waitMs}`;
    const came = await api.post<{ readonly reply: ServiceReply }>(path, params).then(
      ({ reply }) => ({ reply }),
      (error: unknown) => ({ error }),
    );
    const ended = { ...begun, ...came, tookMs: Math.round(performance.now() - from) };
    setList((before) => before.map((one) => (one.id === ended.id ? ended : one)));
  };
  return { list, call };
}
