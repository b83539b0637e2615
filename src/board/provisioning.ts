import { accessPointName } from '../core/access-point-name.js';
import type { ActivationFailure } from '../core/backoff.js';
import type { LifeEvent } from '../core/life-cycle.js';
import type { Product } from '../core/product.js';
import type { SetupProblem, SetupRequest } from '../core/setup-request.js';
import type { Press } from '../inputs/button.js';
import type { Host } from '../ports/host.js';
import type { WiFiLoss, WiFiStation } from '../ports/wifi.js';
import { BLE_CHANNELS, BleSetup } from '../provisioning/ble.js';
import { ImprovSerial } from '../provisioning/improv-serial.js';
import { Portal } from '../provisioning/portal.js';
import { Setup, type SetupDoor } from '../provisioning/setup.js';
import type { SetupChannel, SetupChannelName, SetupDesk } from '../provisioning/setup-desk.js';
import type { Diagnostics } from './diagnostics.js';
import { whyLost, whyNotActivated } from './explain.js';
import type { HomeCloud } from './home-cloud.js';
import type { Identity } from './identity.js';

export interface ProvisioningOptions {
  readonly host: Host;
  readonly product: Product;
  readonly identity: Identity;
  readonly cloud: Pick<HomeCloud, 'environments' | 'network' | 'trial'>;
  readonly station: WiFiStation;
  readonly diagnostics: Diagnostics;
  /** A request is to be tried: the network that the board knows is that of the request. */
  readonly onRequest: () => void;
  readonly onIdentify: () => void;
  readonly onReset: () => void;
  /** The board is set up, and only a restart gives back the memory that it took. */
  readonly onRestart: () => void;
}

/** Lets people set the board up, and tells them what came of it. */
export class Provisioning {
  readonly #options: ProvisioningOptions;
  readonly #setup: Setup;
  #keepsMemory = false;

