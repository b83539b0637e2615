import Timer from 'timer';

/** `embedded:network/interface/wifi` of the Linux program: every network is there, and is the computer's own. */
export default class WiFi {
  readonly #onChanged: ((property: string) => void) | undefined;
  #timer: ReturnType<typeof Timer.set> | undefined;
  #connection = 200;

  constructor(options: { onChanged?(property: string): void }) {
    this.#onChanged = options.onChanged;
  }

  get connection(): number {
    return this.#connection;
  }

  get address(): string | undefined {
    return this.#connection === 500 ? '127.0.0.1' : undefined;
  }

  get RSSI(): number | undefined {
    return this.#connection === 500 ? -50 : undefined;
  }

  connect(_options: { SSID: string; password?: string }): void {
    this.#connection = 300;
    this.#timer = Timer.set(() => {
      this.#connection = 500;
      this.#onChanged?.('connection');
    }, 50);
  }

  scan(options: {
    onFound(network: { SSID: string; RSSI: number; security: string }): void;
    onComplete(): void;
  }): void {
    this.#timer = Timer.set(() => {
      options.onFound({ SSID: 'any', RSSI: -50, security: 'wpa2_psk' });
      options.onComplete();
    }, 50);
  }

  disconnect(): void {
    Timer.clear(this.#timer);
    this.#connection = 200;
  }

  close(): void {
    this.disconnect();
  }
}
