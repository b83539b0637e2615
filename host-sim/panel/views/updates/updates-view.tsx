import type { JSX } from 'preact';
import { wordsOf } from '../../i18n/language.js';
import { Page } from '../../ui/page.js';
import { BoardHistory } from './board-history.js';
import { CampaignList } from './campaign-list.js';
import { CampaignPage } from './campaign-page.js';
import { NewCampaign } from './new-campaign.js';
import { PackageList } from './package-list.js';
import './updates.css';

const TITLE = { en: 'Updates', zh: '固件更新' };

/**
 * Firmware packages and their campaigns. `campaigns/ID` is one campaign, `new` and `new/PACKAGE` begin one, `boards/DEVICE` is what became of
 * one board's updates.
 */
export function UpdatesView({ rest: [part, id] }: { rest: readonly string[] }): JSX.Element {
  if (part === 'campaigns' && id !== undefined) return <CampaignPage key={id} campaignId={id} />;
  if (part === 'boards' && id !== undefined) return <BoardHistory key={id} deviceId={id} />;
  if (part === 'new') return <NewCampaign key={id} packageId={id ?? ''} />;
  return (
    <Page title={wordsOf(TITLE)}>
      <CampaignList />
      <PackageList />
    </Page>
  );
}