  constructor(options: ProvisioningOptions) {
    this.#options = options;
    const { host, product, identity, cloud, diagnostics } = options;
    const { environments, network } = cloud;
    const { productKey, name, firmwareVersion, chipModel } = product;
    this.#setup = new Setup({
      timer: host.timer,
      station: options.station,
      identity: () => ({
        serial: identity.serial,
        productKey,
        // A copy: the product lies in flash, and XS does not stringify what does.
        name: { ...name },
        firmwareVersion,
        chipModel,
        apiUrl: network.apiUrl,
        environment: network.environment.name,
        environments: environments.names,
      }),
      provisioned: () => network.provisioned,
      hasButton: hasButton(product),
      doors: this.#doors(),
      serial: this.#cable(),
      problemOf: (request) => this.#problemOf(request),
      onRequest: (request) => this.#try(request),
      onState: (state, channel) => {
        const reason = state.stage === 'failed' ? { reason: state.reason } : {};
        if (state.stage !== 'idle') {
          diagnostics.emit('info', 'setup', { stage: state.stage, ...(channel && { channel }), ...reason });
        }
      },
      onIdentify: options.onIdentify,
      onReset: options.onReset,
      onOpen: (isOpen) => this.#onOpen(isOpen),
    });
    if (host.system.bootReason === 'power_on') this.#setup.poweredOn();
  }

  /** Lets somebody set the board up. Whoever has switched it on, or reset it, is there; a board that crashed is alone. */
  open(atBoot: boolean): void {
    const { bootReason } = this.#options.host.system;
    this.#setup.open(atBoot && bootReason !== 'crash' && bootReason !== 'watchdog');
  }

  /** A button of the board was pressed. */
  pressed(press: Press): void {
    if (press !== 'held') this.#setup.pressed(press === 'long');
  }

  /** The network of a request is there. Whether the request has been stored. */
  joined(): boolean {
    const { cloud, diagnostics, station } = this.#options;
    try {
      cloud.network.keep();
    } catch {
      diagnostics.emit('error', 'storage_failed', { record: 'network' });
      this.#setup.failed('not_stored');
      return false;
    }
    this.#setup.joined(station.address ?? '');
    return true;
  }

  /** The network of a request is not there. */
  failed(reason: WiFiLoss): void {
    this.#options.cloud.network.drop();
    this.#setup.failed(reason);
  }

  /** What became of the network and the cloud. */
  follow(event: LifeEvent, deviceId: string | undefined): void {
    const setup = this.#setup;
    switch (event.type) {
      case 'network_lost':
        // Of a network that is being tried `failed` tells; this one is kept.
        setup.failed('cloud_unreachable', 'network lost');
        break;
      case 'activation_failed':
        setup.failed(isRefusal(event.failure) ? 'cloud_refused' : 'cloud_unreachable', whyNotActivated(event));
        break;
      case 'session_lost':
        setup.failed(event.loss.kind === 'failed' ? 'cloud_unreachable' : 'cloud_refused', whyLost(event));
        break;
      case 'activated':
      case 'session_online':
        setup.activated(deviceId!, this.#options.station.address ?? '');
        if (event.type === 'session_online') setup.online();
        break;
    }
  }

  close(): void {
    this.#setup.end();
  }

  #try(request: SetupRequest): void {
    const { cloud, onRequest } = this.#options;
    cloud.trial.abandon();
    cloud.network.try(request);
    onRequest();
  }

  /** Nobody may lead the board where it would send in the clear what its environment secures. */
  #problemOf({ environment: name, apiUrl }: SetupRequest): SetupProblem | undefined {
    const { environments, network } = this.#options.cloud;
    const environment = name === undefined ? network.settledEnvironment : environments.get(name);
    if (environment === undefined) {
      const known = environments.names.join(', ');
      return { field: 'environment', code: 'unknown', message: `environment must be one of ${known}.` };
    }
    if (apiUrl === undefined) return undefined;
    const isSecure = apiUrl.startsWith('https:');
    if (isSecure && (environment.anchors ?? []).length === 0) {
      const message = `apiUrl is https://, and environment ${environment.name} has no CA to know its server by: give an http:// address.`;
      return { field: 'apiUrl', code: 'no_ca', message };
    }
    if (!isSecure && environment.apiUrl.startsWith('https:')) {
      const message = `apiUrl is http://, and environment ${environment.name} is secured: give an https:// address.`;
      return { field: 'apiUrl', code: 'not_secure', message };
    }
    return undefined;
  }

  #onOpen(isOpen: boolean): void {
    const { host, identity, cloud, diagnostics, onRestart } = this.#options;
    if (!isOpen && this.#keepsMemory && cloud.network.provisioned) onRestart();
    diagnostics.emit('info', isOpen ? 'setup_opened' : 'setup_closed', {});
    // A board that has made its record itself has no label.
    if (!isOpen || !identity.selfMade) return;
    const { serial, pop } = identity;
    host.showLabel({ serial, ssid: accessPointName(serial), password: pop });
  }

  /** What this host has something to make of. */
  #doors(): SetupDoor[] {
    const { host, product, identity } = this.#options;
    const { Peripheral, timer, text } = host;
    const { AccessPoint, Listener } = host.network;
    const doors: SetupDoor[] = [];
    if (AccessPoint && Listener) {
      doors.push(this.#door(['portal'], (desk) => new Portal(host, desk, identity.pop)));
    }
    if (Peripheral) {
      const definition = product.provisioning;
      const open = (desk: SetupDesk) => {
        this.#keepsMemory = Peripheral.keepsMemory === true;
        return new BleSetup({ Peripheral, timer, text, desk, definition });
      };
      doors.push(this.#door(BLE_CHANNELS, open));
    }
    return doors;
  }

  #cable(): SetupDoor | undefined {
    const { Serial, timer, text } = this.#options.host;
    return Serial && this.#door(['serial'], (desk) => new ImprovSerial({ Serial, timer, text, desk }));
  }

  #door(names: readonly SetupChannelName[], open: (desk: SetupDesk) => SetupChannel): SetupDoor {
    return {
      names,
      open: (desk) => {
        try {
          return open(desk);
        } catch {
          // No memory, or a port that is taken: there are other ways in, and another time.
          this.#options.diagnostics.emit('warn', 'setup_unavailable', { channel: names[0]! });
          return undefined;
        }
      },
    };
  }
}

/** Whether somebody at the board can open it. */
export function hasButton({ inputs }: Product): boolean {
  return inputs.some(({ type }) => type === 'button');
}

/** Whether trying again by itself is not what it takes: the cloud, or the board, says no. */
function isRefusal({ kind }: ActivationFailure): boolean {
  return kind === 'refused' || kind === 'unable';
}
