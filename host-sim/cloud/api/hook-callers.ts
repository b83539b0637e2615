import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { LimitedLog } from '../domain/limited-log.js';
import { hashSecret, secretFits } from '../domain/secrets.js';
import { CloudError, CloudStartError } from '../errors.js';
import type { MqttHookOptions } from './context.js';

const MIN_SECRET_LENGTH = 16;
/** An address, or a network: `10.0.0.0/8`. */
const NETWORK = /^([^/]+)(?:\/(\d{1,3}))?$/;

/** Who may ask on behalf of an external broker: from configured addresses, with the shared secret. */
export class HookCallers {
  readonly #addresses: BlockList;
  readonly #secretHash: Buffer;
  readonly #log: LimitedLog;

  /** @throws CloudStartError `invalid_option` */
  constructor(options: MqttHookOptions, log: LimitedLog) {
    this.#addresses = readAddresses(options);
    this.#secretHash = hashSecret(options.secret);
    this.#log = log;
  }

  /** @param shown the secret, by whatever part of the request it came. @throws CloudError `forbidden`, `unauthorized` */
  check(request: FastifyRequest, shown: unknown, name: string): void {
    const address = (request.ip ?? '').replace(/^::ffff:/, '');
    if (isIP(address) === 0 || !this.#addresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) {
      this.#log.warn('hook_refused', { why: 'address', address });
      throw new CloudError('forbidden', 'this address may not ask');
    }
    if (!secretFits(typeof shown === 'string' ? shown : '', this.#secretHash)) {
      this.#log.warn('hook_refused', { why: 'secret', address });
      throw new CloudError('unauthorized', `${name} is not right`);
    }
  }
}

function readAddresses({ addresses, secret }: MqttHookOptions): BlockList {
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new CloudStartError(
      'invalid_option',
      `The secret of the MQTT hooks must have at least ${MIN_SECRET_LENGTH} characters.`,
      { option: 'mqttHooks.secret' },
    );
  }
  const list = new BlockList();
  for (const text of addresses) {
    const [, address = '', prefix] = NETWORK.exec(text) ?? [];
    const family = isIP(address);
    const bits = prefix === undefined ? undefined : Number(prefix);
    if (family === 0 || (bits !== undefined && bits > (family === 6 ? 128 : 32))) {
      throw new CloudStartError('invalid_option', `${text} is not an address or network for the MQTT hooks.`, {
        option: 'mqttHooks.addresses',
      });
    }
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, type);
    else list.addSubnet(address, bits, type);
  }
  return list;
}
