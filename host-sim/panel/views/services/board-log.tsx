import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { plain } from '../../i18n/plain.js';
import { useWorld } from '../../state/use-world.js';
import { shownJson } from './service-call.js';
import { serviceWords } from './words.js';

/** Lines that are kept, the oldest ones going first. */
const MOST_LINES = 200;
const MOST_LINE_CHARACTERS = 500;

/** What a board posts of its event ring while this is shown: it does so when it is asked for its log. */
export function BoardLog({ deviceId }: { deviceId: string }): JSX.Element | null {
  const { live } = useWorld();
  const words = serviceWords();
  const [lines, setLines] = useState<readonly string[]>([]);
  useEffect(
    () =>
      live.onMessage((message) => {
        if (message.deviceId !== deviceId || message.path !== 'thing/log/post') return;
        const { params = message.payload } = (message.payload ?? {}) as { readonly params?: unknown };
        const posted = Array.isArray(params) ? params : [params];
        const fresh = posted.map((event) => shownJson(event, MOST_LINE_CHARACTERS).replace(/\s*\n\s*/g, ' '));
        setLines((before) => [...before, ...fresh].slice(-MOST_LINES));
      }),
    [live, deviceId],
  );
  if (lines.length === 0) return null;
  return (
    <section class="card stack">
      <h2>{words.log}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keyboard, too */}
      <section class="board-log" tabIndex={0} aria-label={words.log}>
        <pre>{plain(lines.join('\n'))}</pre>
      </section>
    </section>
  );
}
