/**
 * The functions of `main.c`, as the module `lin-native`. `native` binds a name to its C function when the image is linked;
 * xsc knows it in this form alone.
 */

export function argument(this: void, index: number): unknown {
  return native('xs_lin_argument').call(this, index);
}

export function random(this: void): unknown {
  return native('xs_lin_random').call(this);
}

export function exit(this: void, status: number): unknown {
  return native('xs_lin_exit').call(this, status);
}

export function readInput(this: void, into: ArrayBuffer, length: number): unknown {
  return native('xs_lin_readInput').call(this, into, length);
}

export function writeOutput(this: void, bytes: ArrayBuffer, length: number): unknown {
  return native('xs_lin_writeOutput').call(this, bytes, length);
}
