import type { PositionName } from './product.js';

/** What one output is told to do, after a message has been read and checked for form. */
export type ControlCommand = (
  | { readonly kind: 'position'; readonly channel: number; readonly position: PositionName }
  /** Up becomes down, anything else becomes up. */
  | { readonly kind: 'flip'; readonly channel: number }
  /** Without `durationMs`: the product's own pulse. */
  | { readonly kind: 'pulse'; readonly channel: number; readonly durationMs?: number }
  /** 0 to 180 degrees, clamped to the product's limits. */
  | { readonly kind: 'angle'; readonly channel: number; readonly angleDeg: number }
  /** 0 to 100 percent. */
  | { readonly kind: 'level'; readonly channel: number; readonly level: number }
) & {
  /** How it was said; some control modes take a position in one form and not in another. Absent: not from a message, but from the board's own button. */
  readonly form?: CommandForm;
};

/** The two forms of API reference 4.5 (`action`; `switch` and `angle`), and a writable property of the thing model. */
export type CommandForm = 'action' | 'legacy' | 'property';

/** Alink codes of a refusal: the message is wrong; it is too old; it is right, but not now. */
export const BAD_PARAMETER = 460;
export const STALE = 100_001;
export const NOT_NOW = 100_002;

/** Why a command is refused: one of the codes above and a sentence that names the field. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
  /** Keys that meant nothing, where nothing else was asked. */
  readonly ignored?: readonly string[];
}

/** The refusal of a bad parameter. */
export function badParameter(message: string): Refusal {
  return { code: BAD_PARAMETER, message };
}
