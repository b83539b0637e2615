import type { JSX } from 'preact';
import { clockTime } from '../../i18n/time.js';
import { summaryWords } from '../../i18n/wire-summary.js';
import type { WireLine } from '../../state/wire-line.js';
import { summaryOf } from '../../state/wire-summary.js';
import { visible } from './visible.js';
import { type Names, nameOf } from './who.js';
import { wireWords } from './words.js';

const ARROWS = { out: '↑', in: '↓', both: '⇅', none: '•' };

/** So much of a payload stands in the list. */
const PREVIEW = 160;

function wayOf({ fact }: WireLine): keyof typeof ARROWS {
  if (fact.kind === 'mqtt') return fact.direction;
  return fact.kind === 'http' ? 'both' : 'none';
}

/** Which way a line went, in words. */
export function directionText(line: WireLine): string {
  const { directions, viaCloud } = wireWords();
  const way = wayOf(line);
  // Of what goes on in a board the cloud knows nothing but whether it is there.
  return way === 'none' && line.source === 'cloud' ? viaCloud : directions[way];
}

/** How bad it was, for its colour; the words beside it say the same. */
function toneOf({ fact }: WireLine): string {
  if (fact.kind === 'gap') return 'warn';
  if (fact.kind === 'life') return fact.level === 'error' ? 'bad' : fact.level === 'warn' ? 'warn' : '';
  return fact.kind === 'http' && (fact.status === null || fact.status >= 400) ? 'bad' : '';
}

/** What a payload is about; who sends it stands before that. */
function previewOf(payload: string): string {
  const start = payload.search(/"(params|data)":/);
  return start < 0 ? payload.slice(0, PREVIEW) : `…${payload.slice(start, start + PREVIEW)}`;
}

/** The cells of a line in the list. */
export function WireRow({ line, names }: { line: WireLine; names: Names }): JSX.Element {
  const words = wireWords();
  const { fact, source, bytes } = line;
  const name = nameOf(line, names);
  const isGap = fact.kind === 'gap';
  return (
    <>
      <span class="wire-time">{clockTime(line.at)}</span>
      <span class="wire-board" title={name}>
        <bdi>{name}</bdi>
      </span>
      <span class={`wire-kind ${fact.kind}`}>{words.kinds[fact.kind]}</span>
      <span class="wire-direction">
        {!isGap && (
          <>
            <span aria-hidden="true">{ARROWS[wayOf(line)]}</span> <span class="wire-way">{directionText(line)}</span>
          </>
        )}
      </span>
      <span class={`wire-summary ${toneOf(line)}`}>
        {fact.kind === 'life' && (fact.level === 'warn' || fact.level === 'error') && `${words.levels[fact.level]}: `}
        <bdi>{visible(summaryOf(fact, summaryWords()))}</bdi>
        {source === 'cloud' && fact.kind === 'mqtt' && <span class="quiet"> ({words.viaCloud})</span>}
        {fact.kind === 'mqtt' && fact.payload && <bdi class="quiet"> {visible(previewOf(fact.payload))}</bdi>}
      </span>
      <span class="wire-size">{bytes > 0 && words.bytes(bytes)}</span>
      <span class="wire-duration">{fact.kind === 'http' && `${Math.round(fact.durationMs)} ms`}</span>
    </>
  );
}
