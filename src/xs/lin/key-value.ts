import { File } from 'file';
import { argument } from 'lin-native';

/** `embedded:storage/key-value` of the Linux program: a file for each key of a namespace, replaced by renaming. */
class Store {
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  read(key: string): ArrayBuffer | undefined {
    const path = this.#path(key);
    if (!File.exists(path)) return undefined;
    const file = new File(path);
    try {
      return file.length === 0 ? new ArrayBuffer(0) : file.read(ArrayBuffer);
    } finally {
      file.close();
    }
  }

  write(key: string, value: Uint8Array): void {
    const path = this.#path(key);
    File.delete(`${path}.new`);
    const file = new File(`${path}.new`, true);
    try {
      file.write(value.slice().buffer);
    } finally {
      file.close();
    }
    if (!File.rename(`${path}.new`, path)) throw new Error(`cannot write ${path}`);
  }

  delete(key: string): void {
    File.delete(this.#path(key));
  }

  #path(key: string): string {
    return `${this.#prefix}-${key}.bin`;
  }
}

export default Object.freeze({
  open({ path }: { path: string }): Store {
    // An absolute path: the SDK takes a relative one for a name beside the old.
    return new Store(`${argument(2) ?? '/nonexistent'}/${path}`);
  },
});
