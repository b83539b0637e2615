import type { JSX } from 'preact';
import { wordsOf } from '../i18n/language.js';
import { href, route } from '../state/router.js';
import { useWorld } from '../state/use-world.js';
import { Confirmation } from '../ui/confirm.js';
import { Page } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';
import { Choices } from './choices.js';
import { VIEWS } from './views.js';
import { appWords } from './words.js';

/** What is around every view: the ways to the others, who is signed in, language and colours. */
export function Shell(): JSX.Element {
  const { session, live } = useWorld();
  const words = appWords();
  const [path = VIEWS[0]!.path, ...rest] = route.value;
  const view = VIEWS.find((one) => one.path === path);
  return (
    <div class="shell">
      <button type="button" class="button skip" onClick={() => document.getElementById('main')?.focus()}>
        {words.skip}
      </button>
      <header>
        <span class="brand">SmartLink</span>
        {!live.connected.value && (
          <span class="quiet" role="status">
            {words.notConnected}
          </span>
        )}
        <Choices />
        <span>{session.user.value?.username}</span>
        <button type="button" class="button small" onClick={() => void session.signOut()}>
          {words.signOut}
        </button>
      </header>
      <nav aria-label={words.views}>
        <ul>
          {VIEWS.map((one) => (
            <li key={one.path}>
              <a href={href(one.path)} aria-current={one === view ? 'page' : undefined}>
                {wordsOf(one.title)}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" tabIndex={-1}>
        {view ? <view.View key={view.path} rest={rest} /> : <Page title={words.noSuchView}>{null}</Page>}
      </main>
      <Confirmation />
      <Toasts />
    </div>
  );
}
