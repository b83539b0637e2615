import type { FastifyInstance, FastifyReply } from 'fastify';
import { LimitedLog } from '../../domain/limited-log.js';
import { RabbitmqHooks, type RabbitmqQuestion } from '../../domain/rabbitmq-hooks.js';
import type { ApiServices } from '../context.js';
import { denyUnreadable, type HookFields, readHookBodies } from '../hook-bodies.js';
import { HookCallers } from '../hook-callers.js';
import { SCHEMAS } from '../schemas.js';

/** What EMQX takes for an answer; no client is ever above its rules. */
const answer = (isAllowed: boolean) => ({ result: isAllowed ? 'allow' : 'deny', is_superuser: false }) as const;

/**
 * Questions of an external MQTT broker, answered without envelope as the origin does: EMQX's in JSON, RabbitMQ's by a word of
 * plain text. Off unless configured.
 * @throws CloudStartError `invalid_option`
 */
export async function mqttHookRoutes(app: FastifyInstance, services: ApiServices): Promise<void> {
  const { mqttHooks, environment, log } = services;
  if (!mqttHooks) return;
  const callers = new HookCallers(mqttHooks, new LimitedLog({ log, now: () => environment.now() }));
  await app.register(async (hooks) => {
    readHookBodies(hooks);
    emqxRoutes(hooks, services, callers);
    rabbitmqRoutes(hooks, services, callers);
  });
}

function emqxRoutes(app: FastifyInstance, { brokerHooks, log }: ApiServices, callers: HookCallers): void {
  const options = {
    onRequest: async (request: Parameters<HookCallers['check']>[0]) =>
      callers.check(request, request.headers['x-hook-secret'], 'X-Hook-Secret'),
    errorHandler: denyUnreadable(log, (reply) => reply.status(200).send(answer(false))),
  };
  app.post<{ Body: HookFields | undefined }>('/mqtt/auth', options, async ({ body = {} }) => {
    const { username, password } = body;
    const clientId = clientIdOf(body);
    if (username === undefined || password === undefined || clientId === undefined) return answer(false);
    return answer(brokerHooks.authenticate(username, password, clientId));
  });

  app.post<{ Body: HookFields | undefined }>('/mqtt/acl', options, async ({ body = {} }) => {
    const { username, topic, action } = body;
    const clientId = clientIdOf(body);
    if (username === undefined || clientId === undefined || topic === undefined) return answer(false);
    if (action !== 'publish' && action !== 'subscribe') return answer(false);
    return answer(brokerHooks.authorize({ username, clientId, topic, action }));
  });
}

/** RabbitMQ can send no header of ours: the secret is a part of the path. */
function rabbitmqRoutes(app: FastifyInstance, { brokerHooks, log }: ApiServices, callers: HookCallers): void {
  const hooks = new RabbitmqHooks(brokerHooks);
  const say = (reply: FastifyReply, isAllowed: boolean) =>
    reply
      .status(200)
      .type('text/plain; charset=utf-8')
      .send(isAllowed ? 'allow' : 'deny');
  app.post<{ Params: { secret: string; question: RabbitmqQuestion }; Body: HookFields | undefined }>(
    '/mqtt/rabbitmq/:secret/:question',
    {
      schema: { params: SCHEMAS.rabbitmqHook.params },
      onRequest: async (request) =>
        callers.check(request, (request.params as { secret: string }).secret, 'the secret in the path'),
      errorHandler: denyUnreadable(log, (reply) => say(reply, false)),
    },
    async ({ params, body = {} }, reply) => say(reply, hooks.isAllowed(params.question, body)),
  );
}

/** Brokers write it in both ways. */
function clientIdOf(body: HookFields): string | undefined {
  return body['clientid'] ?? body['clientId'];
}
