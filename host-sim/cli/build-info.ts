declare const SMARTLINK_BUILD_TIME_MS: number | undefined;

/** When this program was built, epoch milliseconds; run from source, the start of the project's first year. */
export const buildTimeMs: number =
  typeof SMARTLINK_BUILD_TIME_MS === 'number' ? SMARTLINK_BUILD_TIME_MS : Date.UTC(2026, 0, 1);
