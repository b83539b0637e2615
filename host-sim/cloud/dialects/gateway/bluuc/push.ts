import { line, nullable, object, time } from '../../../api/schema-parts.js';
import { type NotificationTopic, TOPIC_NAMES } from '../../../domain/people/notification-topics.js';
import { MAX_CLIENTS, type PushClientRequest } from '../../../domain/people/push.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';

const LANGUAGE = { type: 'string', enum: ['zh', 'en'] };
const TOPIC = { type: 'string', enum: TOPIC_NAMES };

/** Two services have this one. */
export const REGISTER_PUSH_CLIENT = endpoint<{ body: PushClientRequest }>({
  id: 'gatewayRegisterPushClient',
  summary: 'Register an app that wants to be told of things',
  description: `Registering the same \`clientId\` again replaces what was said. A user has at most ${MAX_CLIENTS}: beyond that the one that was registered longest ago is forgotten. With his first a user is subscribed to every topic, unless he chose before. No push service is connected, so nothing leaves the cloud, and \`pushToken\` is not kept: notifications wait in their list.`,
  errors: [],
  body: object(
    {
      clientId: line(128),
      platform: { type: 'string', enum: ['android', 'ios', 'web', 'other'] },
      pushToken: nullable(line(4096)),
      language: nullable(LANGUAGE),
    },
    ['clientId', 'platform'],
  ),
  data: object({
    clientId: { type: 'string' },
    platform: { type: 'string' },
    language: nullable(LANGUAGE),
    registeredAt: time,
  }),
  run: ({ services, user, body }) => services.people.push.register(user, body),
});

const TOPIC_VIEW = object({
  topic: TOPIC,
  name: { type: 'string', description: 'For people: zh or en, by Accept-Language.' },
  subscribed: { type: 'boolean' },
});

/** Who is told of what. */
export const PUSH_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'POST /push/v1/devices': REGISTER_PUSH_CLIENT,
  'POST /push/v1/subscribe': endpoint<{ body: { topics: NotificationTopic[]; subscribed: boolean } }>({
    id: 'gatewaySubscribeTopics',
    summary: 'Choose what to be told of',
    description: 'Topics that are not named stay as they are.',
    errors: [],
    body: object(
      {
        topics: { type: 'array', items: TOPIC, minItems: 1, maxItems: TOPIC_NAMES.length },
        subscribed: { type: 'boolean', default: true, description: 'False ends the subscriptions.' },
      },
      ['topics'],
    ),
    data: object({ topics: { type: 'array', items: TOPIC, description: 'All that the user is subscribed to now.' } }),
    run: ({ services, user, body }) => ({ topics: services.people.push.subscribe(user, body.topics, body.subscribed) }),
  }),
  'GET /push/v1/topic/list': endpoint<{ query: ListQuery }>({
    id: 'gatewayListTopics',
    summary: 'What there is to be told of, and what the caller is subscribed to',
    description:
      'To none, until a push client of his is registered for the first time, or he subscribes. Of devices that the user sees: `device.online`, `device.offline`, `device.event` (an event that a board posts), `update.done` and `update.failed`; and `space.shared`, that somebody shares a space with him.',
    errors: [],
    query: object(LIST_QUERY, []),
    data: listOf(TOPIC_VIEW),
    run: ({ services, user, query, language }) =>
      toList(services.people.push.topics(user, pageRequest(query), language), (topic) => topic),
  }),
};
