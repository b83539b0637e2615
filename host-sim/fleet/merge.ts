import { Histogram } from './histogram.js';
import { type FleetResult, RESULT_FORMAT, RESULT_VERSION, round, type Times, timesOf } from './result.js';

/**
 * One result of those of several machines: counts and rates add up, times are those of all sets together.
 * @throws {Error} where they are not parts of one fleet, or one is there twice
 */
export function mergeResults(results: readonly FleetResult[]): FleetResult {
  const [first, ...others] = results;
  if (first === undefined) throw new Error('there is nothing to add up');
  const same = (result: FleetResult): string =>
    JSON.stringify([result.shards.of, result.options.boards, result.options.product, result.options.path]);
  for (const result of others) {
    if (same(result) !== same(first))
      throw new Error('these are not parts of one fleet: shards, boards, product and path must be the same');
  }
  const indices = results.flatMap(({ shards }) => shards.indices);
  if (new Set(indices).size !== indices.length) throw new Error('one shard is there twice');
  const { of } = first.shards;
  const missing = Array.from({ length: of }, (_, index) => index).filter((index) => !indices.includes(index));
  const problems = results.flatMap((result) => result.problems);
  if (missing.length > 0) problems.push(`shards are missing: ${missing.map((index) => `${index}/${of}`).join(', ')}`);
  const sum = (read: (result: FleetResult) => number): number => results.reduce((all, result) => all + read(result), 0);
  const latest = (read: (result: FleetResult) => number | null): number | null =>
    results.some((result) => read(result) === null) ? null : Math.max(...results.map((result) => read(result)!));
  const times = (read: (result: FleetResult) => Times): Times => {
    const all = new Histogram();
    for (const result of results) all.merge(Histogram.read(read(result).histogram));
    return timesOf(all);
  };
  return {
    ...first,
    ok: problems.length === 0,
    problems,
    interrupted: results.some(({ interrupted }) => interrupted),
    options: {
      ...first.options,
      ratePerS: round(sum(({ options }) => options.ratePerS)),
      chaosPerS: round(sum(({ options }) => options.chaosPerS)),
    },
    shards: { of, indices: indices.sort((a, b) => a - b) },
    boards: {
      wanted: sum(({ boards }) => boards.wanted),
      online: sum(({ boards }) => boards.online),
      allOnlineAfterS: latest(({ boards }) => boards.allOnlineAfterS),
    },
    load: {
      sent: sum(({ load }) => load.sent),
      answered: sum(({ load }) => load.answered),
      lost: sum(({ load }) => load.lost),
      refused: sum(({ load }) => load.refused),
      cutOff: sum(({ load }) => load.cutOff),
      cutOffAnswered: sum(({ load }) => load.cutOffAnswered),
      doubled: sum(({ load }) => load.doubled),
      posts: sum(({ load }) => load.posts),
      drops: sum(({ load }) => load.drops),
      resets: sum(({ load }) => load.resets),
      silences: sum(({ load }) => load.silences),
      unsent: sum(({ load }) => load.unsent),
      seconds: Math.max(...results.map(({ load }) => load.seconds)),
      setsPerS: round(sum(({ load }) => load.setsPerS)),
      messagesPerS: round(sum(({ load }) => load.messagesPerS)),
      latencyUs: times(({ load }) => load.latencyUs),
      latenessUs: times(({ load }) => load.latenessUs),
    },
    connections: {
      reconnectUs: times(({ connections }) => connections.reconnectUs),
      silentUs: times(({ connections }) => connections.silentUs),
      backAfterS: latest(({ connections }) => connections.backAfterS),
    },
    machines: results.flatMap(({ machines }) => machines),
  };
}

/** @throws {Error} where a text is no result of a fleet, or of another version */
export function readResult(text: string): FleetResult {
  let result: Partial<FleetResult> | null = null;
  try {
    result = JSON.parse(text);
  } catch {
    // The sentence is the same.
  }
  if (result === null || typeof result !== 'object' || result.format !== RESULT_FORMAT)
    throw new Error('is no result of a fleet');
  if (result.version !== RESULT_VERSION)
    throw new Error(`is of version ${result.version}; this program knows ${RESULT_VERSION}`);
  return result as FleetResult;
}
