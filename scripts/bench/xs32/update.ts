import { report } from 'bench-native';

/** `embedded:update` of the bench's program: takes the first block, and tells that the image is whole. */
class Update {
  write(): void {}

  complete(): void {
    report('complete');
  }

  close(): void {}
}

export default Object.freeze({
  open(_options: object): Update {
    return new Update();
  },
});
