import type { Signals } from './lifetime.js';

// First of all, before the program and its packages are loaded: a signal that comes meanwhile ends what has not begun.
const signals: Signals = { onSignal: () => process.exit(0) };
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => signals.onSignal(name));

const { run } = await import('./program.js');
await run(signals);
