/** `embedded:storage/flash` of the Linux program, which has none. */
export default Object.freeze({
  open(_options: { path: string; mode: 'r' }): never {
    throw new Error("can't find partition");
  },
});
