import type { Board } from '../../state/board.js';
import type { WireLine } from '../../state/wire-line.js';

/** By what a board's lines name it. */
export function whoOf(board: Board): string {
  return board.sim.peek() ? board.serial : board.id;
}

/** Boards by how lines name them. */
export type Names = ReadonlyMap<string, Board>;

export function namesOf(boards: readonly Board[]): Names {
  return new Map(boards.flatMap((board) => [[board.id, board] as const, [whoOf(board), board] as const]));
}

/** What a person calls the board of a line. */
export function nameOf(line: WireLine, names: Names): string {
  return names.get(line.who)?.name.value ?? line.who;
}
