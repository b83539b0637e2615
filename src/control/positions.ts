import type { PositionName } from '../core/product.js';

/** The named position nearest to an angle or a level (both in the unit of `positions`); a tie goes to middle. */
export function nearestPosition(
  value: number,
  positions: { readonly up: number; readonly middle: number; readonly down: number },
): PositionName {
  const up = Math.abs(value - positions.up);
  const middle = Math.abs(value - positions.middle);
  const down = Math.abs(value - positions.down);
  if (up < middle && up < down) return 'up';
  if (down < middle && down < up) return 'down';
  return 'middle';
}

/** Where a flip leads: up becomes down, anything else becomes up. */
export function flipped(position: PositionName): PositionName {
  return position === 'up' ? 'down' : 'up';
}
