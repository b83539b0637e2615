import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Board } from '../../state/board.js';
import { useWorld } from '../../state/use-world.js';
import type { WireLog } from '../../state/wire-log.js';
import { attempt, copyText } from '../../ui/toasts.js';
import { asNdjson, download, fileName } from './save.js';
import type { Names } from './who.js';
import { wireWords } from './words.js';

/** Files of what was seen: a recording of what happened, which can be lived through again, and the list as it is shown. */
export function WireSave(props: { log: WireLog; names: Names; board: Board | undefined }): JSX.Element {
  const { log, names, board } = props;
  const { sim } = useWorld();
  const words = wireWords();
  const [saved, setSaved] = useState<string | undefined>(undefined);
  const [isBusy, setBusy] = useState(false);
  const recorded = board && !board.sim.peek() ? undefined : sim;

  const saveRecording = async (): Promise<void> => {
    setBusy(true);
    await attempt(async () => {
      const text = await recorded!.recording(board?.serial);
      const name = `${fileName('recording')}.json`;
      download(name, 'application/json', text);
      setSaved(name);
    });
    setBusy(false);
  };

  return (
    <section class="card stack">
      <h2>{words.save}</h2>
      {!recorded && <p class="quiet">{words.noRecording}</p>}
      <div class="row">
        {recorded && (
          <button type="button" class="button" disabled={isBusy} onClick={() => void saveRecording()}>
            {words.saveRecording}
          </button>
        )}
        <button
          type="button"
          class="button"
          onClick={() =>
            download(`${fileName('wire')}.ndjson`, 'application/x-ndjson', asNdjson(log.shown.peek(), names))
          }
        >
          {words.saveList}
        </button>
      </div>
      <div role="status" class="wire-saved">
        {saved !== undefined && (
          <div class="stack">
            <p>{words.saved(saved)}</p>
            <div class="row">
              <code>{replayOf(saved)}</code>
              <button type="button" class="button small" onClick={() => void copyText(replayOf(saved))}>
                {words.copyReplay}
              </button>
            </div>
          </div>
        )}
      </div>
    </section>
  );
}

function replayOf(file: string): string {
  return `npx smartlink world --replay ${file}`;
}
