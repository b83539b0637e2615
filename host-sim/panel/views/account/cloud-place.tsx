import type { JSX } from 'preact';
import { useWorld } from '../../state/use-world.js';
import { Copied } from '../../ui/copied.js';
import { type Fact, Facts } from '../../ui/facts.js';
import { accountWords } from './account-words.js';

/** Addresses of the cloud, its certificate authority, and what there is to read. */
export function CloudPlace(): JSX.Element {
  const { place } = useWorld();
  const words = accountWords();
  const { environment, caFingerprint } = place;
  const { ca, ...urls } = place.urls;
  const addresses = Object.entries(urls).map(([key, url]): Fact => {
    const name = words.urls[key] ?? key;
    return [name, <Copied key={key} text={url} label={words.copyUrl(name)} />];
  });
  return (
    <section class="card stack" aria-labelledby="place">
      <h2 id="place">{words.place}</h2>
      <Facts
        facts={[
          [words.environment, environment],
          ...addresses,
          [words.authority, ca === undefined ? '' : <Authority url={ca} />],
          [
            words.fingerprint,
            caFingerprint === undefined ? '' : <Copied text={caFingerprint} label={words.copyFingerprint} />,
          ],
          [words.reading, <Reading key="reading" />],
        ]}
      />
    </section>
  );
}

/** Its certificate, from where the page is: over TLS where that is. */
function Authority({ url }: { url: string }): JSX.Element {
  return (
    <>
      <a href={new URL(url, location.href).pathname} download="ca.pem">
        ca.pem
      </a>
      <div class="note">{accountWords().authorityHint}</div>
    </>
  );
}

function Reading(): JSX.Element {
  const words = accountWords();
  return (
    <span class="row">
      <a href="/docs" target="_blank" rel="noreferrer">
        {words.reference}
      </a>
      <a href="/openapi.json" target="_blank" rel="noreferrer">
        {words.openApi}
      </a>
    </span>
  );
}
