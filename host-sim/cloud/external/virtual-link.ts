import type { AuthorizedBoard, BoardLink } from '../domain/sessions.js';

/** The way from one board to the cloud, as an external broker has it: nobody tells when it begins or ends but the board. */
export class VirtualLink implements BoardLink {
  readonly board: AuthorizedBoard;
  readonly publish: BoardLink['publish'];
  readonly unanswered: NonNullable<BoardLink['unanswered']>;
  readonly #onClose: (link: BoardLink) => void;

  constructor(
    board: AuthorizedBoard,
    ways: {
      readonly publish: BoardLink['publish'];
      readonly unanswered: (board: AuthorizedBoard) => boolean;
      readonly onClose: (link: BoardLink) => void;
    },
  ) {
    this.board = board;
    this.publish = ways.publish;
    this.unanswered = () => ways.unanswered(board);
    this.#onClose = ways.onClose;
  }

  close(): void {
    this.#onClose(this);
  }
}
