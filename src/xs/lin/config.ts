import { File } from 'file';
import { argument } from 'lin-native';

/** `mc/config` of the Linux program: read from the file that is its first argument. */
function read(): Record<string, unknown> {
  const path = argument(1);
  if (path === undefined || argument(2) === undefined) throw new Error('usage: smartlink CONFIG.json DATA_DIRECTORY');
  const file = new File(path);
  try {
    return JSON.parse(file.read(String)) as Record<string, unknown>;
  } finally {
    file.close();
  }
}

// Getters, because the image is linked before there is a file.
export default Object.freeze({
  get product(): unknown {
    return read()['product'];
  },
  get settings(): unknown {
    return read()['settings'];
  },
  get buildTimeMs(): unknown {
    return read()['buildTimeMs'];
  },
});
