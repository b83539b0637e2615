import type { Sdk } from './moddable.mjs';

/** A folder that passes for ESP-IDF as far as the XS stages look. */
export function makeStandIn(folder: string): Promise<void>;
/** Bytes of the linked XS image on a 32-bit chip; `undefined` without a 32-bit compiler. */
export function romSize(sdk: Sdk, intermediates: string, folder: string): Promise<number | undefined>;
