import type { JSX } from 'preact';
import { curlLine } from '../../copy/curl.js';
import { clockTime } from '../../i18n/time.js';
import { Badge, type Tone } from '../../ui/badge.js';
import { copyText } from '../../ui/toasts.js';
import type { CommandLog, Outcome, SentCommand } from './command-log.js';
import { controlWords } from './words.js';

/** What was sent to a board from this page, newest first, and what became of it. */
export function SentCommands(props: { log: CommandLog; onAgain: (command: SentCommand) => void }): JSX.Element {
  const { log, onAgain } = props;
  const words = controlWords();
  const commands = log.list.value;
  return (
    <section class="stack" aria-labelledby="control-sent">
      <h2 id="control-sent">{words.sent}</h2>
      {commands.length === 0 && <p class="empty">{words.nothingSent}</p>}
      <ol class="sent-commands">
        {commands.map((command) => (
          <Sent key={command.id} command={command} onAgain={() => onAgain(command)} />
        ))}
      </ol>
    </section>
  );
}

/** What became of the last command, told to who listens. */
export function LastOutcome({ log }: { log: CommandLog }): JSX.Element {
  const last = log.list.value[0];
  return <p role="status">{last && <OutcomeBadge outcome={last.outcome} />}</p>;
}

function Sent({ command, onAgain }: { command: SentCommand; onAgain: () => void }): JSX.Element {
  const { at, path, params, outcome } = command;
  const words = controlWords();
  return (
    <li class="card">
      <div class="row">
        <time class="mono quiet">{clockTime(at)}</time>
        <OutcomeBadge outcome={outcome} />
      </div>
      <p class="mono quiet">POST {path}</p>
      <pre>
        <span aria-hidden="true">→ </span>
        {JSON.stringify(params)}
      </pre>
      <Answer outcome={outcome} />
      <div class="row">
        <button type="button" class="button small" onClick={onAgain}>
          {words.again}
        </button>
        <button type="button" class="button small" onClick={() => void copyText(curlOf(command))}>
          {words.copyCurl}
        </button>
      </div>
    </li>
  );
}

/** What the board answered, as it came; or why the cloud refused, in its words. */
function Answer({ outcome }: { outcome: Outcome }): JSX.Element | null {
  if (outcome.kind === 'refused') return <p>{outcome.sentence}</p>;
  if (outcome.kind !== 'answered') return null;
  return (
    <pre class="sent-reply">
      <span aria-hidden="true">← </span>
      {JSON.stringify(outcome.reply)}
    </pre>
  );
}

function OutcomeBadge({ outcome }: { outcome: Outcome }): JSX.Element {
  return <Badge {...shownAs(outcome)} />;
}

function shownAs(outcome: Outcome): { readonly tone: Tone; readonly text: string } {
  const words = controlWords();
  if (outcome.kind === 'waiting') return { tone: 'quiet', text: words.waiting };
  const ms = outcome.tookMs.toFixed(outcome.tookMs < 10 ? 1 : 0);
  switch (outcome.kind) {
    case 'answered': {
      const { code } = outcome.reply;
      return { tone: code === 200 ? 'good' : 'bad', text: words.answered(code, ms) };
    }
    case 'taken':
      return { tone: 'good', text: words.taken(ms) };
    case 'refused':
      return { tone: 'bad', text: words.refused(outcome.word, ms) };
  }
}

function curlOf({ path, params }: SentCommand): string {
  return curlLine({
    method: 'POST',
    url: location.origin + path,
    headers: [['Content-Type', 'application/json']],
    body: JSON.stringify(params),
    needsToken: true,
  });
}
