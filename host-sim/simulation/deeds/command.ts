import type { OutputDefinition } from '../../../src/core/product.js';
import { type Kind, numberOf } from '../happening.js';

/** An app sends a command. What it is in detail depends on the board: a number chooses among what its product can do. */
export const command: Kind = {
  what: 'command',
  about: 'An app sends a board a command.',
  draw: (random, boards) => ({ board: random.between(0, boards - 1), choice: random.uint32() }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const params = paramsOf(device.product.outputs, numberOf(details, 'choice'));
    if (params !== undefined) world.ask(device, params);
  },
};

function paramsOf(outputs: readonly OutputDefinition[], choice: number): object | undefined {
  if (outputs.length === 0) return undefined;
  const channel = choice % outputs.length;
  const value = choice >>> 4;
  const more = channel === 0 ? {} : { channel };
  switch (value % 6) {
    case 0:
      return { action: 'toggle', ...more };
    case 1: {
      const positions = outputs[channel]!.type === 'relay' ? ['up', 'down'] : ['up', 'middle', 'down'];
      return { action: 'toggle', position: positions[value % positions.length], ...more };
    }
    case 2:
      return { action: 'pulse', duration: 1 + (value % 90_000), ...more };
    case 3:
      return { action: 'trigger', ...more };
    case 4:
      return { switch: value % 2 === 0, ...more };
    default:
      return { angle: value % 181, ...more };
  }
}
