import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { indexRetained, type RetainedPersistence } from '../../host-sim/cloud/broker/retained-index.js';
import { filterMatches } from '../../host-sim/cloud/domain/topics.js';

/** Looks through everything, as Aedes does, and counts how often. */
class PlainPersistence implements RetainedPersistence {
  readonly packets = new Map<string, { topic: string; payload: string | Buffer }>();
  searches = 0;

  async storeRetained(packet: { topic: string; payload: string | Buffer }): Promise<void> {
    if (packet.payload.length > 0) this.packets.set(packet.topic, packet);
    else this.packets.delete(packet.topic);
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    this.searches += 1;
    const found = [...this.packets.values()].filter(({ topic }) => filters.some((one) => filterMatches(one, topic)));
    return Readable.from(found);
  }
}

const topicsOf = async (stream: Readable): Promise<string[]> =>
  (await stream.toArray()).map(({ topic }: { topic: string }) => topic).sort();

test('retained messages are found by a board’s root, without a search among those of all boards', async () => {
  const plain = new PlainPersistence();
  const indexed = new PlainPersistence();
  indexRetained(indexed);
  for (const persistence of [plain, indexed]) {
    for (let board = 0; board < 20; board += 1) {
      await persistence.storeRetained({ topic: `/sys/p/dev_${board}/status`, payload: Buffer.from('on') });
    }
    await persistence.storeRetained({ topic: '/sys/p/dev_3/status', payload: '' });
    await persistence.storeRetained({ topic: '/sys/p/dev_4/thing/log/post', payload: 'x' });
  }
  for (const filters of [
    ['/sys/p/dev_1/status'],
    ['/sys/p/dev_4/#', '/sys/p/dev_4/thing/service/+'],
    ['/sys/p/dev_3/status', '/sys/p/dev_3/#'],
    ['/sys/p/dev_1'],
    ['/sys/p/nobody/+'],
  ]) {
    const wanted = await topicsOf(plain.createRetainedStreamCombi(filters));
    expect(await topicsOf(indexed.createRetainedStreamCombi(filters))).toEqual(wanted);
  }
  expect(indexed.searches).toBe(0);
});

test('a filter with a wildcard in the root is searched for as ever', async () => {
  const indexed = new PlainPersistence();
  indexRetained(indexed);
  for (const id of ['a', 'b']) await indexed.storeRetained({ topic: `/sys/p/${id}/status`, payload: 'on' });
  expect(await topicsOf(indexed.createRetainedStreamCombi(['/sys/p/+/status']))).toEqual([
    '/sys/p/a/status',
    '/sys/p/b/status',
  ]);
  expect(indexed.searches).toBe(1);
});
