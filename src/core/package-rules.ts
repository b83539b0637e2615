import { PackageError, type PackageHeader } from './package-header.js';
import { compareVersions } from './version.js';

/** What a board takes. */
export interface PackageRules {
  readonly productKey: string;
  readonly chip: string;
  /** Of the running build. */
  readonly version: string;
  /** The lowest that is taken; `undefined`: any above the running one. */
  readonly floor: string | undefined;
  readonly maxImageBytes: number;
}

/** Whether a package that is signed is for this board, and an update of it. @throws {PackageError} */
export function mustSuit(header: PackageHeader, rules: PackageRules): void {
  const { productKey, chip, version, floor, maxImageBytes } = rules;
  if (header.productKey !== productKey) {
    throw new PackageError('wrong_product', `the package is for product ${header.productKey}, not ${productKey}`);
  }
  if (header.chip !== chip) throw new PackageError('wrong_chip', `the package is for chip ${header.chip}, not ${chip}`);
  if (compareVersions(header.version, version) <= 0) {
    throw new PackageError('not_newer', `the package has version ${header.version}, which is not above ${version}`);
  }
  if (floor !== undefined && compareVersions(header.version, floor) < 0) {
    throw new PackageError(
      'below_floor',
      `the package has version ${header.version}, which is below the floor ${floor}`,
    );
  }
  if (header.imageBytes > maxImageBytes) {
    throw new PackageError(
      'too_large',
      `the image has ${header.imageBytes} bytes, and the slot takes ${maxImageBytes}`,
    );
  }
}
