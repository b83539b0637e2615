import { isObject } from '../../../src/core/json-guard.js';
import { DetailError, type Kind, numberOf } from '../happening.js';

export const ask: Kind = {
  what: 'ask',
  about: 'An app asks exactly this of a board: for plans that somebody writes, and for what was recorded.',
  draw: (random, boards) => ({ board: random.between(0, boards - 1), params: { action: 'toggle' } }),
  begin: (world, details) => {
    const { params } = details;
    if (!isObject(params)) throw new DetailError('"params" must be an object');
    world.ask(world.device(numberOf(details, 'board')), params);
  },
};
