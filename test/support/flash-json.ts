/*
 * On a chip the constants of modules lie in flash, and XS does not stringify what does: it would have to mark it ("read only
 * value"). Here they are the frozen ones; so for the firmware's own code `JSON.stringify` is as strict.
 */
const stringify = JSON.stringify;
const FIRMWARE = /^\s*at .*[\\/]src[\\/](?!products)/;

JSON.stringify = function strict(this: unknown, ...args: Parameters<typeof stringify>): string {
  const [value] = args;
  if (hasFrozen(value) && FIRMWARE.test(new Error().stack?.split('\n')[2] ?? ''))
    throw new TypeError('read only value');
  return Reflect.apply(stringify, this, args);
} as typeof stringify;

function hasFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.isFrozen(value) || Object.values(value).some(hasFrozen);
}
