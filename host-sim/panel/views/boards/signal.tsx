import type { JSX } from 'preact';
import type { Board } from '../../state/board.js';
import { useSame } from '../../state/use-same.js';
import { barsOf, postedRssi } from './looks.js';
import { boardWords } from './words.js';

const BARS = [1, 2, 3, 4];

/** How strong its Wi-Fi is, where anybody knows: as its radio measures now, or as it posted last. */
export function Signal({ board }: { board: Board }): JSX.Element | null {
  const words = boardWords();
  const rssi = useSame(() => {
    const { value } = board.sim;
    return value ? value.rssi : postedRssi(board.properties.value);
  });
  if (rssi === undefined) return null;
  const bars = rssi === null ? 0 : barsOf(rssi);
  return (
    <span class="signal">
      <svg viewBox="0 0 20 16" aria-hidden="true">
        {BARS.map((bar) => (
          <rect
            key={bar}
            class={bar <= bars ? 'bar filled' : 'bar'}
            x={bar * 5 - 5}
            y={16 - bar * 4}
            width="4"
            height={bar * 4}
            rx="1"
          />
        ))}
      </svg>
      {rssi === null ? words.noSignal : words.signal(rssi)}
    </span>
  );
}
