import type { JSX } from 'preact';
import { useWorld } from '../../state/use-world.js';
import { Page } from '../../ui/page.js';
import { WirePanel } from './wire-panel.js';
import { wireWords } from './words.js';

/** What goes between all boards and the cloud. */
export function WireView(): JSX.Element {
  return (
    <Page title={wireWords().title}>
      <WirePanel log={useWorld().wire.all} />
    </Page>
  );
}
