import { isObject } from '../../src/core/json-guard.js';
import type { Product } from '../../src/core/product.js';
import { parseProduct } from '../products/load.js';
import type { Happening } from './happening.js';
import type { Scenario } from './scenario.js';

const FORMAT = 'smartlink-recording/1';
const MOST_BOARDS = 10_000;
const MOST_HAPPENINGS = 1_000_000;
const LONGEST_MS = 366 * 86_400_000;

/** What happened to real or simulated boards, to be lived through again in a virtual world. Plain JSON. */
export interface Recording {
  readonly format: typeof FORMAT;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly durationMs: number;
  readonly boards: readonly { readonly serial: string; readonly definition: Product }[];
  readonly happenings: readonly Happening[];
  /** What was seen and cannot be made to happen again, in words. */
  readonly leftOut: readonly string[];
}

/** A recording of these boards. */
export function makeRecording(parts: Omit<Recording, 'format' | 'recordedAt'>, nowMs: number): Recording {
  return { format: FORMAT, recordedAt: new Date(nowMs).toISOString(), ...parts };
}

/** A recording that is not one: one sentence that names the field. */
export class RecordingError extends Error {
  readonly code = 'bad_recording';
}

/**
 * Reads a recording from the text of a file.
 * @param isKind whether there is such a kind of happening
 * @throws RecordingError; InvalidProductError for a product definition that is wrong
 */
export function readRecording(text: string, isKind: (what: string) => boolean): Recording {
  const json = parse(text);
  const { format, durationMs, boards, happenings, leftOut, recordedAt } = json;
  must(format === FORMAT, `format must be "${FORMAT}"`);
  must(isTime(durationMs, LONGEST_MS), `durationMs must be a number from 0 to ${LONGEST_MS}`);
  must(Array.isArray(boards) && boards.length > 0 && boards.length <= MOST_BOARDS, 'boards must be a list of boards');
  must(
    Array.isArray(happenings) && happenings.length <= MOST_HAPPENINGS,
    `happenings must be a list of at most ${MOST_HAPPENINGS}`,
  );
  (happenings as unknown[]).forEach((happening, index) => {
    const at = `happenings[${index}]`;
    must(isObject(happening), `${at} must be an object`);
    const { atMs, what } = happening as Record<string, unknown>;
    must(isTime(atMs, durationMs as number), `${at}.atMs must be a number from 0 to durationMs`);
    must(typeof what === 'string' && isKind(what), `${at}.what must be the name of something that can happen`);
  });
  return {
    format: FORMAT,
    recordedAt: typeof recordedAt === 'string' ? recordedAt : '',
    durationMs: durationMs as number,
    boards: (boards as unknown[]).map((board, index) => {
      must(isObject(board), `boards[${index}] must be an object`);
      const { serial, definition } = board as Record<string, unknown>;
      must(typeof serial === 'string', `boards[${index}].serial must be a text`);
      return { serial: serial as string, definition: parseProduct(definition, `boards[${index}].definition`) };
    }),
    happenings: happenings as Happening[],
    leftOut: Array.isArray(leftOut) ? leftOut.filter((line) => typeof line === 'string') : [],
  };
}

/** The world that a recording is lived through in. */
export function replayOf(recording: Recording): Scenario {
  return {
    name: 'replay',
    about: `What was recorded at ${recording.recordedAt}.`,
    products: recording.boards.map(({ definition }) => definition),
    // What befell one board's network befell no other's, as far as anybody knows.
    boardsAPlace: 1,
    durationMs: recording.durationMs,
    plan: () => recording.happenings,
  };
}

function parse(text: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new RecordingError('a recording must be a JSON object');
  }
  must(isObject(json), 'a recording must be a JSON object');
  return json as Record<string, unknown>;
}

function isTime(value: unknown, mostMs: number): boolean {
  return typeof value === 'number' && value >= 0 && value <= mostMs;
}

function must(holds: boolean, sentence: string): void {
  if (!holds) throw new RecordingError(sentence);
}
