import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { common } from '../i18n/common.js';
import { sentenceOf } from '../net/api-error.js';
import type { Session } from '../net/session.js';
import { WorldContext } from '../state/use-world.js';
import { openWorld, type World } from '../state/world.js';
import { Problem } from '../ui/problem.js';
import { say } from '../ui/toasts.js';
import { SignInView } from '../views/sign-in/sign-in-view.js';
import { Shell } from './shell.js';

/** The page: whoever is signed in sees the boards, everybody else where to sign in. */
export function App({ session }: { session: Session }): JSX.Element {
  const world = useSignal<World | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const attempts = useSignal(0);
  const isOpen = session.isOpen.value;
  const logins = session.logins.value;
  const linkError = session.linkError.value;
  const attempt = attempts.value;

  useEffect(() => {
    if (!isOpen) return undefined;
    let isOver = false;
    let opened: World | undefined;
    error.value = undefined;
    openWorld(session).then(
      (found) => {
        if (isOver) found.stop();
        else opened = world.value = found;
      },
      (reason: unknown) => {
        if (!isOver) error.value = reason;
      },
    );
    return () => {
      isOver = true;
      opened?.stop();
      world.value = undefined;
    };
  }, [isOpen, logins, attempt]);

  useEffect(() => {
    // Who is signed in is told in passing; who is not, where he signs in.
    if (isOpen && linkError !== undefined) say(sentenceOf(linkError), true);
  }, [linkError]);

  if (!isOpen) return <SignInView session={session} />;
  if (world.value) {
    return (
      <WorldContext.Provider value={world.value}>
        <Shell />
      </WorldContext.Provider>
    );
  }
  return (
    <main class="sign-in">
      <p role="status">{common().loading}</p>
      <Problem error={error.value} onRetry={() => attempts.value++} />
    </main>
  );
}
