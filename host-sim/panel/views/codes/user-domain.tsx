import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useDeed } from '../../state/use-deed.js';
import { useWorld } from '../../state/use-world.js';
import { Copied } from '../../ui/copied.js';
import { Facts } from '../../ui/facts.js';
import { Problem } from '../../ui/problem.js';
import { codesWords } from './codes-words.js';

/** The user domain. Its secret is asked for when it is to be seen, and is in the page no longer than that. */
export function UserDomain(): JSX.Element {
  const { api, place } = useWorld();
  const words = codesWords();
  const [secret, setSecret] = useState<string | undefined>(undefined);
  const { isBusy, error, run } = useDeed();
  const show = (): Promise<boolean> =>
    run(async () => setSecret((await api.get<{ readonly secret: string }>('/operator/user-domain')).secret));

  return (
    <section class="stack" aria-labelledby="user-domain">
      <h2 id="user-domain">{words.domain}</h2>
      <p class="quiet">
        {words.domainHint}
        <a href="/docs" target="_blank" rel="noreferrer">
          {words.reference}
        </a>
        {words.stop}
      </p>
      <div class="card">
        <Facts
          facts={[
            [words.userDomain, <Copied key="domain" text={place.userDomain} label={words.copyDomain} />],
            [
              words.secret,
              <span key="secret" class="row">
                {secret === undefined ? (
                  <span class="quiet">{words.hidden}</span>
                ) : (
                  <Copied text={secret} label={words.copySecret} />
                )}
                <button
                  type="button"
                  class="button small"
                  disabled={isBusy}
                  onClick={() => (secret === undefined ? void show() : setSecret(undefined))}
                >
                  {secret === undefined ? words.show : words.hide}
                </button>
              </span>,
            ],
          ]}
        />
      </div>
      <Problem error={error} />
    </section>
  );
}
