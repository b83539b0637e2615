import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { prettyJson } from './pretty-json.js';
import { visible } from './visible.js';
import { wireWords } from './words.js';

/** So much is shown at once. */
const SHORT = 8_000;
/** More pieces than these stay without colours: a page can bear only so many parts. */
const MOST_PIECES = 6_000;

/** A text from the wire: laid out where it is JSON, as it is otherwise; its beginning where it is long. */
export function PayloadText({ text }: { text: string }): JSX.Element {
  const words = wireWords();
  const [isWhole, setWhole] = useState(false);
  if (text === '') return <p class="quiet">{words.empty}</p>;
  const most = isWhole ? Number.POSITIVE_INFINITY : SHORT;
  const json = prettyJson(text, most);
  const isCut = json ? json.isCut : text.length > most;
  return (
    <>
      <pre class="wire-text">
        {json === undefined && visible(text.slice(0, most))}
        {json &&
          (json.pieces.length > MOST_PIECES
            ? visible(json.pieces.map((piece) => piece.text).join(''))
            : json.pieces.map(({ kind, text: piece }, index) => (
                <span key={index} class={`json-${kind}`}>
                  {visible(piece)}
                </span>
              )))}
      </pre>
      {isCut && (
        <button type="button" class="button small" onClick={() => setWhole(true)}>
          {words.showAll(text.length)}
        </button>
      )}
    </>
  );
}
