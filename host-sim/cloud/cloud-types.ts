import type { Duplex } from 'node:stream';
import type { EnvironmentName } from '../../src/core/environment.js';
import type { Product } from '../../src/core/product.js';
import type { Account } from './account.js';
import type { MqttHookOptions } from './api/context.js';
import type { Mount } from './api/mount.js';
import type { PanelFiles } from './api/panel-files.js';
import type { CloudState } from './cloud-state.js';
import type { SocialProvider } from './domain/accounts/social-providers.js';
import type { ServiceAccount } from './domain/broker-hooks.js';
import type { UserDomain } from './domain/end-users/user-domain.js';
import type { CloudEnvironment } from './environment.js';
import type { CloudEvents, CloudLog } from './events.js';
import type { ExternalBrokerOptions } from './external/options.js';
import type { PkiMakers } from './open-pki.js';
import type { BrokerUrls } from './place.js';
import type { TlsListeners, TlsListenersOptions, TlsPorts } from './tls/tls-listeners.js';

export interface CloudOptions {
  /** Directory of all state, made if need be; `:memory:` keeps nothing. Or a state that its owner opened and will close. */
  readonly dataDir: string | CloudState;
  /** Address to listen on; absent: the API and the broker listen nowhere, and connections come by `accept`. */
  readonly host?: string | undefined;
  /** 0: any free port. */
  readonly apiPort: number;
  /** 0: any free port. */
  readonly mqttPort: number;
  /** WebSocket at `/mqtt`; 0: any free port, absent: none is served. */
  readonly wsPort?: number | undefined;
  /** Ports of the listeners with TLS, 0: any free port; absent: there are none, and no certificates. */
  readonly tls?: TlsPorts | undefined;
  /** Has them in another way than on ports of this machine, which goes without `host`. */
  readonly tlsProvider?: TlsProvider | undefined;
  /** The environment that its boards are in, `dev` by default: told to who asks. */
  readonly environmentName?: EnvironmentName | undefined;
  /** What boards are told as `mqtt.server`; by default the host by which they reached the API. */
  readonly publicHost?: string | undefined;
  /** Seconds over which boards spread their first reconnect, 10 by default. */
  readonly reconnectSpread?: number | undefined;
  /** Activations a second and address after the first 300, 10 by default; 0: no limit. */
  readonly activationRate?: number | undefined;
  /** Boards in this very process: so many may activate at once beside those 300; none by default. */
  readonly ownBoards?: number | undefined;
  /** Lets an external MQTT broker ask who may connect and what he may do; off by default. */
  readonly mqttHooks?: MqttHookOptions | undefined;
  /** Works over this broker instead of an own one; `mqttPort` is left out of account then. */
  readonly externalBroker?: ExternalBrokerOptions | undefined;
  /** Who the cloud is at a broker that asks it; by default the account of `externalBroker`. */
  readonly brokerAccount?: ServiceAccount | undefined;
  /** What else is served on the API's ports, before every path of the cloud's own. */
  readonly mounts?: readonly Mount[] | undefined;
  /** The page for people, served at `/`; none by default. */
  readonly panel?: PanelFiles | undefined;
  /** Whose ID tokens log users in; none by default. */
  readonly socialProviders?: readonly SocialProvider[] | undefined;
  /** Definitions to seed products from. */
  readonly products: readonly Product[];
  /** Further definitions, for products that a user may make by the API. */
  readonly definitions?: readonly Product[] | undefined;
  /** Under which name apps of end users ask, and what they sign with; by default one that is made at first start. */
  readonly userDomain?: UserDomain | undefined;
  /** The development account; by default one with a generated password. */
  readonly user?: { readonly name: string; readonly password: string } | undefined;
  readonly log: CloudLog;
  /** The real one by default. */
  readonly environment?: CloudEnvironment | undefined;
}

/** A way to have listeners with TLS. */
export interface TlsProvider {
  /** What makes certificates. */
  readonly load: () => Promise<PkiMakers>;
  readonly open: (parts: Omit<TlsListenersOptions, 'host' | 'ports'>) => Promise<TlsListeners>;
}

/** What may be told of a user domain, and where its secret is. */
export interface UserDomainPlace {
  readonly domain: string;
  /** Readable by its owner only; absent with `:memory:`. */
  readonly secretFile?: string;
  /** Only where it is kept nowhere. */
  readonly secret?: string;
}

export interface Cloud {
  readonly apiPort: number;
  /** That of the broker, whoever's it is. */
  readonly mqttPort: number;
  /** Where a WebSocket is served. */
  readonly wsPort: number | undefined;
  /** `http://host:port`, to which the API's base path `/api/v1` is added. */
  readonly apiUrl: string;
  /** `mqtt://host:port`, or that of a broker that is reached over TLS alone. */
  readonly mqttUrl: string;
  /** Where boards find the broker: in the clear, over TLS, and with a client certificate; undefined: not so. */
  readonly brokerUrls: BrokerUrls;
  /** `ws://host:port/mqtt`, where a WebSocket is served. */
  readonly wsUrl: string | undefined;
  /** Where there is TLS: its listeners, and the certificates behind them. */
  readonly tls: Omit<TlsListeners, 'close'> | undefined;
  readonly account: Account;
  /**
   * A new `http://host:port/#code=…` that logs the development account in once, within an hour; it is told to whoever runs
   * the cloud, and to nobody else.
   */
  signInLink(): string;
  /** Whether a token is an access token of the development account, of a login that has not ended. */
  isOperator(token: string): Promise<boolean>;
  /** Under which name apps of end users ask. */
  readonly userDomain: UserDomainPlace;
  /** What a board signs its activation with, 32 bytes; undefined where its product's activation is open. */
  boardKey(productKey: string, deviceSN: string): Uint8Array | undefined;
  readonly events: CloudEvents;
  /** Serves a byte stream as a connection to the API or to the own broker, whatever carries it. */
  accept(listener: 'api' | 'mqtt', stream: Duplex): void;
  /** Stops listening, ends all connections and closes the database, within a second; every call returns the same promise. */
  close(): Promise<void>;
}
