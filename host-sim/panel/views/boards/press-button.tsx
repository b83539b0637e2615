import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Sim } from '../../net/sim.js';
import type { Board } from '../../state/board.js';
import { useSame } from '../../state/use-same.js';
import { attempt } from '../../ui/toasts.js';
import { useFinger } from './use-finger.js';
import { boardWords } from './words.js';

/** A finger is at least so long on a button, ms; a board takes what is much shorter for a bounce. */
const SHORTEST_MS = 100;
/** Where nobody lifts it (the page has died), the world does. */
const LONGEST_MS = 60_000;
/** Let go after so long, a board opens itself to be set up; held on, by default, it is a factory reset (docs/add-a-product.md). */
const LONG_S = 3;
const RESET_S = 10;
const COUNT_MS = 100;

/** A button of a simulated board, pressed as long as it is pressed here. */
export function PressButton(props: { board: Board; sim: Sim; input: number; name: string }): JSX.Element {
  const { board, sim, input, name } = props;
  const words = boardWords();
  const isPressed = useSame(() => {
    const view = board.sim.value?.inputs[input];
    return view?.type === 'button' && view.pressed;
  });
  // One after the other: a finger is down before it is up, and down in the world, not only here, for the shortest time.
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const downAt = useRef(0);
  const press = (pressed: boolean, forMs?: number): void => {
    const change = { pressed, ...(forMs !== undefined && { forMs }) };
    last.current = last.current.then(() => attempt(() => sim.setInput(board.serial, input, change)));
  };
  const { downSince, handlers } = useFinger(
    () => {
      press(true, LONGEST_MS);
      last.current = last.current.then(() => {
        downAt.current = performance.now();
      });
    },
    () => {
      last.current = last.current.then(() => {
        const leftMs = SHORTEST_MS - (performance.now() - downAt.current);
        return leftMs > 0 ? new Promise((resolve) => setTimeout(resolve, leftMs)) : undefined;
      });
      press(false);
    },
    () => press(true, SHORTEST_MS),
  );
  return (
    <button type="button" class="push" aria-label={words.press(name)} aria-pressed={isPressed} {...handlers}>
      <span class="cap" aria-hidden="true" />
      <span>{words.press(name)}</span>
      {downSince !== undefined && <HeldFor since={downSince} />}
    </button>
  );
}

function HeldFor({ since }: { since: number }): JSX.Element {
  const words = boardWords();
  const [now, setNow] = useState(since);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), COUNT_MS);
    return () => clearInterval(timer);
  }, []);
  const seconds = (now - since) / 1_000;
  const meaning = seconds >= RESET_S ? words.resetPress : seconds >= LONG_S ? words.longPress : undefined;
  return (
    <span class="held-for">
      {words.heldFor(seconds.toFixed(1))}
      {meaning !== undefined && `: ${meaning}`}
    </span>
  );
}
