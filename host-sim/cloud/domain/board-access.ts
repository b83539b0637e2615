/** A board as a broker that keeps its own list of clients knows it. */
export interface BoardLogin {
  readonly productKey: string;
  readonly deviceId: string;
}

/**
 * Tells a broker that does not ask the cloud (Mosquitto's dynamic security plugin) which boards may connect. Without one, the
 * broker asks itself, or nobody is asked.
 */
export interface BoardAccess {
  /** Resolves once the broker takes this password, and no older one; it ends the board's session. @throws CloudError `broker_unavailable` */
  grant(board: BoardLogin & { readonly password: string }): Promise<void>;
  /** To be called after the database says so. A disabled board's session ends, and it is refused until it is enabled. */
  setEnabled(board: BoardLogin, isEnabled: boolean): void;
  /** A deleted board's session ends, and it is unknown from then on, until it is granted anew. */
  remove(board: BoardLogin): void;
}
