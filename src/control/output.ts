import type { ControlCommand } from '../core/control-command.js';
import type { OutputAttribute, PositionName } from '../core/product.js';

/** What a property shows of an output. */
export type OutputReading = PositionName | number | boolean;

/** Called, never from inside a method, when an output has come to where a command led: its angle, its level, or 1 for on and 0 for off. */
export type SettledCallback = (channel: number, value: number) => void;

/** One output of a board. A command has passed `refuseByOutput` before it comes to `apply`. */
export interface Output {
  /** A motion or a pulse runs, a command is held back, or a report is due. */
  readonly busy: boolean;
  apply(command: ControlCommand): void;
  /** What the output really is now. */
  read(attribute: OutputAttribute): OutputReading;
  /** What to keep over a power cut: where the output will be once nothing runs; after `close`, where it is. */
  restValue(): number;
  /** Goes to the safe state at once and drops whatever runs or waits. */
  toSafe(): void;
  /** Ends what runs and releases the pin; resolves when the pin is free. No callback follows. */
  close(): Promise<void>;
}
