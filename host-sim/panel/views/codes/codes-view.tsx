import type { JSX } from 'preact';
import { ApiError } from '../../net/api-error.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import { CodeList, type SentCode } from './code-list.js';
import { codesWords } from './codes-words.js';
import { UserDomain } from './user-domain.js';
import './codes.css';

const POLL_MS = 2_000;

/** Codes that were sent, and the user domain: for who runs the cloud. */
export function CodesView(): JSX.Element {
  const { api } = useWorld();
  const words = codesWords();
  const { data, error, reload } = useLoaded(
    (signal) => api.get<{ readonly list: readonly SentCode[] }>('/operator/codes', {}, signal),
    [],
    POLL_MS,
  );
  if (error instanceof ApiError && error.word === 'forbidden') {
    return (
      <Page title={words.title}>
        <p class="card">{words.notYours}</p>
      </Page>
    );
  }
  return (
    <Page title={words.title}>
      <section class="stack" aria-labelledby="codes">
        <h2 id="codes">{words.codes}</h2>
        <p class="quiet">{words.codesHint}</p>
        <Problem error={error} onRetry={reload} />
        {data && <CodeList codes={data.list} />}
      </section>
      {data && <UserDomain />}
    </Page>
  );
}
