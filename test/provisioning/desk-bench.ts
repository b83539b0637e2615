import { createNodeText } from '../../host-sim/host/node-text.js';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';
import type { SetupProblem, SetupRequest } from '../../src/core/setup-request.js';
import type { WiFiNetwork } from '../../src/ports/wifi.js';
import { Setup, type SetupDoor } from '../../src/provisioning/setup.js';
import type { SetupFailure } from '../../src/provisioning/setup-desk.js';

export const NETWORKS: readonly WiFiNetwork[] = [
  { ssid: 'MyWirelessNetwork', rssi: -60, secured: true },
  { ssid: '咖啡🍵', rssi: -71, secured: false },
];

/** The ways to set the board up, and whether it is already. */
export interface Surroundings {
  readonly timed?: readonly SetupDoor[];
  readonly serial?: SetupDoor;
  readonly isProvisioned?: boolean;
}

/** The desk of a board, and what surrounds it in these tests: a station that hears two networks, and time. */
export class DeskBench {
  readonly time = new VirtualTime();
  readonly text = createNodeText();
  /** What the desk has told of. */
  readonly states: string[] = [];
  identified = 0;
  /** What the board has against every request. */
  problem: SetupProblem | undefined;
  isProvisioned: boolean;
  name = 'Servo switch';
  networks: readonly WiFiNetwork[] = NETWORKS;
  readonly setup: Setup;
  readonly #requests: SetupRequest[] = [];

  constructor(surroundings: (bench: DeskBench) => Surroundings) {
    const { timed = [], serial, isProvisioned = false } = surroundings(this);
    this.isProvisioned = isProvisioned;
    this.setup = new Setup({
      timer: this.time.timer,
      station: { scan: (onDone) => this.time.timer.set(() => onDone(this.networks), 2_000) },
      identity: () => ({
        serial: 'A1B2C3D4E5F6',
        productKey: 'SW-SERVO-001',
        name: { en: this.name, zh: '舵机开关' },
        firmwareVersion: '1.0.0',
        chipModel: 'ESP32',
        apiUrl: 'http://cloud.example:8080',
        environment: 'release',
        environments: ['release'],
      }),
      provisioned: () => this.isProvisioned,
      hasButton: true,
      doors: timed,
      serial,
      problemOf: () => this.problem,
      onRequest: (request) => this.#requests.push(request),
      onState: (state, channel) => this.states.push(JSON.stringify([state, channel])),
      onIdentify: () => this.identified++,
      onReset: () => {},
      onOpen: () => {},
    });
  }

  /** The requests that the board has begun with, which it does half a second after each. */
  requests(): readonly SetupRequest[] {
    this.time.advance(500);
    return this.#requests;
  }

  /** The station has joined, and the network is kept. */
  joined(): void {
    this.isProvisioned = true;
    this.setup.joined('192.168.1.20');
  }

  /** The board has begun with the request, and it came to this. */
  failed(reason: SetupFailure, detail?: string): void {
    this.time.advance(500);
    this.setup.failed(reason, detail);
  }

  activated(): void {
    this.setup.activated('dev_0123456789', '192.168.1.20');
  }

  /** Lets what is on its way in Node arrive, and some time pass. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.time.advance(100);
  }

  /** Lets time pass until a client has its answer. */
  async settled<T>(answer: Promise<T>): Promise<T> {
    let isSettled = false;
    const end = (): void => {
      isSettled = true;
    };
    answer.then(end, end);
    while (!isSettled) await this.turn();
    return answer;
  }
}
