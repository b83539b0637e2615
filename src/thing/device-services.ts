import { BAD_PARAMETER, NOT_NOW } from '../core/control-command.js';
import type { BoardEvent } from '../core/events.js';

/** Asks for properties: answered with their values. */
export const PROPERTY_GET = 'property.get';

const OK = 200;
/** Events in one log post: with each as long as it gets, they fit into a packet. */
const EVENTS_A_POST = 3;

/** How a service call is answered. */
export interface ServiceAnswer {
  readonly code: number;
  /** Why it was refused. */
  readonly message: string | undefined;
  /** A JSON object. */
  readonly data?: string;
  /** What is to be done once it has been answered. */
  readonly act?: () => void;
}

export interface DeviceServicesOptions {
  /** The properties as they are now. */
  readonly properties: () => Readonly<Record<string, unknown>>;
  readonly events: () => readonly BoardEvent[];
  /** Whether the cloud takes logs. */
  readonly takesLogs: () => boolean;
  /** Posts lines of the log: a JSON list, built when it can be sent. */
  readonly postLog: (lines: () => string) => void;
  readonly restart: () => void;
  /** Back to the state of the factory. */
  readonly reset: () => void;
  readonly openProvisioning: () => void;
  /** Moves the board to the environment of that name, or refuses. */
  readonly setEnvironment: (name: unknown) => ServiceAnswer;
  /** Asks the cloud for a build that is newer, or refuses. */
  readonly checkUpdate: () => ServiceAnswer;
  /** Takes what a signed bundle says of environments, or refuses. */
  readonly setTrust: (bundle: unknown) => ServiceAnswer;
}

/** The services that are invoked from afar, by name. One that is not there is refused like a bad parameter. */
export class DeviceServices {
  readonly #options: DeviceServicesOptions;

  constructor(options: DeviceServicesOptions) {
    this.#options = options;
  }

  serve(service: string, params: unknown): ServiceAnswer {
    switch (service) {
      case PROPERTY_GET:
        return { code: OK, message: undefined, data: JSON.stringify(this.#pick(params)) };
      case 'restart':
        return { code: OK, message: undefined, act: this.#options.restart };
      case 'reset':
        return { code: OK, message: undefined, act: this.#options.reset };
      case 'openProvisioning':
        return { code: OK, message: undefined, act: this.#options.openProvisioning };
      case 'setEnvironment':
        return this.#options.setEnvironment((params as { name?: unknown } | undefined)?.name);
      case 'setTrust':
        return this.#options.setTrust((params as { bundle?: unknown } | undefined)?.bundle);
      case 'checkUpdate':
        return this.#options.checkUpdate();
      case 'getLog':
        return this.#getLog((params as { since?: unknown } | undefined)?.since);
      default:
        return { code: BAD_PARAMETER, message: 'unknown service' };
    }
  }

  /** A list of keys asks for those (Alink), anything else for all. */
  #pick(params: unknown): Readonly<Record<string, unknown>> {
    const all = this.#options.properties();
    if (!Array.isArray(params)) return all;
    const some: Record<string, unknown> = {};
    for (const key of params) if (typeof key === 'string' && Object.hasOwn(all, key)) some[key] = all[key];
    return some;
  }

  #getLog(since: unknown): ServiceAnswer {
    const { events, takesLogs, postLog } = this.#options;
    if (since !== undefined && typeof since !== 'number') {
      return { code: BAD_PARAMETER, message: 'since must be a number of milliseconds since 1970' };
    }
    if (!takesLogs()) return { code: NOT_NOW, message: 'the cloud has announced no topic for logs' };
    const wanted: BoardEvent[] = [];
    for (const event of events()) if (since === undefined || event.at > since) wanted.push(event);
    return {
      code: OK,
      message: undefined,
      data: `{"count":${wanted.length}}`,
      act: () => {
        for (let at = 0; at < wanted.length; at += EVENTS_A_POST) {
          postLog(() => JSON.stringify(wanted.slice(at, at + EVENTS_A_POST)));
        }
      },
    };
  }
}
