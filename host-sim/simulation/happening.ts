import type { SeededRandom } from './seeded-random.js';
import type { World } from './world.js';

/** How a happening went in detail: plain JSON, so that it can be kept in a file. */
export type Details = Readonly<Record<string, unknown>>;

/** Something that is to happen to a world. */
export interface Happening extends Details {
  /** Since the world began, ms. */
  readonly atMs: number;
  readonly what: string;
}

/** One kind of what can happen: a fault, or what people do. */
export interface Kind {
  readonly what: string;
  /** What it is, in one sentence. */
  readonly about: string;
  /** How one of it goes, in a world of so many boards. */
  draw(random: SeededRandom, boards: number): Details;
  /** Lets it begin; it ends by itself. */
  begin(world: World, details: Details): void;
}

/** A detail that is not what its kind takes; the sentence names it. */
export class DetailError extends Error {
  override readonly name = 'DetailError';
}

/** A number of the details. @throws DetailError that names it */
export function numberOf(details: Details, name: string): number {
  const value = details[name];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new DetailError(`"${name}" must be a number`);
  return value;
}

/** A text of the details. @throws DetailError that names it */
export function textOf(details: Details, name: string): string {
  const value = details[name];
  if (typeof value !== 'string') throw new DetailError(`"${name}" must be a text`);
  return value;
}
