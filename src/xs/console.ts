import type { ConsoleLine } from '../ports/host.js';

/** Prints an event as one line of JSON: to the serial port in a release build, to the debugger in a debug build. */
export const printEvent: ConsoleLine = (event) => {
  trace(`${JSON.stringify(event)}\n`);
};
