/*
 * The root of the bundle that is the firmware of simulated boards, in an image and out of one: Node takes `createBoard`, XS
 * `startGuest`.
 */
export { createBoard } from '../../src/board/board.js';
export { startGuest } from './guest.js';
