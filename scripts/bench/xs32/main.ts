import { runSetToPost } from 'bench-set-to-post';
import { createBoard } from 'board/board';
import { argument } from 'lin-native';
import { buildConfig } from 'xs/build-config';
import { createXsHost } from 'xs/host';

/**
 * The bench's program: `program API_URL DATA_DIRECTORY [SERIAL [SETS]]`. With SETS the board talks to a script inside the program,
 * which sends so many sets; without, it is an ordinary board.
 */
const sets = argument(4);
if (sets === undefined) createBoard(createXsHost(), buildConfig().product);
else runSetToPost(Number(sets));
