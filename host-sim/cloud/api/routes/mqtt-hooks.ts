import { BlockList, isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hashSecret, secretFits } from '../../domain/secrets.js';
import { CloudError, CloudStartError } from '../../errors.js';
import type { ApiServices, MqttHookOptions } from '../context.js';
import { SCHEMAS } from '../schemas.js';

const MIN_SECRET_LENGTH = 16;

interface HookBody {
  readonly username?: string;
  readonly password?: string;
  readonly clientid?: string;
  readonly clientId?: string;
}

interface AclBody extends HookBody {
  readonly topic: string;
  readonly action: 'publish' | 'subscribe';
}

/**
 * Questions of an external MQTT broker, answered without envelope as the origin does. Off unless configured.
 * @throws CloudStartError `invalid_option`
 */
export function mqttHookRoutes(app: FastifyInstance, { mqttHooks, brokerHooks }: ApiServices): void {
  if (!mqttHooks) return;
  const addresses = readAddresses(mqttHooks);
  const secretHash = hashSecret(mqttHooks.secret);
  const onRequest = async (request: FastifyRequest) => {
    const address = (request.ip ?? '').replace(/^::ffff:/, '');
    if (isIP(address) === 0 || !addresses.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) {
      throw new CloudError('forbidden', 'this address may not ask');
    }
    const secret = request.headers['x-hook-secret'];
    if (!secretFits(typeof secret === 'string' ? secret : '', secretHash)) {
      throw new CloudError('unauthorized', 'X-Hook-Secret is not right');
    }
  };

  app.post<{ Body: HookBody }>('/mqtt/auth', { onRequest, schema: { body: SCHEMAS.mqttAuth.body } }, async (request) =>
    brokerHooks.authenticate(request.body.username ?? '', request.body.password ?? '', clientIdOf(request.body)),
  );

  app.post<{ Body: AclBody }>('/mqtt/acl', { onRequest, schema: { body: SCHEMAS.mqttAcl.body } }, async (request) => {
    const { username = '', topic, action } = request.body;
    return brokerHooks.authorize({ username, clientId: clientIdOf(request.body), topic, action });
  });
}

/** Brokers write it in both ways. */
function clientIdOf(body: HookBody): string {
  return body.clientid ?? body.clientId ?? '';
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
    const [address = '', prefix] = text.split('/', 2);
    const family = isIP(address);
    const bits = prefix === undefined ? undefined : Number(prefix);
    if (
      family === 0 ||
      (bits !== undefined && !(Number.isInteger(bits) && bits >= 0 && bits <= (family === 6 ? 128 : 32)))
    ) {
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
