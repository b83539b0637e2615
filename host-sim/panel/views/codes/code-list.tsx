import type { JSX } from 'preact';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import { timeOfDay } from '../../i18n/time.js';
import { useNow } from '../../state/use-now.js';
import { type Column, Table } from '../../ui/table.js';
import { copyText } from '../../ui/toasts.js';
import { codesWords } from './codes-words.js';

/** A code that still counts. */
export interface SentCode {
  readonly channel: string;
  readonly address: string;
  readonly purpose: string;
  readonly code: string;
  /** ISO 8601. */
  readonly at: string;
  readonly expiresAt: string;
}

/** The codes, the newest first, each with the time that it has left. */
export function CodeList({ codes }: { codes: readonly SentCode[] }): JSX.Element {
  const words = codesWords();
  const ends = codes.map(({ expiresAt }) => Date.parse(expiresAt));
  const now = useNow(ends.length === 0 ? undefined : Math.max(...ends));
  const columns: readonly Column<SentCode>[] = [
    {
      title: words.code,
      isName: true,
      cell: ({ code, address }) => (
        <div class="row">
          <code class="sent-code">{code}</code>
          <button
            type="button"
            class="button small"
            aria-label={words.copyCode(plain(address))}
            onClick={() => void copyText(code)}
          >
            {common().copy}
          </button>
        </div>
      ),
    },
    {
      title: words.to,
      cell: ({ channel, address }) => (
        <span>
          {plain(address)} <span class="quiet">{words.channels[channel] ?? channel}</span>
        </span>
      ),
    },
    { title: words.purpose, cell: ({ purpose }) => words.purposes[purpose] ?? purpose },
    { title: words.sent, cell: ({ at }) => timeOfDay(at) },
    { title: words.left, cell: ({ expiresAt }) => timeLeft(Date.parse(expiresAt) - now) },
  ];
  return (
    <Table
      caption={words.codes}
      columns={columns}
      rows={codes}
      keyOf={({ channel, address, purpose }) => `${channel} ${purpose} ${address}`}
      empty={words.none}
    />
  );
}

function timeLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const words = codesWords();
  return seconds <= 0 ? words.over : words.leftText(Math.floor(seconds / 60), seconds % 60);
}
