/**
 * The duty, 0 to `fullDuty`, of a pin that is to be high for a share of the time, 0 to 1. The nearest, but only 0 gives no
 * pulse and only 1 is always on: what is to light a little is not dark for lack of steps.
 */
export function dutyOf(share: number, fullDuty: number): number {
  const duty = Math.round(share * fullDuty);
  if (duty > 0) return duty < fullDuty || share >= 1 ? duty : fullDuty - 1;
  return share > 0 ? 1 : 0;
}
