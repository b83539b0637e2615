import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SimHttpEntry, SimMqttEntry } from '../../../sim-api/messages.js';
import { clockTime } from '../../i18n/time.js';
import { summaryWords } from '../../i18n/wire-summary.js';
import type { WireLine } from '../../state/wire-line.js';
import { summaryOf } from '../../state/wire-summary.js';
import { bytesOf, hexDump } from './hex-dump.js';
import { LineCommands } from './line-commands.js';
import { PayloadText } from './payload-text.js';
import { visible } from './visible.js';
import { type Names, nameOf } from './who.js';
import { directionText } from './wire-row.js';
import { wireWords } from './words.js';

/** As the simulated world writes a secret that it does not show. */
const REDACTED = /\*{3}/;

/** All that is known of a line. */
export function LineDetail({ line, names }: { line: WireLine; names: Names }): JSX.Element {
  const words = wireWords();
  const { fact, bytes, source } = line;
  const isGap = fact.kind === 'gap';
  return (
    <div class="stack wire-detail-body">
      <p class="mono">{visible(summaryOf(fact, summaryWords()))}</p>
      <dl class="wire-facts">
        <Fact name={words.columns.time} value={clockTime(line.at)} />
        {!isGap && <Fact name={words.columns.board} value={nameOf(line, names)} />}
        {!isGap && <Fact name={words.columns.direction} value={directionText(line)} />}
        {bytes > 0 && <Fact name={words.columns.size} value={words.bytes(bytes)} />}
        {fact.kind === 'http' && <Fact name={words.columns.duration} value={`${Math.round(fact.durationMs)} ms`} />}
        {fact.kind === 'life' && <Fact name={words.event} value={`${fact.name} (${words.levels[fact.level]})`} />}
        {fact.kind === 'mqtt' && <Packet entry={fact} />}
      </dl>
      {source === 'cloud' && <p class="quiet">{words.fromCloud}</p>}
      {!isGap && REDACTED.test(JSON.stringify(fact)) && <p class="quiet">{words.redacted}</p>}
      {fact.kind === 'mqtt' && fact.payload !== undefined && (
        <section class="stack">
          <h3>{words.payload}</h3>
          <PayloadText text={fact.payload} />
        </section>
      )}
      {fact.kind === 'life' && Object.keys(fact.data).length > 0 && (
        <section class="stack">
          <h3>{words.data}</h3>
          <PayloadText text={JSON.stringify(fact.data)} />
        </section>
      )}
      {fact.kind === 'http' && <Exchange entry={fact} />}
      <LineCommands line={line} />
      {line.raw !== '' && <Raw line={line} />}
    </div>
  );
}

function Fact({ name, value }: { name: string; value: string }): JSX.Element {
  return (
    <>
      <dt>
        <bdi>{visible(name)}</bdi>
      </dt>
      <dd>
        <bdi>{visible(value)}</bdi>
      </dd>
    </>
  );
}

function Packet({ entry }: { entry: SimMqttEntry }): JSX.Element {
  const { topic, fields } = entry;
  return (
    <>
      {topic !== undefined && <Fact name={wireWords().topic} value={topic} />}
      {Object.entries(fields).map(([name, value]) => (
        <Fact key={name} name={name} value={typeof value === 'string' ? value : (JSON.stringify(value) ?? '')} />
      ))}
    </>
  );
}

function Exchange({ entry }: { entry: SimHttpEntry }): JSX.Element {
  const words = wireWords();
  const { status, responseBody, responseBytes } = entry;
  return (
    <>
      <section class="stack">
        <h3>{words.request}</h3>
        <p class="mono">
          {visible(entry.method)} {visible(entry.url)}
        </p>
        <Headers headers={entry.requestHeaders} />
        <PayloadText text={entry.requestBody} />
      </section>
      <section class="stack">
        <h3>{words.answer}</h3>
        <p class="mono">{status ?? summaryWords().noAnswer}</p>
        <Headers headers={entry.responseHeaders} />
        <PayloadText text={responseBody} />
        {responseBytes > new TextEncoder().encode(responseBody).length && (
          <p class="quiet">{words.beginning(responseBytes)}</p>
        )}
      </section>
    </>
  );
}

function Headers({ headers }: { headers: SimHttpEntry['requestHeaders'] }): JSX.Element | null {
  if (headers.length === 0) return null;
  return (
    <details>
      <summary>
        {wireWords().headers} ({headers.length})
      </summary>
      <dl class="wire-facts">
        {headers.map(([name, value], index) => (
          <Fact key={index} name={name} value={value} />
        ))}
      </dl>
    </details>
  );
}

function Raw({ line: { raw, bytes, fact } }: { line: WireLine }): JSX.Element {
  const words = wireWords();
  const [isOpen, setOpen] = useState(false);
  const shown = isOpen ? bytesOf(raw) : undefined;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.raw}</summary>
      {fact.kind === 'http' && <p class="quiet">{words.rawSent}</p>}
      {fact.kind === 'mqtt' && shown && shown.length < bytes && (
        <p class="quiet">{words.rawBeginning(shown.length, bytes)}</p>
      )}
      {shown && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is wider than a phone, and is scrolled by keys too
        <section class="wire-hex" tabIndex={0} aria-label={words.raw}>
          <pre>{hexDump(shown)}</pre>
        </section>
      )}
    </details>
  );
}
