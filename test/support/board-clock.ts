import type { vi } from 'vitest';

/** What a test fakes for a board to run in its virtual time; the sockets keep the real one. */
export const BOARD_CLOCK: NonNullable<NonNullable<Parameters<typeof vi.useFakeTimers>[0]>['toFake']> = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'performance',
];
