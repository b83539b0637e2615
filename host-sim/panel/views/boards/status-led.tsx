import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Board } from '../../state/board.js';
import { useSame } from '../../state/use-same.js';
import { blinkSteps, ledMeaning } from './led-meaning.js';
import { boardWords } from './words.js';

/** The status LED of a simulated board: its pattern, blinking as it does, and what that means. */
export function StatusLed({ board }: { board: Board }): JSX.Element {
  const words = boardWords();
  const has = useSame(() => board.sim.value?.led !== null);
  // A light that blinks is told of with each change; what is drawn is its pattern, so nothing of it changes meanwhile.
  const cycle = useSame<readonly number[]>(() => board.sim.value?.led?.cycle ?? []);
  const on = useSame(() => cycle.length === 0 && board.sim.value?.led?.on === true);
  const bulb = useRef<SVGCircleElement>(null);
  useEffect(() => {
    if (cycle.length < 2 || matchMedia('(prefers-reduced-motion: reduce)').matches) return undefined;
    const frames = blinkSteps(cycle).map((step) => ({
      offset: step.offset,
      opacity: step.on ? 1 : 0,
      easing: 'step-end',
    }));
    const duration = cycle.reduce((sum, time) => sum + time, 0);
    const blinking = bulb.current?.animate(frames, { duration, iterations: Number.POSITIVE_INFINITY });
    return () => blinking?.cancel();
  }, [cycle]);
  if (!has) return <span class="quiet">{words.noLed}</span>;
  const meaning = ledMeaning({ on, cycle }, board.state.value);
  return (
    <span class="led">
      <svg viewBox="-8 -8 16 16" aria-hidden="true">
        <circle class="socket" r="6" />
        <circle ref={bulb} class="bulb" r="5" style={{ opacity: on || cycle.length > 0 ? 1 : 0 }} />
      </svg>
      <span>LED {words.led[meaning]}</span>
    </span>
  );
}
