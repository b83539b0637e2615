import './boards.css';
import type { JSX } from 'preact';
import { BoardList } from './board-list.js';
import { BoardPage } from './board-page.js';

/** All boards, or one of them: `#/boards`, `#/boards/ID/TAB`. */
export function BoardsView({ rest: [id, tab = ''] }: { rest: readonly string[] }): JSX.Element {
  return id === undefined ? <BoardList /> : <BoardPage id={id} tab={tab} />;
}
