/** The slot that the running image is not in. Where the power goes during a call, the blocks that it was about hold anything. */
export interface SpareSlot {
  /** Bytes of the slot: a multiple of `blockBytes`. */
  readonly bytes: number;
  /** What is erased at a time, bytes. */
  readonly blockBytes: number;
  /** Sets all bytes of a block to 0xff. @throws {Error} when the flash fails */
  eraseBlock(block: number): void;
  /** Writes into erased bytes; `at` and the length are multiples of 16. @throws {Error} when the flash fails */
  write(bytes: Uint8Array, at: number): void;
  /** Fills `into`. @throws {Error} when the flash fails */
  read(into: Uint8Array, at: number): void;
  /**
   * Erases block 0, writes `first` there, checks the slot's image as the boot loader will, and has it start next, on trial. When it
   * returns, that is durable; at a power cut before, the running image starts again.
   * @param first the first block of the image, at most `blockBytes`
   * @throws {Error} when the flash fails, or the boot loader would not start that image; the running one stays then
   */
  complete(first: Uint8Array): void;
  close(): void;
}

/**
 * The two slots for images, and what the boot loader says of the running one (ESP-IDF: app rollback). An image that was completed
 * starts on trial; if it is not confirmed before the next reset, for whatever reason that comes, the one before it starts again.
 */
export interface FirmwareSlots {
  /** Whether the running image has yet to be confirmed. */
  readonly isOnTrial: boolean;
  /** Opens the other slot; one at a time. @throws {Error} while on trial, or when there is none */
  openSpare(): SpareSlot;
  /** The running image stays. When it returns, that is durable. @throws {Error} when the flash fails */
  confirm(): void;
  /** The running image does not start again; the board restarts with the one before it, as by `System.restart`. */
  rollBack(): void;
}
