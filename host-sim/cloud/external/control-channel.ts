import type { CancelTimer, CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';

/** Where Mosquitto's dynamic security plugin takes commands, and where it answers who gave them. */
export const CONTROL_TOPIC = '$CONTROL/dynamic-security/v1';
export const CONTROL_ANSWERS = `${CONTROL_TOPIC}/response`;

/** One command of the plugin, by its own names. */
export interface ControlCommand {
  readonly command: string;
  readonly [field: string]: unknown;
}

export interface ControlResponse {
  readonly command?: unknown;
  /** A sentence; absent where it was carried out. */
  readonly error?: unknown;
  readonly data?: unknown;
}

/** Gives commands to a broker. */
export interface ControlChannel {
  readonly isOpen: boolean;
  /** Resolves with the answer to each command, in their order. @throws ControlLost */
  request(commands: readonly ControlCommand[]): Promise<readonly ControlResponse[]>;
  /** Is told whenever commands can be given again; what was under way before has failed by then. */
  onOpened(listener: () => void): void;
}

/** The MQTT connection of an account that may administer the broker. */
export interface ControlCarrier {
  readonly isConnected: boolean;
  /** Sends it now or never (QoS 0): what has to be said again is said anew. */
  publish(topic: string, payload: string): void;
  /** Asks for this topic whenever the connection is new; `opened` once that is acknowledged. Never calls back from inside. */
  subscribe(
    topic: string,
    on: { message: (payload: Buffer) => void; opened: () => void; lost: () => void },
  ): { close(): void };
}

/** Commands that were not carried out, or of which nobody knows. */
export class ControlLost extends CloudError {
  /** Whether the broker may have heard of them. */
  readonly mayHaveActed: boolean;

  constructor(detail: string, mayHaveActed: boolean) {
    super('broker_unavailable', detail, { retryAfterS: RETRY_AFTER_S });
    this.mayHaveActed = mayHaveActed;
  }
}

const RETRY_AFTER_S = 5;
/** From being asked for to being answered. */
export const CONTROL_DEADLINE_MS = 5_000;
/** Requests that wait for their turn. */
const MAX_WAITING = 1_000;
/** Commands in one message: the plugin writes its file once a command, and takes no other meanwhile. */
const MAX_BATCH = 20;

interface Request {
  readonly commands: readonly ControlCommand[];
  readonly resolve: (responses: readonly ControlResponse[]) => void;
  readonly reject: (error: ControlLost) => void;
  readonly cancelDeadline: CancelTimer;
}

/** One message at a time is under way; what is asked for meanwhile shares the next one. */
export class MqttControlChannel implements ControlChannel {
  readonly #carrier: ControlCarrier;
  readonly #environment: Pick<CloudEnvironment, 'setTimer'>;
  readonly #listeners: (() => void)[] = [];
  readonly #subscription: { close(): void };
  readonly #waiting = new Set<Request>();
  #underWay: { readonly number: number; readonly requests: readonly Request[] } | undefined;
  #number = 0;
  #isSubscribed = false;

  constructor(options: { carrier: ControlCarrier; environment: Pick<CloudEnvironment, 'setTimer'> }) {
    this.#carrier = options.carrier;
    this.#environment = options.environment;
    this.#subscription = options.carrier.subscribe(CONTROL_ANSWERS, {
      message: (payload) => this.#answered(payload),
      opened: () => {
        this.#isSubscribed = true;
        for (const listener of this.#listeners) listener();
      },
      lost: () => this.#lost(),
    });
  }

  get isOpen(): boolean {
    return this.#isSubscribed && this.#carrier.isConnected;
  }

  onOpened(listener: () => void): void {
    this.#listeners.push(listener);
  }

  request(commands: readonly ControlCommand[]): Promise<readonly ControlResponse[]> {
    if (!this.isOpen) return Promise.reject(new ControlLost('the broker cannot be reached', false));
    if (this.#waiting.size >= MAX_WAITING) return Promise.reject(new ControlLost('the broker is too busy', false));
    return new Promise((resolve, reject) => {
      const cancelDeadline = this.#environment.setTimer(() => this.#expired(request), CONTROL_DEADLINE_MS);
      const request: Request = { commands, resolve, reject, cancelDeadline };
      this.#waiting.add(request);
      this.#send();
    });
  }

  /** Every request fails; nothing is sent any more. */
  close(): void {
    this.#subscription.close();
    this.#lost();
  }

  #send(): void {
    if (this.#underWay !== undefined || this.#waiting.size === 0) return;
    const requests: Request[] = [];
    let size = 0;
    for (const request of this.#waiting) {
      size += request.commands.length;
      if (requests.length > 0 && size > MAX_BATCH) break;
      requests.push(request);
      this.#waiting.delete(request);
    }
    this.#number += 1;
    this.#underWay = { number: this.#number, requests };
    const commands = requests
      .flatMap((request) => request.commands)
      .map((command, index) => ({ ...command, correlationData: `${this.#number}/${index}` }));
    this.#carrier.publish(CONTROL_TOPIC, JSON.stringify({ commands }));
  }

  #answered(payload: Buffer): void {
    const answers = readResponses(payload);
    const underWay = this.#underWay;
    if (!answers || !underWay) return;
    const byPlace = new Map(answers.map((answer) => [answer.correlationData, answer]));
    const count = underWay.requests.reduce((sum, { commands }) => sum + commands.length, 0);
    const all = Array.from({ length: count }, (_, index) => byPlace.get(`${underWay.number}/${index}`));
    // An answer to what was given up meanwhile.
    if (all.every((answer) => answer === undefined)) return;
    this.#underWay = undefined;
    let from = 0;
    for (const { commands, resolve, cancelDeadline } of underWay.requests) {
      cancelDeadline();
      resolve(all.slice(from, from + commands.length).map((answer) => answer ?? { error: 'it was not answered' }));
      from += commands.length;
    }
    this.#send();
  }

  #expired(request: Request): void {
    if (this.#waiting.delete(request)) {
      request.reject(new ControlLost('the broker is too busy', false));
      return;
    }
    // The others of its message are as late.
    const requests = this.#underWay?.requests ?? [];
    this.#underWay = undefined;
    this.#fail(requests, 'the broker does not answer', true);
    this.#send();
  }

  #lost(): void {
    this.#isSubscribed = false;
    const requests = this.#underWay?.requests ?? [];
    const waiting = [...this.#waiting];
    this.#underWay = undefined;
    this.#waiting.clear();
    this.#fail(requests, 'the connection to the broker was lost', true);
    this.#fail(waiting, 'the connection to the broker was lost', false);
  }

  #fail(requests: readonly Request[], why: string, mayHaveActed: boolean): void {
    for (const { reject, cancelDeadline } of requests) {
      cancelDeadline();
      reject(new ControlLost(why, mayHaveActed));
    }
  }
}

function readResponses(payload: Buffer): readonly (ControlResponse & { correlationData?: unknown })[] | undefined {
  try {
    const { responses } = JSON.parse(payload.toString()) as { responses?: unknown };
    if (!Array.isArray(responses)) return undefined;
    return responses.filter((response) => typeof response === 'object' && response !== null);
  } catch {
    return undefined;
  }
}
