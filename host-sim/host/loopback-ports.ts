/** TCP or UDP. */
export type Protocol = 'tcp' | 'udp';

/**
 * Where on the loopback the ports of one board are: its port 80 is a free port of the desktop, and stays the same one over
 * reboots where nobody has taken it meanwhile.
 */
export class LoopbackPorts {
  /** What each port was last, or is. */
  #real: ReadonlyMap<string, number> | undefined;
  #open: readonly string[] = [];
  /** A port of the board can be reached at a port of the desktop. */
  onOpened: ((protocol: Protocol, port: number, realPort: number) => void) | undefined;

  /** Where a port of the board can be reached now; `undefined`: it is not open. */
  portOf(protocol: Protocol, port: number): number | undefined {
    const key = `${protocol} ${port}`;
    return this.#open.includes(key) ? this.#real?.get(key) : undefined;
  }

  /** Which port of the desktop to try first; 0: any. */
  wish(protocol: Protocol, port: number): number {
    return this.#real?.get(`${protocol} ${port}`) ?? 0;
  }

  opened(protocol: Protocol, port: number, realPort: number): void {
    const key = `${protocol} ${port}`;
    this.#real = new Map([...(this.#real ?? []), [key, realPort]]);
    this.#open = [...this.#open.filter((one) => one !== key), key];
    this.onOpened?.(protocol, port, realPort);
  }

  closed(protocol: Protocol, port: number): void {
    const key = `${protocol} ${port}`;
    this.#open = this.#open.filter((one) => one !== key);
  }
}
