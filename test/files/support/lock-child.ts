import { createInterface } from 'node:readline';
import { FolderInUseError, FolderLock } from '../../../host-sim/files/folder-lock.js';

/** Takes and releases the lock of a folder as it is told, a word a line, and says how it went. */
const [folder = ''] = process.argv.slice(2);
let lock: FolderLock | undefined;
createInterface({ input: process.stdin }).on('line', (word) => {
  if (word === 'release') {
    lock?.release();
    lock = undefined;
    console.log('released');
    return;
  }
  try {
    lock = FolderLock.take(folder);
    console.log('held');
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error;
    console.log('refused');
  }
});
console.log('ready');
