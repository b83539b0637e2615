import { argument } from 'lin-native';
import { createBoard } from '../../../src/board/board.js';
import { buildConfig } from '../../../src/xs/build-config.js';
import { createXsHost } from '../../../src/xs/host.js';
import { runSetToPost } from './set-to-post.js';

/**
 * The bench's program: `program API_URL DATA_DIRECTORY [SERIAL [SETS]]`. With SETS the board talks to a script inside the program,
 * which sends so many sets; without, it is an ordinary board.
 */
const sets = argument(4);
if (sets === undefined) createBoard(createXsHost(), buildConfig().product);
else runSetToPost(Number(sets));
