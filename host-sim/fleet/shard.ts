/** The part of a fleet that one of several machines runs: the boards whose index leaves `index` when divided by `of`. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly of: number;
}

export const WHOLE: Shard = Object.freeze({ index: 0, of: 1 });

/** Of locally administered addresses, so that no station has it. */
const SERIAL_PREFIX = '02F1EE';
/** As many as six hex digits count. */
export const MOST_BOARDS = 100_000;

/** Indices of a shard's boards, of a fleet of `boards`. */
export function indicesOf(boards: number, { index, of }: Shard): number[] {
  const indices: number[] = [];
  for (let board = index; board < boards; board += of) indices.push(board);
  return indices;
}

/** A board's serial number: the same for an index whenever and wherever it runs. */
export function serialOf(index: number): string {
  return `${SERIAL_PREFIX}${index.toString(16).toUpperCase().padStart(6, '0')}`;
}
