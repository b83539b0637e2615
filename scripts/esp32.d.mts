import type { Product } from '../src/core/product.js';
import type { Settings } from '../src/ports/settings.js';

/** What the command line asks for; `help` alone where it asks for help. Rejects with `status` 2. */
export function readArguments(
  args: readonly string[],
  environment?: Readonly<Record<string, string | undefined>>,
): Promise<{
  readonly help?: true;
  readonly action?: 'build' | 'flash';
  readonly target?: string;
  readonly product?: string;
  readonly port?: string | undefined;
  readonly debug?: boolean;
  readonly updateKey?: readonly string[];
  readonly settings?: Settings;
}>;

/** Lines for people: how boards in the field come to run the build in the folder `images`. */
export function howToUpdate(
  options: { readonly product: string; readonly updateKey: readonly string[]; readonly settings: Settings },
  product: Pick<Product, 'productKey' | 'firmwareVersion'>,
  images: string,
): string;
