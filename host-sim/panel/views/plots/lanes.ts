import type { ThingProperty } from '../../state/device.js';
import type { Point } from './history.js';

/** A value other than those that are named is a level of its own; of more than these, none. */
const MOST_LEVELS = 16;

/**
 * How a property is drawn: numbers along a scale, in steps where they jump; names as steps of a stair; anything else, which has
 * no height, as a list. Levels stand from the bottom up.
 */
export type Lane =
  | { readonly kind: 'numbers'; readonly isStepped: boolean }
  | { readonly kind: 'levels'; readonly levels: readonly (string | boolean)[] }
  | { readonly kind: 'texts' };

/** @param property undefined: the product says nothing of it, and what was reported decides */
export function laneOf(property: Pick<ThingProperty, 'type' | 'values'> | undefined, points: readonly Point[]): Lane {
  switch (property?.type) {
    case 'integer':
      return { kind: 'numbers', isStepped: true };
    case 'number':
      return { kind: 'numbers', isStepped: false };
    case 'boolean':
      return { kind: 'levels', levels: [false, true] };
    case 'enum':
      return { kind: 'levels', levels: levelsOf(property.values ?? [], points) };
    case undefined:
      if (points.length === 0 || points.some(({ value }) => typeof value !== 'number')) {
        const isFlag = points.length > 0 && points.every(({ value }) => typeof value === 'boolean');
        return isFlag ? { kind: 'levels', levels: [false, true] } : { kind: 'texts' };
      }
      return { kind: 'numbers', isStepped: points.every(({ value }) => Number.isInteger(value)) };
  }
}

/** How high a value stands in a lane; null: it is none of it, and leaves a gap. */
export function heightOf(lane: Lane, value: unknown): number | null {
  if (lane.kind === 'numbers') return typeof value === 'number' && Number.isFinite(value) ? value : null;
  if (lane.kind === 'texts') return null;
  const level = lane.levels.indexOf(value as string | boolean);
  return level < 0 ? null : level;
}

/** The points at which a value is another than before, newest first. */
export function changesOf(points: readonly Point[], most: number): readonly Point[] {
  const changes: Point[] = [];
  for (let i = points.length - 1; i >= 0 && changes.length < most; i--) {
    const before = points[i - 1];
    if (before === undefined || JSON.stringify(before.value) !== JSON.stringify(points[i]!.value)) {
      changes.push(points[i]!);
    }
  }
  return changes;
}

function levelsOf(values: readonly string[], points: readonly Point[]): readonly string[] {
  const levels = new Set(values);
  for (const { value } of points) if (typeof value === 'string' && levels.size < MOST_LEVELS) levels.add(value);
  // As they are named: the first on top.
  return [...levels].reverse();
}
