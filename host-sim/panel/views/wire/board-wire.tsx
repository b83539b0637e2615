import { useComputed } from '@preact/signals';
import type { JSX } from 'preact';
import type { Board } from '../../state/board.js';
import { useWorld } from '../../state/use-world.js';
import { WirePanel } from './wire-panel.js';

/** What goes between one board and the cloud. */
export function BoardWire({ board }: { board: Board }): JSX.Element {
  // Whether it is simulated, and not each turn of its horn.
  const isSimulated = useComputed(() => board.sim.value !== undefined);
  void isSimulated.value;
  return <WirePanel log={useWorld().wire.of(board)} board={board} />;
}
