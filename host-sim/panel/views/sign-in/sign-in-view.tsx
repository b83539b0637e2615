import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Choices } from '../../app/choices.js';
import { timeOfDay } from '../../i18n/time.js';
import { ApiError } from '../../net/api-error.js';
import type { Session } from '../../net/session.js';
import { useNow } from '../../state/use-now.js';
import { Field } from '../../ui/field.js';
import { Problem } from '../../ui/problem.js';
import { signInWords } from './sign-in-words.js';

/** Where a cloud that asks for patience does not say how much, seconds. */
const SOME_PATIENCE_S = 30;

interface Attempt {
  readonly account: string;
  readonly password: string;
  readonly error?: unknown;
  /** Too many before it: the next one is taken then, ms since 1970. */
  readonly until?: number;
}

/** Where somebody signs in whom the link did not. */
export function SignInView({ session }: { session: Session }): JSX.Element {
  const words = signInWords();
  const [account, setAccount] = useState('dev');
  const [password, setPassword] = useState('');
  const [last, setLast] = useState<Attempt | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const now = useNow(last?.until);
  const secondsLeft = Math.max(0, Math.ceil(((last?.until ?? now) - now) / 1_000));
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    document.title = `${words.title} · SmartLink`;
  }, [words]);
  useEffect(() => {
    const { current } = form;
    const first =
      current?.querySelector<HTMLElement>('[aria-invalid="true"]') ?? current?.querySelector('[type=password]');
    if (first instanceof HTMLElement) first.focus();
  }, [last]);

  const submit = async (): Promise<void> => {
    if (account === '' || password === '') {
      setLast({ account, password });
      return;
    }
    setBusy(true);
    try {
      await session.signIn(account, password);
    } catch (error) {
      const seconds =
        wordOf(error) === 'too_many_requests' ? ((error as ApiError).retryAfterS ?? SOME_PATIENCE_S) : undefined;
      setLast({ account, password, error, ...(seconds !== undefined && { until: Date.now() + seconds * 1_000 }) });
      // What is wrong is typed anew, and stands in no page meanwhile.
      if (wordOf(error) === 'invalid_password') setPassword('');
      setBusy(false);
    }
  };

  const isWrong = wordOf(last?.error) === 'invalid_password';
  const accountFault = last?.account === '' ? words.accountMissing : undefined;
  const passwordFault = last?.password === '' ? words.passwordMissing : isWrong ? words.wrongPassword : undefined;
  return (
    <main class="sign-in">
      <div class="sign-in-head">
        <Choices />
      </div>
      <form
        ref={form}
        class="card stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBusy && secondsLeft === 0) void submit();
        }}
      >
        <h1>{words.title}</h1>
        <p class="quiet">{words.hint}</p>
        <Notice session={session} last={last} isWaiting={secondsLeft > 0} />
        <Field
          label={words.account}
          name="username"
          value={account}
          onInput={setAccount}
          autocomplete="username"
          fault={accountFault}
        />
        <Field
          label={words.password}
          name="password"
          value={password}
          onInput={setPassword}
          type="password"
          autocomplete="current-password"
          fault={passwordFault}
        />
        <button type="submit" class="button primary" disabled={isBusy || secondsLeft > 0}>
          {secondsLeft > 0 ? words.signInAfter(secondsLeft) : words.signIn}
        </button>
      </form>
    </main>
  );
}

/** Why somebody stands before this page, or why the last attempt failed where no field says it. */
function Notice(props: { session: Session; last: Attempt | undefined; isWaiting: boolean }): JSX.Element | null {
  const { session, last, isWaiting } = props;
  const words = signInWords();
  if (last?.until !== undefined)
    return isWaiting ? <Problem error={new Error(words.tooMany(timeOfDay(last.until)))} /> : null;
  if (last !== undefined) return wordOf(last.error) === 'invalid_password' ? null : <Problem error={last.error} />;
  const linkError = session.linkError.value;
  if (linkError !== undefined) {
    return <Problem error={wordOf(linkError) === 'invalid_code' ? new Error(words.wrongLink) : linkError} />;
  }
  return session.hasLapsed.value ? <Problem error={new Error(words.lapsed)} /> : null;
}

function wordOf(error: unknown): string | undefined {
  return error instanceof ApiError ? error.word : undefined;
}
