import type { JSX } from 'preact';
import { plain } from '../../i18n/plain.js';
import { clockTime } from '../../i18n/time.js';
import { sentenceOf } from '../../net/api-error.js';
import { Badge, type Tone } from '../../ui/badge.js';
import { type ServiceCall, shownJson } from './service-call.js';
import { serviceWords } from './words.js';

/** What was called and what came of it, newest first; told as it comes. */
export function CallList({ calls }: { calls: readonly ServiceCall[] }): JSX.Element {
  const words = serviceWords();
  return (
    <section class="card stack">
      <h2>{words.calls}</h2>
      {calls.length === 0 && <p class="quiet">{words.noCalls}</p>}
      <div class="calls" role="log" aria-label={words.calls}>
        <ol>
          {calls.map((call) => (
            <li key={call.id} class="stack">
              <div class="row">
                <strong>{plain(call.service)}</strong>
                <Outcome call={call} />
              </div>
              <p class="quiet">
                {words.sentAt(clockTime(call.sentAt))}
                {call.tookMs !== undefined && `, ${words.took(call.tookMs)}`}
                {call.params === null && `, ${words.without}`}
              </p>
              {call.params !== null && <pre>{plain(shownJson(call.params))}</pre>}
              {call.reply?.message !== undefined && <p>{plain(call.reply.message)}</p>}
              {call.reply?.data !== undefined && <pre class="answer">{plain(shownJson(call.reply.data))}</pre>}
              {call.error !== undefined && <p class="fault">{plain(sentenceOf(call.error))}</p>}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function Outcome({ call: { reply, error } }: { call: ServiceCall }): JSX.Element {
  const words = serviceWords();
  const [tone, text]: [Tone, string] = reply
    ? reply.code === 200
      ? ['good', words.answered(reply.code)]
      : ['bad', words.refused(reply.code)]
    : error === undefined
      ? ['quiet', words.waiting]
      : ['bad', words.failed];
  return <Badge tone={tone} text={text} />;
}
