import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { MOST_BYTES, type RawProblem, readRawCommand } from './raw-command.js';
import { controlWords } from './words.js';

/** A command in JSON, checked before it is sent. */
export function RawForm({ onSend }: { onSend: (params: Record<string, unknown>) => void }): JSX.Element {
  const words = controlWords();
  const id = useId();
  const [text, setText] = useState('{"action": "toggle"}');
  const [problem, setProblem] = useState<RawProblem | undefined>(undefined);
  return (
    <details class="control-raw">
      <summary>
        <h3>{words.raw}</h3>
      </summary>
      <form
        class="control-form"
        onSubmit={(event) => {
          event.preventDefault();
          const read = readRawCommand(text);
          setProblem('problem' in read ? read.problem : undefined);
          if ('body' in read) onSend(read.body);
        }}
      >
        <div class="field">
          <label for={id}>JSON</label>
          <textarea
            id={id}
            class="mono"
            rows={4}
            spellcheck={false}
            value={text}
            aria-invalid={problem !== undefined}
            aria-describedby={`${id}-hint`}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <small id={`${id}-hint`} class="hint">
            {words.rawHint}
          </small>
        </div>
        {problem && (
          <p class="problem" role="alert">
            {sentenceOf(problem)}
          </p>
        )}
        <div class="row">
          <button type="submit" class="button">
            {words.send}
          </button>
        </div>
      </form>
    </details>
  );
}

function sentenceOf(problem: RawProblem): string {
  const words = controlWords();
  switch (problem.kind) {
    case 'empty':
      return words.rawEmpty;
    case 'no object':
      return words.rawNoObject;
    case 'too deep':
      return words.rawTooDeep(problem.most);
    case 'too long':
      return words.rawTooLong(problem.bytes, MOST_BYTES);
    case 'json': {
      const { line, column, wanted, found } = problem.fault;
      return words.rawFault(line, column, words.wanted[wanted], found);
    }
  }
}
