import type { AuthorizedBoard, BoardLink } from '../domain/sessions.js';

/** The way from one board to the cloud, as an external broker has it: nobody tells when it begins or ends but the board. */
export class VirtualLink implements BoardLink {
  readonly board: AuthorizedBoard;
  readonly publish: BoardLink['publish'];
  readonly #onClose: (link: BoardLink) => void;

  constructor(board: AuthorizedBoard, publish: BoardLink['publish'], onClose: (link: BoardLink) => void) {
    this.board = board;
    this.publish = publish;
    this.#onClose = onClose;
  }

  close(): void {
    this.#onClose(this);
  }
}
