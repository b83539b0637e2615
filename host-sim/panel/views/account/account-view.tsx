import type { JSX } from 'preact';
import { Choices } from '../../app/choices.js';
import { plain } from '../../i18n/plain.js';
import { useWorld } from '../../state/use-world.js';
import { Facts } from '../../ui/facts.js';
import { Page } from '../../ui/page.js';
import { accountWords } from './account-words.js';
import { ApiKeys } from './api-keys.js';
import { CloudPlace } from './cloud-place.js';

/** Who is signed in, his API keys, and where the cloud is. */
export function AccountView(): JSX.Element {
  const { session } = useWorld();
  const words = accountWords();
  const user = session.user.value;
  return (
    <Page title={words.title}>
      <section class="card stack" aria-labelledby="who">
        <h2 id="who">{words.who}</h2>
        {user && (
          <Facts
            facts={[
              [words.user, plain(user.username)],
              [words.id, user.userId],
              [words.mail, user.email === null ? words.noMail : plain(user.email)],
            ]}
          />
        )}
        <div class="row">
          <button type="button" class="button" onClick={() => void session.signOut()}>
            {words.signOut}
          </button>
        </div>
      </section>
      <section class="card stack" aria-labelledby="taste">
        <h2 id="taste">{words.taste}</h2>
        <div class="row">
          <Choices />
        </div>
      </section>
      <ApiKeys />
      <CloudPlace />
    </Page>
  );
}
