import { filter, object, time } from '../../../api/schema-parts.js';
import { TOPIC_NAMES } from '../../../domain/people/notification-topics.js';
import { MAX_NOTIFICATIONS } from '../../../domain/people/notifications.js';
import { CloudError } from '../../../errors.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { REGISTER_PUSH_CLIENT } from '../bluuc/push.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';

const NOTIFY_ID = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
const IDS = {
  type: 'array',
  items: NOTIFY_ID,
  maxItems: MAX_NOTIFICATIONS,
  description: 'Ids that are none of the caller’s change nothing.',
};
const COUNT = { type: 'integer', minimum: 0 };

const LIST_NOTIFICATIONS = endpoint<{ query: ListQuery & { unread?: boolean } }>({
  id: 'gatewayListNotifications',
  summary: 'What the caller was told, newest first',
  description: `Of the topics that he is subscribed to (\`GET /api/bluuc/push/v1/topic/list\`). Title and content are in zh or en, by Accept-Language; \`data\` has the same for programs: \`deviceId\` and \`deviceName\` (as it was called then), \`event\`, \`version\`, \`detail\`, or \`spaceId\`, \`spaceName\` and \`sharedBy\`. Kept for 30 days, and the last ${MAX_NOTIFICATIONS}.`,
  errors: [],
  query: object(
    { unread: filter({ type: 'boolean', description: 'True: those that are not read only.' }), ...LIST_QUERY },
    [],
  ),
  data: listOf(
    object({
      notifyId: { type: 'integer' },
      topic: { type: 'string', enum: TOPIC_NAMES },
      title: { type: 'string' },
      content: { type: 'string' },
      data: { type: 'object', additionalProperties: { type: 'string' } },
      read: { type: 'boolean' },
      createdAt: time,
    }),
  ),
  run: ({ services, user, query, language }) => {
    const { unread, ...page } = query;
    const request = { unread, ...pageRequest(page) };
    return toList(services.people.notifications.list(user, request, language), (notification) => notification);
  },
});

/** What users are told, and by which apps. */
export const NOTIFY_ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'POST /notify/push/device/v1/client-register': REGISTER_PUSH_CLIENT,
  'GET /notify/push/v1/user/unreadTotal': endpoint({
    id: 'gatewayUnreadTotal',
    summary: 'How many notifications the caller has not read',
    errors: [],
    data: object({ total: COUNT }),
    run: ({ services, user }) => ({ total: services.people.notifications.unreadTotal(user) }),
  }),
  'POST /notify/push/v1/user/read': endpoint<{ body: { ids?: number[] } }>({
    id: 'gatewayReadNotifications',
    summary: 'Mark notifications as read',
    description: 'Without `ids`, all of them.',
    errors: [],
    body: { ...object({ ids: IDS }, []), type: ['object', 'null'] },
    data: object({ read: { ...COUNT, description: 'How many were not read before.' } }),
    run: ({ services, user, body }) => ({ read: services.people.notifications.markRead(user, body.ids) }),
  }),
  'DELETE /notify/push/v1/user/deleteNotify': endpoint<{ body: { ids?: number[] }; query: { ids?: string } }>({
    id: 'gatewayDeleteNotifications',
    summary: 'Delete notifications',
    description:
      '`ids` are in the body, or in the query with commas between them where a client sends no body with DELETE.',
    errors: [],
    body: { ...object({ ids: IDS }, []), type: ['object', 'null'] },
    query: object(
      {
        ids: filter({
          type: 'string',
          pattern: '^[1-9]\\d{0,14}(,[1-9]\\d{0,14}){0,99}$',
          description: 'Up to 100, as in `17,18`.',
        }),
      },
      [],
    ),
    data: object({ deleted: { ...COUNT, description: 'How many there were.' } }),
    run: ({ services, user, body, query }) => {
      const ids = body.ids ?? query.ids?.split(',').map(Number);
      if (ids === undefined) throw new CloudError('invalid_parameter', 'ids is required');
      return { deleted: services.people.notifications.delete(user, ids) };
    },
  }),
  'GET /notify/push/message/v1/userNotify': LIST_NOTIFICATIONS,
  'GET /notify/push/v1/message/userNotify': LIST_NOTIFICATIONS,
};
