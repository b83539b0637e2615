import { plain } from '../../i18n/plain.js';
import type { Campaign, FirmwarePackage } from './messages.js';

/** How a package is called in a sentence. */
export function nameOf({ productKey, version }: Pick<FirmwarePackage, 'productKey' | 'version'>): string {
  return `${productKey} ${version}`;
}

/** What a campaign is called: its id where it has no name. */
export function titleOf({ name, campaignId }: Campaign): string {
  return name === '' ? campaignId : plain(name);
}
