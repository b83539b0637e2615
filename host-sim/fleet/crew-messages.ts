import type { Cut } from './crew.js';

/** What a crew in another thread is told. */
export type ToCrew =
  | { readonly type: 'cut'; readonly index: number; readonly how: Cut }
  | { readonly type: 'stop'; readonly withinMs: number };

/** What it tells. */
export type FromCrew =
  | { readonly type: 'online'; readonly index: number; readonly deviceId: string }
  | { readonly type: 'offline'; readonly index: number }
  | { readonly type: 'trouble'; readonly index: number; readonly why: string }
  /** Its boards are off. `left`: what of them still keeps the thread. */
  | { readonly type: 'stopped'; readonly left: readonly string[] };
