import { Readable } from 'node:stream';
import { filterMatches } from '../domain/topics.js';

interface RetainedPacket {
  readonly topic: string;
  readonly payload: string | Buffer;
}

/** What is used of Aedes's persistence for retained messages. */
export interface RetainedPersistence {
  storeRetained(packet: RetainedPacket): Promise<void>;
  createRetainedStreamCombi(filters: readonly string[]): Readable;
}

/** Levels of a board's root: `/sys/{productKey}/{deviceId}/`. */
const ROOT_LEVELS = 4;

/**
 * Has the retained messages for a board's subscriptions looked up by the board's root. Aedes looks through those of all boards
 * for every filter, which makes a thousand boards that come back a million looks.
 */
export function indexRetained(persistence: RetainedPersistence): void {
  /** By the root of their topics, then by topic. */
  const byRoot = new Map<string, Map<string, RetainedPacket>>();
  const store = persistence.storeRetained.bind(persistence);
  persistence.storeRetained = (packet) => {
    const root = rootOf(packet.topic);
    const packets = byRoot.get(root) ?? new Map<string, RetainedPacket>();
    if (packet.payload.length > 0) packets.set(packet.topic, { ...packet });
    else packets.delete(packet.topic);
    if (packets.size > 0) byRoot.set(root, packets);
    else byRoot.delete(root);
    return store(packet);
  };
  const search = persistence.createRetainedStreamCombi.bind(persistence);
  persistence.createRetainedStreamCombi = (filters) => {
    const found: RetainedPacket[] = [];
    for (const filter of filters) {
      const root = rootOf(filter);
      if (/[+#]/.test(root)) return search(filters);
      for (const packet of byRoot.get(root)?.values() ?? [])
        if (filterMatches(filter, packet.topic)) found.push(packet);
    }
    return new Readable({
      objectMode: true,
      read() {
        for (const packet of found) this.push(packet);
        this.push(null);
      },
    });
  };
}

function rootOf(topic: string): string {
  return topic.split('/', ROOT_LEVELS).join('/');
}
