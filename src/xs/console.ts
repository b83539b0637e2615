import type { ConsoleLine, Label } from '../ports/host.js';

/** Prints an event as one line of JSON: to the serial port in a release build, to the debugger in a debug build. */
export const printEvent: ConsoleLine = (event) => {
  trace(`${JSON.stringify(event)}\n`);
};

/** Prints what the label of a board without one would say. */
export function printLabel(label: Label): void {
  trace(`${JSON.stringify({ name: 'label', ...label })}\n`);
}
