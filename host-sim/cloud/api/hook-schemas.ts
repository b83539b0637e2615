import { RABBITMQ_QUESTIONS } from '../domain/rabbitmq-hooks.js';
import { object, PATH_NAME, text } from './schema-parts.js';

const RESULT = object({
  result: { type: 'string', enum: ['allow', 'deny'] },
  is_superuser: { type: 'boolean', const: false },
});
const CLIENT = {
  username: text(512, 0),
  clientid: text(512, 0),
  clientId: { ...text(512, 0), description: 'The same.' },
};

/** As RabbitMQ's HTTP backend names them; each question has some. */
const RABBITMQ_FIELDS = Object.fromEntries(
  [
    'username',
    'password',
    'vhost',
    'client_id',
    'resource',
    'name',
    'permission',
    'routing_key',
    'variable_map.client_id',
  ].map((name) => [name, { type: 'string' }]),
);

/** Of the questions of an external MQTT broker. Their bodies are described, not checked: what does not fit is denied. */
export const HOOK_SCHEMAS = {
  mqttAuth: { body: object({ ...CLIENT, password: text(512, 0) }, ['username', 'password']), data: RESULT },
  mqttAcl: {
    body: object({ ...CLIENT, topic: text(1024, 0), action: { type: 'string', enum: ['publish', 'subscribe'] } }, [
      'username',
      'topic',
      'action',
    ]),
    data: RESULT,
  },
  rabbitmqHook: {
    params: object({
      secret: { ...PATH_NAME, description: 'The secret of the hooks.' },
      question: { type: 'string', enum: RABBITMQ_QUESTIONS },
    }),
    body: object(RABBITMQ_FIELDS, ['username']),
    data: { type: 'string', enum: ['allow', 'deny'] },
  },
} as const;
