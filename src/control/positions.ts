import type { PositionName } from '../core/product.js';

/** The named position nearest to an angle; a tie goes to middle. */
export function nearestPosition(
  angleDeg: number,
  positionsDeg: { readonly up: number; readonly middle: number; readonly down: number },
): PositionName {
  const up = Math.abs(angleDeg - positionsDeg.up);
  const middle = Math.abs(angleDeg - positionsDeg.middle);
  const down = Math.abs(angleDeg - positionsDeg.down);
  if (up < middle && up < down) return 'up';
  if (down < middle && down < up) return 'down';
  return 'middle';
}

/** Where a flip leads: up becomes down, anything else becomes up. */
export function flipped(position: PositionName): PositionName {
  return position === 'up' ? 'down' : 'up';
}
