/** A broker of somebody else's that the cloud works over instead of its own (MQTT 3.1.1). */
export interface ExternalBrokerOptions {
  /** `mqtt://host:port` or `mqtts://host:port`, without user and password; of a cluster several, tried in turn. */
  readonly urls: readonly string[];
  /** The cloud's own account there; absent where the broker takes anybody. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM; what `mqtts:` brokers are held against instead of the CAs that the machine knows. */
  readonly ca?: string | undefined;
  /** What boards are told instead of the first of `urls`: a load balancer, or the address outside. */
  readonly boardUrls?: readonly string[] | undefined;
  /** The broker keeps its own list of clients, which the cloud writes by `$CONTROL/dynamic-security/v1` (Mosquitto). */
  readonly dynamicSecurity?: boolean | undefined;
}
