import { nullable, object } from '../../../api/schema-parts.js';
import { type Endpoint, endpoint } from '../../endpoint.js';
import { LIST_QUERY, type ListQuery, listOf, pageRequest, toList } from '../lists.js';
import { ID, MEMBER } from './schemas.js';

interface Share {
  readonly deviceId?: string;
  readonly userId?: number;
}

const SHARE = { deviceId: ID, userId: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } };

/** Who shares a device: the members of its space. */
export const SHARING: Readonly<Record<string, Endpoint>> = {
  'GET /device/basic/v1/shareGroupMemberList': endpoint<{ query: ListQuery & { deviceId: string } }>({
    id: 'gatewayShareMembers',
    summary: 'Who shares a device',
    description:
      'The members of its space, the owner first. Of `proj_default`, which everybody shares, nobody is named.',
    errors: ['device_not_found'],
    query: object({ deviceId: ID, ...LIST_QUERY }, ['deviceId']),
    data: listOf(MEMBER),
    run: ({ services, user, query }) =>
      toList(services.homes.spaces.sharers(user, query.deviceId, pageRequest(query)), (member) => member),
  }),
  'DELETE /device/basic/v1/delShareMember': endpoint<{ body: Share; query: Share }>({
    id: 'gatewayEndShare',
    summary: 'End somebody’s share of a device, and of the space that it is in',
    description: 'In the body or in the query. Its owner ends anybody’s, a member his own; the owner stays.',
    errors: ['device_not_found', 'not_found', 'forbidden'],
    body: {
      ...object({ deviceId: nullable(SHARE.deviceId), userId: nullable(SHARE.userId) }, []),
      type: ['object', 'null'],
    },
    query: object(SHARE, []),
    data: { type: 'null' },
    run: ({ services, user, body, query }) => {
      services.homes.spaces.endShare(user, { ...query, ...body });
      return null;
    },
  }),
};
