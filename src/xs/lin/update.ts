/** `embedded:update` of the Linux program, which has no slots. */
export default Object.freeze({
  open(_options: object): never {
    throw new Error('partition not found');
  },
});
