export interface SerialOptions {
  /** `count` bytes, in all, can be read now. */
  onReadable(count: number): void;
}

/**
 * The line to whoever has the cable: the UART, or the USB of a chip that has it (ECMA-419 serial). The console's lines go out on it
 * too, each with its end, never inside one `write`.
 */
export interface SerialPort {
  /** Reads up to `into.length` bytes; returns how many (0 when there are none). */
  read(into: Uint8Array): number;
  /** Sends all of `bytes`, or drops what nobody takes. */
  write(bytes: Uint8Array): void;
  close(): void;
}

export interface SerialConstructor {
  new (options: SerialOptions): SerialPort;
}
