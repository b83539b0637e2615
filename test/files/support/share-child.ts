import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FolderInUseError } from '../../../host-sim/files/folder-lock.js';
import { FolderShare } from '../../../host-sim/files/folder-share.js';

/** Shares a folder as it is told, a word a line: what it does there alone it writes down before and after. */
const [folder = ''] = process.argv.slice(2);
const note = (text: string): void => appendFileSync(join(folder, 'notes'), `${text}\n`);
let share: FolderShare | undefined;
createInterface({ input: process.stdin }).on('line', async (word) => {
  if (word === 'opened') share?.opened();
  if (word === 'release') share?.release();
  if (word === 'opened' || word === 'release') {
    console.log(word);
    return;
  }
  try {
    share = await FolderShare.enter(folder);
    note(`in ${process.pid}`);
    if (word === 'enter') {
      await new Promise((resolve) => setTimeout(resolve, 20));
      note(`out ${process.pid}`);
      share.opened();
    }
    console.log(share.isFirst ? 'first' : 'shared');
  } catch (error) {
    if (!(error instanceof FolderInUseError)) throw error;
    console.log('refused');
  }
});
console.log('ready');
