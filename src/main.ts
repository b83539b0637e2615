import { createBoard } from './board/board.js';
import { buildConfig } from './xs/build-config.js';
import { createXsHost } from './xs/host.js';

createBoard(createXsHost(), buildConfig().product);
