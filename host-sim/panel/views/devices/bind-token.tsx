import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { dayTime } from '../../i18n/time.js';
import { useDeed } from '../../state/use-deed.js';
import { useWorld } from '../../state/use-world.js';
import { OnceDialog } from '../../ui/once-dialog.js';
import { Problem } from '../../ui/problem.js';
import { say } from '../../ui/toasts.js';
import { projectWords } from './project-words.js';

interface BindToken {
  readonly bindToken: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Makes tokens that put boards into a project. One is in the page while its dialog is open, and until it ends. */
export function BindTokenSection({ path }: { path: string }): JSX.Element {
  const { api } = useWorld();
  const words = projectWords();
  const making = useDeed();
  const [token, setToken] = useState<(BindToken & { readonly endsAt: number }) | undefined>(undefined);
  useEffect(() => {
    if (!token) return undefined;
    const timer = setTimeout(() => {
      setToken(undefined);
      say(words.bindEnded);
    }, token.expiresIn * 1_000);
    return () => clearTimeout(timer);
  }, [token]);
  const make = async (): Promise<void> => {
    const made = await api.post<BindToken>(`${path}/bind-tokens`);
    // By this page's clock, as all times that it shows.
    setToken({ ...made, endsAt: Date.now() + made.expiresIn * 1_000 });
  };
  return (
    <section class="stack">
      <h2>{words.bind}</h2>
      <p>{words.bindText}</p>
      <Problem error={making.error} />
      <p>
        <button type="button" class="button" disabled={making.isBusy} onClick={() => void making.run(make)}>
          {words.bindTitle}
        </button>
      </p>
      {token && (
        <OnceDialog title={words.bind} secret={token.bindToken} onClose={() => setToken(undefined)}>
          <p>{words.bindUse}</p>
          <p>{words.bindUntil(dayTime(token.endsAt))}</p>
        </OnceDialog>
      )}
    </section>
  );
}
