import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import { sentenceOf } from '../../net/api-error.js';
import { useWorld } from '../../state/use-world.js';
import { Problem } from '../../ui/problem.js';
import { say } from '../../ui/toasts.js';
import { sizeText } from './bytes.js';
import type { FirmwarePackage } from './messages.js';
import { nameOf } from './names.js';
import { packageWords } from './package-words.js';

/** A file on its way. */
interface Sending {
  readonly file: File;
  readonly sent: number;
}

/** Takes a package file to the cloud, and shows how far it is. */
export function PackageUpload({ onArrived }: { onArrived: () => void }): JSX.Element {
  const { api } = useWorld();
  const words = packageWords();
  const hintId = useId();
  const [sending, setSending] = useState<Sending | undefined>(undefined);
  const [error, setError] = useState<unknown>(undefined);
  const abort = useRef(new AbortController());
  useEffect(() => () => abort.current.abort(), []);

  const send = async (file: File): Promise<void> => {
    abort.current = new AbortController();
    const { signal } = abort.current;
    setError(undefined);
    setSending({ file, sent: 0 });
    try {
      const onSent = (sent: number): void => setSending({ file, sent: Math.min(sent, file.size) });
      const arrived = await api.upload<FirmwarePackage>('/ota/packages', file, onSent, signal);
      say(words.uploadedAs(nameOf(arrived)));
      onArrived();
    } catch (reason) {
      if (!signal.aborted) setError(new Error(words.refused(plain(file.name), sentenceOf(reason))));
    } finally {
      setSending(undefined);
    }
  };

  return (
    <div class="card stack">
      <div class="row">
        {/* The browser's own button speaks the browser's language, not that of the page. */}
        <label class="button file-button">
          {words.upload}
          <input
            class="visually-hidden"
            type="file"
            accept=".slfw"
            disabled={sending !== undefined}
            aria-describedby={hintId}
            onChange={({ currentTarget }) => {
              const file = currentTarget.files?.[0];
              // The same file may be chosen again, when what was wrong is mended.
              currentTarget.value = '';
              if (file) void send(file);
            }}
          />
        </label>
        <small id={hintId} class="hint">
          {words.uploadHint}
        </small>
      </div>
      {sending && (
        <div class="row">
          <progress
            aria-label={words.sending(plain(sending.file.name))}
            max={Math.max(1, sending.file.size)}
            value={sending.sent}
          />
          <span>
            {sending.sent < sending.file.size
              ? `${sizeText(sending.sent)} / ${sizeText(sending.file.size)}`
              : words.checking}
          </span>
          <button type="button" class="button small" onClick={() => abort.current.abort()}>
            {common().cancel}
          </button>
        </div>
      )}
      <Problem error={error} />
    </div>
  );
}
